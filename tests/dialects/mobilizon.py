"""What Mobilizon's documents do here."""

from __future__ import annotations

from functools import partial

from tests.dialects.arrival import Arrival
from tests.dialects.steps import asks_to_come, follows, plans, without_history

MOBILIZON = "https://mobilizon.example"
GROUP, TOM, EVENT = f"{MOBILIZON}/@dancers", f"{MOBILIZON}/@tom", f"{MOBILIZON}/events/b81c"
arrives = partial(Arrival, "mobilizon")

# fmt: off
ARRIVALS = (
    arrives("person", "", "acts", """
        + actor mobilizon.example/@tom: Person tom, called Tom, not listed
    """),
    arrives("join_group", "", "acts", """
        + follow local.example/c/bees: mobilizon.example/@tom accepted, by Join
        + sent mobilizon.example: Accept{Join{id}}
    """),
    arrives("join", "Join, Leave on events", "acts", """
        + event local.example/post/e1: free 2026-12-01 19:00, zone Etc/UTC, come 1, status confirmed
        - event local.example/post/e1: free 2026-12-01 19:00, zone Etc/UTC, status confirmed
        + join local.example/post/e1: mobilizon.example/@tom accepted, says I bring a fiddle.
        + sent mobilizon.example: Accept{Join{id}}
    """, before=(plans,)),
    arrives("leave", "Join, Leave on events", "acts", """
        - event local.example/post/e1: free 2026-12-01 19:00, zone Etc/UTC, come 1, status confirmed
        + event local.example/post/e1: free 2026-12-01 19:00, zone Etc/UTC, status confirmed
        - join local.example/post/e1: mobilizon.example/@tom accepted, says I bring a fiddle.
    """),
    arrives("group", "", "acts", """
        + actor mobilizon.example/@dancers: Group dancers, called The dancers, about We dance., icon mobilizon.example/media/avatar.png
    """, scene="theirs"),
    arrives("create_event", "Event", "acts", """
        + actor mobilizon.example/@tom: Person tom, called Tom, not listed
        + event mobilizon.example/events/b81c: restricted 2026-12-11 19:00, until 2026-12-11 21:00, zone Europe/London, at The Kenn Hall, address 1 Mill Lane, EX6 7TW, Kennford, United Kingdom, latitude 50.66881615, come 7, status confirmed, category SPORTS
        + image mobilizon.example/events/b81c: mobilizon.example/media/dance.jpg?name=banner.jpg, type image/jpeg, alt Banner
        + post mobilizon.example/events/b81c: Event by mobilizon.example/@tom in mobilizon.example/@dancers, thread, at 2026-11-02 14:33
        + said mobilizon.example/events/b81c: title “Reels for beginners”, text “£6 each.”, language en, link dance.example/, image mobilizon.example/media/dance.jpg?name=banner.jpg, image alt Banner, updated 2026-11-02 14:39
        + tag mobilizon.example/events/b81c: dance
    """, scene="theirs", before=(without_history(GROUP), follows(GROUP))),
    arrives("update_event", "Update content", "acts", """
        + event mobilizon.example/events/b81c: restricted 2026-12-11 19:00, until 2026-12-11 21:00, zone Europe/London, at The Kenn Hall, address 1 Mill Lane, EX6 7TW, Kennford, United Kingdom, latitude 50.66881615, come 7, status cancelled, category SPORTS
        - event mobilizon.example/events/b81c: restricted 2026-12-11 19:00, until 2026-12-11 21:00, zone Europe/London, at The Kenn Hall, address 1 Mill Lane, EX6 7TW, Kennford, United Kingdom, latitude 50.66881615, come 7, status confirmed, category SPORTS
        - said mobilizon.example/events/b81c: title “Reels for beginners”, text “£6 each.”, language en, link dance.example/, image mobilizon.example/media/dance.jpg?name=banner.jpg, image alt Banner, updated 2026-11-02 14:39
        + said mobilizon.example/events/b81c: title “Reels for beginners”, text “£6 each.”, language en, link dance.example/, image mobilizon.example/media/dance.jpg?name=banner.jpg, image alt Banner, updated 2026-11-03 09:00
    """, scene="theirs"),
    arrives("event", "", "acts", """
        + actor mobilizon.example/@dancers: Group dancers, called The dancers, about We dance., icon mobilizon.example/media/avatar.png
        + actor mobilizon.example/@tom: Person tom, called Tom, not listed
        + event mobilizon.example/events/b81c: restricted 2026-12-11 19:00, until 2026-12-11 21:00, zone Europe/London, at The Kenn Hall, address 1 Mill Lane, EX6 7TW, Kennford, United Kingdom, latitude 50.66881615, come 7, status confirmed, category SPORTS
        + image mobilizon.example/events/b81c: mobilizon.example/media/dance.jpg?name=banner.jpg, type image/jpeg, alt Banner
        + post mobilizon.example/events/b81c: Event by mobilizon.example/@tom in mobilizon.example/@dancers, thread, at 2026-11-02 14:33
        + said mobilizon.example/events/b81c: title “Reels for beginners”, text “£6 each.”, language en, link dance.example/, image mobilizon.example/media/dance.jpg?name=banner.jpg, image alt Banner, updated 2026-11-02 14:39
        + tag mobilizon.example/events/b81c: dance
    """, scene="going"),
    arrives("invite", "", "acts", """
        + invite mobilizon.example/events/b81c: local.example/u/ada pending
        + told local.example/u/ada: invite by mobilizon.example/@tom, about mobilizon.example/events/b81c
    """, scene="going"),
    arrives("accept_join", "Join, Leave on events", "acts", """
        + join mobilizon.example/events/b81c: local.example/u/ada accepted
        - join mobilizon.example/events/b81c: local.example/u/ada pending
        + told local.example/u/ada: accepted by mobilizon.example/@tom, about mobilizon.example/events/b81c
    """, scene="going", before=(asks_to_come(EVENT),)),
    arrives("reject_join", "Join, Leave on events", "acts", """
        - join mobilizon.example/events/b81c: local.example/u/ada accepted
        + join mobilizon.example/events/b81c: local.example/u/ada rejected
        + told local.example/u/ada: declined by mobilizon.example/@tom, about mobilizon.example/events/b81c
    """, scene="going"),
)
# fmt: on
