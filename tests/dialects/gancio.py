"""What Gancio's documents do here."""

from __future__ import annotations

from functools import partial

from tests.dialects.arrival import Arrival
from tests.dialects.steps import (
    asks_to_come,
    follows,
)

GANCIO = "https://gancio.example/federation"
EVENTS, EVENT = f"{GANCIO}/u/events", f"{GANCIO}/m/12"
arrives = partial(Arrival, "gancio")

# fmt: off
ARRIVALS = (
    arrives("create_event", "", "acts", """
        + event gancio.example/federation/m/12: none 2026-12-01 19:00, until 2026-12-01 22:30, at The Forge, address Via Roma 5, Torino, latitude 45.07, status confirmed
        + image gancio.example/federation/m/12: gancio.example/media/forge.jpg, type image/jpeg, alt Open forge
        + post gancio.example/federation/m/12: Event by gancio.example/federation/u/events in nowhere, thread, at 2026-11-03 09:00
        + said gancio.example/federation/m/12: title “Open forge”, text “Bring iron.”, link gancio.example/event/open-forge, image gancio.example/media/forge.jpg, image alt Open forge, page gancio.example/event/open-forge
        + tag gancio.example/federation/m/12: test
    """, scene="followed", before=(follows(EVENTS),)),
    arrives("event", "", "acts", """
        + actor gancio.example/federation/u/events: Person events
        + event gancio.example/federation/m/12: none 2026-12-01 19:00, until 2026-12-01 22:30, at The Forge, address Via Roma 5, Torino, latitude 45.07, status confirmed
        + image gancio.example/federation/m/12: gancio.example/media/forge.jpg, type image/jpeg, alt Open forge
        + post gancio.example/federation/m/12: Event by gancio.example/federation/u/events in nowhere, thread, at 2026-11-03 09:00
        + said gancio.example/federation/m/12: title “Open forge”, text “Bring iron.”, link gancio.example/event/open-forge, image gancio.example/media/forge.jpg, image alt Open forge, page gancio.example/event/open-forge
        + tag gancio.example/federation/m/12: test
    """),
    arrives("ignore_join", "", "acts", """
        + join gancio.example/federation/m/12: local.example/u/ada ignored
        - join gancio.example/federation/m/12: local.example/u/ada pending
        + told local.example/u/ada: declined by gancio.example/federation/u/events, about gancio.example/federation/m/12
    """, before=(asks_to_come(EVENT),)),
)
# fmt: on
