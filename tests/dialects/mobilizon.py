"""What Mobilizon's documents do here."""

from __future__ import annotations

from functools import partial

from tests.dialects.arrival import Arrival
from tests.dialects.steps import (
    asks_to_come,
    asks_to_follow,
    follows,
    plans,
    serves,
    without_history,
)
from tests.dialects.world import sample

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
    arrives("follow_by_relay", "Follow group by Group", "acts", """
        + actor mobilizon.example/relay: Application relay
        + follow local.example/c/bees: mobilizon.example/relay accepted
        + sent mobilizon.example: Accept{Follow{id}}
    """, scene="more"),
    arrives("create_note", "Create Note as reply", "acts", """
        + actor mobilizon.example/@tom: Person tom, called Tom, not listed
        - counts local.example/post/q1: comments 1
        + counts local.example/post/q1: comments 2
        + post mobilizon.example/comments/5: Note by mobilizon.example/@tom in local.example/c/bees, re local.example/post/q1, at 2026-11-03 09:00
        + said mobilizon.example/comments/5: text “We hum instead.”
        + sent mobilizon.example: Announce{Create{Note}}
        + sent reader.example: Announce{Create{Note}}
        + told local.example/u/ada: reply by mobilizon.example/@tom, about mobilizon.example/comments/5
    """, scene="more"),
    arrives("flag", "Flag", "acts", """
        + report mobilizon.example/relay of local.example/post/q1, to local.example/c/bees, because Rude
        + told local.example/u/founder_of_bees: report by mobilizon.example/relay, about local.example/post/q1, text Rude
    """, scene="more"),
    arrives("undo_follow", "Undo{Follow}", "acts", """
        - follow local.example/c/bees: mobilizon.example/relay accepted
    """, scene="more"),
    arrives("accept", "Accept (embedded Follow)", "acts", """
        + follow mobilizon.example/@dancers: local.example/u/ada accepted
        - follow mobilizon.example/@dancers: local.example/u/ada pending
    """, scene="more", before=(without_history(GROUP), asks_to_follow(GROUP))),
    arrives("announce", "Announce{object id}", "acts", """
        + event mobilizon.example/events/b81c: restricted 2026-12-11 19:00, until 2026-12-11 21:00, zone Europe/London, at The Kenn Hall, address 1 Mill Lane, EX6 7TW, Kennford, United Kingdom, latitude 50.66881615, come 7, status confirmed, category SPORTS
        + image mobilizon.example/events/b81c: mobilizon.example/media/dance.jpg?name=banner.jpg, type image/jpeg, alt Banner
        + post mobilizon.example/events/b81c: Event by mobilizon.example/@tom in mobilizon.example/@dancers, thread, at 2026-11-02 14:33
        + said mobilizon.example/events/b81c: title “Reels for beginners”, text “£6 each.”, language en, link dance.example/, image mobilizon.example/media/dance.jpg?name=banner.jpg, image alt Banner, updated 2026-11-02 14:39
        + tag mobilizon.example/events/b81c: dance
    """, scene="more"),
    arrives("create_article", "Create Article", "acts", """
        + post mobilizon.example/@dancers/a/77: Article by mobilizon.example/@tom in mobilizon.example/@dancers, thread, at 2026-11-03 08:00
        + said mobilizon.example/@dancers/a/77: title “A new floor”, text “Oak, at last.”
    """, scene="more"),
    arrives("delete", "Delete by author", "acts", """
        - event mobilizon.example/events/b81c: restricted 2026-12-11 19:00, until 2026-12-11 21:00, zone Europe/London, at The Kenn Hall, address 1 Mill Lane, EX6 7TW, Kennford, United Kingdom, latitude 50.66881615, come 7, status confirmed, category SPORTS
        + fate mobilizon.example/events/b81c: deleted
        - image mobilizon.example/events/b81c: mobilizon.example/media/dance.jpg?name=banner.jpg, type image/jpeg, alt Banner
        + said mobilizon.example/events/b81c: language en, updated 2026-11-02 14:39
        - said mobilizon.example/events/b81c: title “Reels for beginners”, text “£6 each.”, language en, link dance.example/, image mobilizon.example/media/dance.jpg?name=banner.jpg, image alt Banner, updated 2026-11-02 14:39
        - tag mobilizon.example/events/b81c: dance
    """, scene="more"),
    arrives("add_member", "Add/Remove moderators", "refuses", "This is no list of a group known here. (https://mobilizon.example/members/8/add: https://mobilizon.example/@dancers/members)", scene="more"),
    arrives("update_person", "Update Person", "acts", """
        + actor mobilizon.example/@tom: Person tom, called Tom the caller, not listed
        - actor mobilizon.example/@tom: Person tom, called Tom, not listed
    """, scene="more", before=(serves(TOM, sample("mobilizon/update_person")["object"]),)),
    arrives("update_group", "Update Group", "acts", """
        + actor mobilizon.example/@dancers: Group dancers, called The dancers of Kenn, about We dance., icon mobilizon.example/media/avatar.png
        - actor mobilizon.example/@dancers: Group dancers, called The dancers, about We dance., icon mobilizon.example/media/avatar.png
    """, scene="more", before=(serves(GROUP, sample("mobilizon/update_group")["object"]),)),
    arrives("reject", "Reject{Follow}", "acts", """
        - follow mobilizon.example/@dancers: local.example/u/ada accepted
        + follow mobilizon.example/@dancers: local.example/u/ada rejected
    """, scene="more"),
    arrives("delete_person", "Delete Person", "acts", """
        - actor mobilizon.example/@tom: Person tom, called Tom the caller, not listed
        + actor mobilizon.example/@tom: Person tom, not listed, gone
        + counts local.example/post/q1: comments 1
        - counts local.example/post/q1: comments 2
        + fate mobilizon.example/@dancers/a/77: deleted
        + fate mobilizon.example/comments/5: deleted
        - said mobilizon.example/@dancers/a/77: title “A new floor”, text “Oak, at last.”
        - said mobilizon.example/comments/5: text “We hum instead.”
    """, scene="more"),
)
# fmt: on
