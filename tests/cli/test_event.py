def test_an_event_is_planned_joined_and_left(bees):
    event = bees.says(
        "post create bees --as ada --event 2099-12-01T19:00 --timezone Europe/Paris --place Hall --join restricted --title",
        "Harvest",
    )
    assert bees.says(f"event join {event} --as ben --message Hello") == "Your part in it: pending."
    [row] = bees.json(f"event list {event}")
    assert (row["who"], row["state"], row["message"]) == ("@ben@alpha.test", "pending", "Hello")
    assert bees.refuses(f"event answer {event} @ben@alpha.test accept --as ben")
    bees.run(f"event answer {event} @ben@alpha.test accept --as ada")
    assert bees.json(f"event list {event}")[0]["state"] == "accepted"
    assert bees.says(f"event leave {event} --as ben") == "Left."
    assert "not on the list" in bees.refuses(f"event leave {event} --as ben")
    bees.run(f"event invite {event} @ben@alpha.test --as ada")
    assert bees.json(f"event list {event}")[0]["kind"] == "invite"
    assert "has not asked" in bees.refuses(f"event answer {event} @ada@alpha.test accept --as ada")


def test_a_poll_is_asked_and_voted_in(bees):
    poll = bees.says("post create bees --as ada --poll Tea --poll Cake --title", "Tea or cake?")
    assert "It has: Tea, Cake" in bees.refuses(f"post choose {poll} Beer --as ben")
    assert bees.says(f"post choose {poll} Cake --as ben") == "Voted."
    assert "chooses once" in bees.refuses(f"post choose {poll} Tea --as ben")
    assert (
        "not both"
        in bees.run("post create bees --as ada --title T --poll a --event 2099-01-01", code=2).stderr
    )
    assert "two different" in bees.refuses("post create bees --as ada --title T --poll a")
