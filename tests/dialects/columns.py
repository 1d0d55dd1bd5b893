"""The programs of the matrix: a column each, and the names under which their servers show themselves in NodeInfo."""

from __future__ import annotations

# Akkoma speaks as Pleroma does, and Pixelfed as Mastodon: they are tried as well, and must agree with their column.
COLUMNS: dict[str, tuple[str, ...]] = {
    "Lemmy": ("lemmy",),
    "PieFed": ("piefed",),
    "Mbin": ("mbin",),
    "NodeBB": ("nodebb",),
    "Discourse": ("discourse",),
    "Friendica": ("friendica",),
    "PeerTube": ("peertube",),
    "Mobilizon": ("mobilizon",),
    "WordPress": ("wordpress",),
    "Mastodon": ("mastodon", "pixelfed"),
    "GoToSocial": ("gotosocial",),
    "Misskey": ("misskey",),
    "Pleroma": ("pleroma", "akkoma"),
}
PROGRAMS = tuple(name for names in COLUMNS.values() for name in names)
# One node of ours for each of these: what happens to one program's people is told to all that are there.
FLEETS = (PROGRAMS[:5], PROGRAMS[5:10], PROGRAMS[10:])
