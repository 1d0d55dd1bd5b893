from node.text.emojis import MOST, find_emoji


def test_an_emoji_is_found_in_both_languages():
    assert find_emoji("bee", "en")[0] in [("🐝", "honeybee"), ("🐝", "bee")]
    assert "🐝" in [sign for sign, _ in find_emoji("abeille", "fr")]
    assert "😄" in [sign for sign, _ in find_emoji("smile", "fr")], "English names everywhere"


def test_not_too_many_and_nothing_for_nothing():
    assert len(find_emoji("a", "en")) == MOST
    assert find_emoji(" ", "en") == []
    assert find_emoji("zzzzzz", "en") == []
    assert find_emoji("%_", "en") == []
