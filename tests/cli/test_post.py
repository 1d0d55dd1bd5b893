import pytest


@pytest.fixture
def thread(bees):
    return bees.says("post create bees --as ada --title", "Swarm season", "--text", "They *left*.")


def test_a_thread_answers_its_id(bees, thread):
    assert thread.startswith("http://alpha.test/post/")
    [row] = bees.json("post list bees")
    assert (row["iri"], row["title"], row["author"], row["score"]) == (
        thread,
        "Swarm season",
        "@ada@alpha.test",
        0,
    )
    assert "Swarm season" in bees.says("post list bees --sort hot")


def test_a_post_is_named_by_token_page_or_id(bees, thread):
    token = thread.rsplit("/", 1)[-1]
    for name in (token, f"/post/{token}", thread):
        assert bees.json(f"post show {name}")["words"] == "They *left*."


def test_comments_nest(bees, thread):
    comment = bees.says(f"post comment {thread} --as ben --text", "Where to?")
    answer = bees.says(f"post comment {comment} --as ada --text-file -", stdin="South.\n")
    shown = bees.json(f"post show {answer}")
    assert (shown["answers"], shown["words"], shown["title"]) == (comment, "South.", "")
    assert bees.json(f"post show {thread}")["comments"] == 2
    assert "South." in bees.says(f"post show {answer}")


def test_votes_replace_each_other_and_are_taken_back(bees, thread):
    assert bees.says(f"post vote {thread} up --as ben") == "The score is 1."
    assert bees.says(f"post vote {thread} up --as ben") == "The score is 1."
    assert bees.says(f"post vote {thread} down --as ben") == "The score is -1."
    assert bees.says(f"post vote {thread} none --as ben") == "The score is 0."


def test_an_edit_changes_only_what_it_names(bees, thread):
    bees.run(f"post edit {thread} --as ada --title", "Swarming")
    assert bees.json(f"post show {thread}")["words"] == "They *left*."
    bees.run(f"post edit {thread} --as ada --text", "They came back.")
    shown = bees.json(f"post show {thread}")
    assert (shown["title"], shown["words"]) == ("Swarming", "They came back.")


def test_a_comment_is_edited_and_has_no_title(bees, thread):
    comment = bees.says(f"post comment {thread} --as ben --text", "Where to?")
    bees.run(f"post edit {comment} --as ben --text Wither?")
    assert bees.json(f"post show {comment}")["words"] == "Wither?"
    assert "no title" in bees.refuses(f"post edit {comment} --as ben --title X")


def test_deleting_is_for_the_author_or_a_moderator(bees, thread):
    assert bees.refuses(f"post delete {thread} --as ben")
    bees.run(f"post delete {thread} --as ada")
    assert bees.json("post list bees") == []
    assert bees.json(f"post show {thread}")["deleted_at"]


def test_a_moderator_removes_and_says_why(bees):
    thread = bees.says(
        "post create bees --as ben --title Buy --link https://shop.example/ --warning ad --language en"
    )
    bees.run(f"post delete {thread} --as ada --reason Advertising")
    assert bees.json(f"post show {thread}")["removed_at"]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("post create bees --as ada --title ' '", "title"),
        ("post create wasps --as ada --title X", "group"),
        ("post create bees --as eve --title X", "no member eve"),
        ("post comment nothing --as ada --text X", "no post nothing"),
        ("post comment http://alpha.test/post/none --as ada --text X", "not known"),
    ],
)
def test_what_is_refused_says_why(bees, line, expected):
    import shlex

    assert expected in bees.refuses("", *shlex.split(line))


def test_an_empty_comment_is_refused(bees, thread):
    assert bees.refuses(f"post comment {thread} --as ada").startswith("source:")


def test_words_come_from_one_place(bees, thread):
    said = bees.run(f"post comment {thread} --as ada --text X --text-file -", stdin="Y", code=2)
    assert "not both" in said.stderr


def test_no_threads(bees):
    assert bees.says("post list bees") == "No threads yet."
