"""What WordPress's documents do here."""

from __future__ import annotations

from functools import partial

from tests.dialects.arrival import Arrival
from tests.dialects.steps import (
    asks_to_follow,
    follows,
    found,
    repairs,
    replaced,
    serves,
    without_history,
)

BLOG = "https://blog.example"
GROUP, AUTHOR, HIVES = f"{BLOG}/?author=0", f"{BLOG}/?author=1", f"{BLOG}/2026/11/hives/"
POST, COMMENT = "https://wp.example/?p=12", "https://wp.example/?c=34"
WRITER, TALK = "https://wp.example/?author=1", "https://wp.example/wp-json/activitypub/1.0/posts/12/context"
TOLD = replaced(
    "wordpress/article", id=POST, attributedTo=WRITER, url=POST, context=TALK, attachment=[], replies=None
)
ANSWER = replaced(
    "wordpress/note", id=COMMENT, attributedTo=WRITER, url=COMMENT, inReplyTo=POST, context=TALK
)
arrives = partial(Arrival, "wordpress")

# fmt: off
ARRIVALS = (
    arrives("follow", "Follow group by person", "acts", """
        + actor blog.example/?author=1: Person 1
        + follow local.example/c/bees: blog.example/?author=1 accepted
        + sent blog.example: Accept{Follow{id}}
    """),
    arrives("like", "Like", "acts", """
        - counts local.example/post/q1: comments 1
        + counts local.example/post/q1: up 1, comments 1
        + sent reader.example: Announce{Like{id}}
        + vote local.example/post/q1: blog.example/?author=1 +1
    """),
    arrives("note", "", "acts", """
        + actor blog.example/?author=1: Person 1
        - counts local.example/post/q1: comments 5
        + counts local.example/post/q1: comments 6
        + post blog.example/?c=5: Note by blog.example/?author=1 in local.example/c/bees, re local.example/comment/q2, at 2026-11-03 09:00
        + said blog.example/?c=5: text “und”
    """, scene="read"),
    arrives("create_note", "Create Note as reply", "acts", """
        - counts local.example/post/q1: up 1, comments 1
        + counts local.example/post/q1: up 1, comments 2
        + post blog.example/?c=5: Note by blog.example/?author=1 in local.example/c/bees, re local.example/comment/q2, at 2026-11-03 09:00
        + said blog.example/?c=5: text “und”
        + sent reader.example: Announce{Create{Note}}
        + told local.example/u/ada: reply by blog.example/?author=1, about blog.example/?c=5
    """),
    arrives("undo_follow", "Undo{Follow}", "acts", """
        - follow local.example/c/bees: blog.example/?author=1 accepted
    """),
    arrives("group", "", "acts", """
        + actor blog.example/?author=0: Group blog.example, called The Blog, about A blog, icon blog.example/icon.png, moderators begin
    """, scene="theirs"),
    arrives("accept", "Accept (embedded Follow)", "acts", """
        + follow blog.example/?author=0: local.example/u/ada accepted
        - follow blog.example/?author=0: local.example/u/ada pending
    """, scene="theirs", before=(without_history(GROUP), asks_to_follow(GROUP))),
    arrives("announce_article", "Announce{object id}", "acts", """
        + actor blog.example/?author=1: Person 1
        + image blog.example/2026/11/hives/: blog.example/wp-content/hive.jpg, type image/jpeg, alt A hive
        + post blog.example/2026/11/hives/: Article by blog.example/?author=1 in blog.example/?author=0, thread, at 2026-11-03 09:00
        + said blog.example/2026/11/hives/: title “Hives”, text “About hives”, language en-us, image blog.example/wp-content/hive.jpg, image alt A hive
        + tag blog.example/2026/11/hives/: bees
    """, scene="theirs"),
    arrives("create_by_blog", "Create Article", "acts", """
        + post blog.example/?p=77: Article by blog.example/?author=0 in blog.example/?author=0, thread, at 2026-11-03 08:00
        + said blog.example/?p=77: title “First words”, text “First words of a blog, and some more.”, language en, page blog.example/2026/11/first-words/
    """, scene="theirs"),
    arrives("delete", "Delete by author", "acts", """
        + fate blog.example/2026/11/hives/: deleted
        - image blog.example/2026/11/hives/: blog.example/wp-content/hive.jpg, type image/jpeg, alt A hive
        + said blog.example/2026/11/hives/: language en-us
        - said blog.example/2026/11/hives/: title “Hives”, text “About hives”, language en-us, image blog.example/wp-content/hive.jpg, image alt A hive
        - tag blog.example/2026/11/hives/: bees
    """, scene="theirs"),
    arrives("update_group", "Update Group", "acts", """
        - actor blog.example/?author=0: Group blog.example, called The Blog, about A blog, icon blog.example/icon.png, moderators begin
        + actor blog.example/?author=0: Group blog.example, called The Blog, anew, about A blog, icon blog.example/icon.png, moderators begin
    """, scene="theirs", before=(serves(GROUP, replaced("wordpress/group", name="The Blog, anew")),)),
    arrives("create_article", "Create Article", "acts", """
        + image blog.example/2026/11/hives/: blog.example/wp-content/hive.jpg, type image/jpeg, alt A hive
        + post blog.example/2026/11/hives/: Article by blog.example/?author=1 in nowhere, thread, at 2026-11-03 09:00
        + said blog.example/2026/11/hives/: title “Hives”, text “About hives”, language en-us, image blog.example/wp-content/hive.jpg, image alt A hive
        + tag blog.example/2026/11/hives/: bees
    """, scene="author", before=(follows(AUTHOR),)),
    arrives("article", "", "acts", """
        + image blog.example/2026/11/hives/: blog.example/wp-content/hive.jpg, type image/jpeg, alt A hive
        + post blog.example/2026/11/hives/: Article by blog.example/?author=1 in nowhere, thread, at 2026-11-03 09:00
        + said blog.example/2026/11/hives/: title “Hives”, text “About hives”, language en-us, image blog.example/wp-content/hive.jpg, image alt A hive
        + tag blog.example/2026/11/hives/: bees
    """, scene="read"),
    arrives("context", "", "acts", """
        + counts wp.example/?p=12: comments 1, comments at home 1
        + post wp.example/?c=34: Note by wp.example/?author=1 in nowhere, re wp.example/?p=12, at 2026-11-03 09:00
        + said wp.example/?c=34: text “und”
    """, scene="read", before=(serves(POST, TOLD), serves(COMMENT, ANSWER), found(POST)), way=repairs(POST)),
)
# fmt: on
