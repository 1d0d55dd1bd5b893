def test_writing_and_reading(bees):
    assert bees.run("message list --as ben").stdout.strip() == "ben has no messages."
    assert bees.says("message send ben --as ada --text", "Meet *me*") == "ada has written to @ben@alpha.test."
    [line] = bees.json("message list --as ben")
    assert (line["with"], line["unread"], line["last"]) == ("@ada@alpha.test", 1, "Meet me")
    [message] = bees.json(f"message list --as ben --with {line['conversation']}")
    assert (message["from"], message["text"]) == ("@ada@alpha.test", "Meet me")
    assert "nobody here" in bees.refuses("message send nobody --as ada --text Hi").lower()
    assert "not for you" in bees.refuses("message list --as ben --with deadbeef")


def test_words_come_on_standard_input_too(bees):
    bees.run("message send @ben@alpha.test --as ada", stdin="From a pipe\n")
    assert bees.json("message list --as ada")[0]["last"] == "From a pipe"
