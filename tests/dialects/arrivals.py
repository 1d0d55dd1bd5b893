"""Every sample of tests/wire, and what it does here."""

from __future__ import annotations

from tests.dialects import (
    akkoma,
    discourse,
    friendica,
    gancio,
    gotosocial,
    lemmy,
    mastodon,
    mbin,
    misskey,
    mobilizon,
    nodebb,
    peertube,
    piefed,
    pixelfed,
    pleroma,
    wordpress,
)
from tests.dialects.arrival import Arrival

ARRIVALS: tuple[Arrival, ...] = (
    *akkoma.ARRIVALS,
    *discourse.ARRIVALS,
    *friendica.ARRIVALS,
    *gancio.ARRIVALS,
    *gotosocial.ARRIVALS,
    *lemmy.ARRIVALS,
    *mastodon.ARRIVALS,
    *mbin.ARRIVALS,
    *misskey.ARRIVALS,
    *mobilizon.ARRIVALS,
    *nodebb.ARRIVALS,
    *peertube.ARRIVALS,
    *piefed.ARRIVALS,
    *pixelfed.ARRIVALS,
    *pleroma.ARRIVALS,
    *wordpress.ARRIVALS,
)
