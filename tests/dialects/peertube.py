"""What PeerTube's documents do here."""

from __future__ import annotations

from functools import partial

from tests.dialects.arrival import Arrival
from tests.dialects.steps import (
    answers,
    asks_to_follow,
    came,
    follows,
    serves,
    without_history,
)
from tests.dialects.world import sample

PEERTUBE = "https://peertube.example"
GROUP, MAYA = f"{PEERTUBE}/video-channels/maya_films", f"{PEERTUBE}/accounts/maya"
VIDEO = f"{PEERTUBE}/videos/watch/11-22"
arrives = partial(Arrival, "peertube")

# fmt: off
ARRIVALS = (
    arrives("follow", "Follow group by person", "acts", """
        + actor peertube.example/accounts/maya: Person maya
        + follow local.example/c/bees: peertube.example/accounts/maya accepted
        + sent peertube.example: Accept{Follow{id}}
    """),
    arrives("create_note", "Create Note as reply", "acts", """
        - counts local.example/post/q1: comments 1
        + counts local.example/post/q1: comments 2
        + post peertube.example/videos/watch/11-22/comments/5: Note by peertube.example/accounts/maya in local.example/c/bees, re local.example/comment/q2, at 2026-11-03 09:00
        + said peertube.example/videos/watch/11-22/comments/5: text “Merci beaucoup”, markdown
        + sent peertube.example: Announce{Create{Note}}
        + sent reader.example: Announce{Create{Note}}
        + told local.example/u/ada: reply by peertube.example/accounts/maya, about peertube.example/videos/watch/11-22/comments/5
    """),
    arrives("like", "Like", "acts", """
        - counts local.example/post/q1: comments 2
        + counts local.example/post/q1: up 1, comments 2
        + sent peertube.example: Announce{Like{id}}
        + sent reader.example: Announce{Like{id}}
        + vote local.example/post/q1: peertube.example/accounts/maya +1
    """),
    arrives("dislike", "Dislike", "acts", """
        + counts local.example/post/q1: down 1, comments 2
        - counts local.example/post/q1: up 1, comments 2
        + sent peertube.example: Announce{Dislike{id}}
        + sent reader.example: Announce{Dislike{id}}
        - vote local.example/post/q1: peertube.example/accounts/maya +1
        + vote local.example/post/q1: peertube.example/accounts/maya -1
    """),
    arrives("flag", "Flag", "acts", """
        + report peertube.example/accounts/maya of local.example/comment/q2, to local.example/c/bees, because spam or misleading
        + told local.example/u/founder_of_bees: report by peertube.example/accounts/maya, about local.example/comment/q2, text spam or misleading
    """),
    arrives("flag_without_reason", "Flag", "acts", """
        + report peertube.example/accounts/maya of local.example/u/ada
    """),
    arrives("view", "", "refuses", "Nothing of this is written down."),
    arrives("note", "", "acts", """
        + actor peertube.example/accounts/maya: Person maya
        - counts local.example/post/q1: comments 2
        + counts local.example/post/q1: comments 3
        + post peertube.example/videos/watch/11-22/comments/5: Note by peertube.example/accounts/maya in local.example/c/bees, re local.example/comment/q2, at 2026-11-03 09:00
        + said peertube.example/videos/watch/11-22/comments/5: text “Merci beaucoup”, markdown
    """, scene="read"),
    arrives("video", "", "acts", """
        + actor peertube.example/video-channels/maya_films: Group maya_films, called Maya's films, about Films, no HTML, icon peertube.example/a120.jpg, moderators begin
        + post peertube.example/videos/watch/11-22: Video by peertube.example/accounts/maya in peertube.example/video-channels/maya_films, thread, at 2026-11-03 09:00
        + said peertube.example/videos/watch/11-22: title “Wind & water”, text “Wind over water”, markdown, language fr, link peertube.example/w/1122, image peertube.example/previews/l.jpg, page peertube.example/w/1122, updated 2026-11-03 09:00
        + tag peertube.example/videos/watch/11-22: wind
    """, scene="read"),
    arrives("group", "", "acts", """
        + actor peertube.example/video-channels/maya_films: Group maya_films, called Maya's films, about Films, no HTML, icon peertube.example/a120.jpg, moderators begin
    """, scene="theirs"),
    arrives("announce_video", "Announce{object id}", "acts", """
        + actor peertube.example/accounts/maya: Person maya
        + post peertube.example/videos/watch/11-22: Video by peertube.example/accounts/maya in peertube.example/video-channels/maya_films, thread, at 2026-11-03 09:00
        + said peertube.example/videos/watch/11-22: title “Wind & water”, text “Wind over water”, markdown, language fr, link peertube.example/w/1122, image peertube.example/previews/l.jpg, page peertube.example/w/1122, updated 2026-11-03 09:00
        + tag peertube.example/videos/watch/11-22: wind
    """, scene="theirs", before=(without_history(GROUP), follows(GROUP))),
    arrives("update_video", "Update content", "acts", """
        + said peertube.example/videos/watch/11-22: title “Wind & water”, text “Wind and rain over water”, markdown, language fr, link peertube.example/w/1122, image peertube.example/previews/l.jpg, page peertube.example/w/1122, updated 2026-11-03 09:00
        - said peertube.example/videos/watch/11-22: title “Wind & water”, text “Wind over water”, markdown, language fr, link peertube.example/w/1122, image peertube.example/previews/l.jpg, page peertube.example/w/1122, updated 2026-11-03 09:00
    """, scene="theirs"),
    arrives("delete", "Delete by author", "acts", """
        + fate peertube.example/videos/watch/11-22: deleted
        + said peertube.example/videos/watch/11-22: language fr, page peertube.example/w/1122, updated 2026-11-03 09:00
        - said peertube.example/videos/watch/11-22: title “Wind & water”, text “Wind and rain over water”, markdown, language fr, link peertube.example/w/1122, image peertube.example/previews/l.jpg, page peertube.example/w/1122, updated 2026-11-03 09:00
        - tag peertube.example/videos/watch/11-22: wind
    """, scene="theirs"),
    arrives("create_video", "Video", "acts", """
        + actor peertube.example/video-channels/maya_films: Group maya_films, called Maya's films, about Films, no HTML, icon peertube.example/a120.jpg, moderators begin
        + post peertube.example/videos/watch/11-22: Video by peertube.example/accounts/maya in peertube.example/video-channels/maya_films, thread, at 2026-11-03 09:00
        + said peertube.example/videos/watch/11-22: title “Wind & water”, text “Wind over water”, markdown, language fr, link peertube.example/w/1122, image peertube.example/previews/l.jpg, page peertube.example/w/1122, updated 2026-11-03 09:00
        + tag peertube.example/videos/watch/11-22: wind
    """, scene="account", before=(follows(MAYA),)),
    arrives("approve_reply", "", "acts", """
        - said local.example/comment/q2: text “At night, surely.”, markdown
        + said local.example/comment/q2: text “At night, surely.”, markdown, approved by peertube.example/videos/watch/11-22/comments/5/approve-reply
    """, scene="quoting", before=(answers(VIDEO),)),
    arrives("reject_reply", "", "acts", """
        - counts peertube.example/videos/watch/11-22: comments 1
        + fate local.example/comment/q2: removed, because The owner of the video did not allow it.
        + said local.example/comment/q2: text “At night, surely.”, markdown
        - said local.example/comment/q2: text “At night, surely.”, markdown, approved by peertube.example/videos/watch/11-22/comments/5/approve-reply
    """, scene="quoting"),
    arrives("accept", "Accept (embedded Follow)", "acts", """
        + follow peertube.example/video-channels/maya_films: local.example/u/ada accepted
        - follow peertube.example/video-channels/maya_films: local.example/u/ada pending
    """, scene="joining", before=(without_history(GROUP), asks_to_follow(GROUP))),
    arrives("update_group", "Update Group", "acts", """
        - actor peertube.example/video-channels/maya_films: Group maya_films, called Maya's films, about Films, no HTML, icon peertube.example/a120.jpg, moderators begin
        + actor peertube.example/video-channels/maya_films: Group maya_films, called Maya's films, and wind, about Films, no HTML, icon peertube.example/a120.jpg, moderators begin
    """, scene="joining", before=(serves(GROUP, sample("peertube/update_group")["object"]),)),
    arrives("reject", "Reject{Follow}", "acts", """
        - follow peertube.example/video-channels/maya_films: local.example/u/ada accepted
        + follow peertube.example/video-channels/maya_films: local.example/u/ada rejected
    """, scene="joining"),
    arrives("undo_follow", "Undo{Follow}", "acts", """
        - follow local.example/c/bees: peertube.example/accounts/maya accepted
    """, scene="joining", before=(came("peertube/follow"),)),
    arrives("undo_like", "Undo{Like, Dislike}", "acts", """
        + counts local.example/post/q1: comments 1
        - counts local.example/post/q1: up 1, comments 1
        + sent reader.example: Announce{Undo{Like{id}}}
        - vote local.example/post/q1: peertube.example/accounts/maya +1
    """, scene="joining", before=(came("peertube/like"),)),
    arrives("update_person", "Update Person", "acts", """
        - actor peertube.example/accounts/maya: Person maya
        + actor peertube.example/accounts/maya: Person maya, called Maya films, about Wind, mostly
    """, scene="joining", before=(serves(MAYA, sample("peertube/update_person")["object"]),)),
    arrives("delete_person", "Delete Person", "acts", """
        - actor peertube.example/accounts/maya: Person maya, called Maya films, about Wind, mostly
        + actor peertube.example/accounts/maya: Person maya, gone
    """, scene="joining"),
)
# fmt: on
