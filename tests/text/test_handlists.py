"""Lists of groups and people, in the forms in which they are handed on."""

import json

import pytest

from node.text.handlists import read_list


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("!bees@beta.example", "!bees@beta.example"),
        ("@ada@beta.example", "@ada@beta.example"),
        ("ada@Beta.Example", "ada@beta.example"),
        ("  !bees@beta.example  ", "!bees@beta.example"),
        ("- Bees: !bees@beta.example (friendly)", "!bees@beta.example"),
        ("'@ada@beta.example", "@ada@beta.example"),
        ("https://beta.example/c/bees", "https://beta.example/c/bees"),
        ("see https://beta.example/c/bees.", "https://beta.example/c/bees"),
        ("[Bees](https://beta.example/c/bees)", "https://beta.example/c/bees"),
        ("!bees@localhost:8000", "!bees@localhost:8000"),
        ("!bees@beta.example:8443", "!bees@beta.example:8443"),
    ],
)
def test_a_line_names_a_group_or_a_person(line, name):
    assert read_list(line).names == (name,)


@pytest.mark.parametrize(
    "line", ["bees", "bees@", "@bees", "javascript:alert(1)", "ftp://x.example/", "a b c", "!@x.example"]
)
def test_a_line_that_names_nobody_is_told(line):
    found = read_list(f"!bees@beta.example\n{line}\n# a remark\n\n")
    assert found.names == ("!bees@beta.example",)
    assert found.unread == (line,)


def test_each_is_named_once_in_its_order():
    found = read_list("!b@x.example\n!a@x.example\nb@x.example\n@B@X.example\nhttps://x.example/c/b")
    assert found.names == ("!b@x.example", "!a@x.example", "https://x.example/c/b")


def test_the_table_of_mastodon():
    table = 'Account address,Show boosts,Notify on new posts,Languages\nbees@x.example,true,false,\n\'@ada@y.example,true,false,"en, fr"\n'
    assert read_list(table).names == ("bees@x.example", "@ada@y.example")
    assert read_list("\ufeff" + table).names == ("bees@x.example", "@ada@y.example")
    assert read_list("Name,Account address\r\nBees,bees@x.example\r\n").names == ("bees@x.example",)


def test_the_settings_of_lemmy():
    settings = {
        "display_name": "x",
        "followed_communities": ["https://x.example/c/bees", "https://y.example/c/ants"],
    }
    assert read_list(json.dumps(settings)).names == tuple(settings["followed_communities"])
    assert read_list('["!bees@x.example", 5]').unread == ("5",)


@pytest.mark.parametrize(
    "text", ["", "{", "{}", "[]", '{"followed_communities": 5}', "[" * 100_000, '"', "\x00"]
)
def test_what_is_no_list_names_nobody(text):
    assert read_list(text).names == ()
