def test_a_private_group_and_its_requests(bees):
    bees.run("group found den --owner ada --private")
    assert bees.says("group requests den") == "Nobody waits to be let into !den@alpha.test."
    bees.run("group follow den --as ben")
    assert [one["handle"] for one in bees.json("group requests den")] == ["@ben@alpha.test"]
    assert "does not moderate" in bees.refuses("group answer den ben --as ben")
    assert bees.says("group answer den ben --as ada") == "@ben@alpha.test is let into !den@alpha.test."
    assert bees.json("group requests den") == []
    assert "is not let into" in bees.says("group answer den @ben@alpha.test --as ada --reject")


def test_who_reads_a_group(bees):
    assert bees.says("group readers bees members --as ada").endswith("its members alone.")
    assert bees.says("group readers bees everyone --as ada").endswith("everyone.")
    bees.run("group readers bees members --as ada")
    bees.run("post create bees --as ada --title", "Only us")
    assert "stays private" in bees.refuses("group readers bees everyone --as ada")
