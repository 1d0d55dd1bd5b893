"""How the demonstration community looks: faces, banners and pictures, put into the store before the play begins."""

from __future__ import annotations

import asyncio
from typing import cast

from node.activitypub.trimmings import Media
from node.cli.demo_groups import COMMUNITIES
from node.cli.demo_pictures import FLAGS, draw
from node.cli.demo_shapes import Said
from node.cli.demo_stage import Stage
from node.cli.demo_texts import PEOPLE
from node.local.uploads import Prepared, prepare, record, show_as
from node.pictures.decoder import Use
from node.runtime import Node
from node.store.queries.uploads import address_of, as_media
from node.store.tables.actors import Actor

BANNERS = {"harbour": "evening"}  # group to scene


async def pictures(node: Node) -> dict[str, Prepared]:
    """Put into the store what the people of the demonstration show; none where members show none."""
    if node.settings.media_per_member == 0:
        return {}
    scenes = [one for community in COMMUNITIES for said in community.threads for one, _ in said.pictures]
    faces = [*PEOPLE, *FLAGS]
    wanted = [(f"{name}-banner", scene, "banner") for name, scene in BANNERS.items()]
    wanted += [(one, one, "attachment") for one in scenes]
    wanted += [(one, one, "icon") for one in faces]
    drawn = await asyncio.to_thread(lambda: {scene: draw(scene) for _, scene, _ in wanted})
    made = await asyncio.gather(
        *(prepare(node, drawn[scene], use=cast("Use", use)) for _, scene, use in wanted)
    )
    return dict(zip((name for name, _, _ in wanted), made, strict=True))


async def dress(stage: Stage, looks: dict[str, Prepared], actor: Actor, owner: Actor) -> None:
    """Give somebody a face and a banner, where there is one of that name."""
    for name in (actor.username, f"{actor.username}-banner"):
        if name in looks:
            medium = await record(stage.tx, owner, looks[name])
            await show_as(stage.tx, actor, medium, address_of(medium, actor.home))


async def media_of(looks: dict[str, Prepared], stage: Stage, author: Actor, said: Said) -> tuple[Media, ...]:
    """Return the pictures of a thread, as its author shows them."""
    found = []
    for name, alt in said.pictures:
        if name in looks:
            medium = await record(stage.tx, author, looks[name])
            found.append(as_media(medium, author.home, alt))
    return tuple(found)
