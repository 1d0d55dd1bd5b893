from node.text.differences import LONGEST, differences


def test_words_that_stayed_went_and_came_stand_in_reading_order():
    assert differences("The bees swarm in May.", "The bees swarm in early June.") == [
        ("same", "The bees swarm in "),
        ("gone", "May"),
        ("new", "early June"),
        ("same", "."),
    ]


def test_a_word_put_in_changes_nothing_else():
    assert differences("a c", "a b c") == [("same", "a "), ("new", "b "), ("same", "c")]


def test_both_texts_can_be_read_out_of_it():
    before, after = "one two three", "zero two three four"
    parts = differences(before, after)
    assert "".join(text for kind, text in parts if kind != "new") == before
    assert "".join(text for kind, text in parts if kind != "gone") == after


def test_what_is_too_long_to_compare_is_shown_one_after_the_other():
    long = "word " * LONGEST
    assert differences(long, "short") == [("gone", long), ("new", "short")]
    assert differences("", long) == [("new", long)]
