async def test_groups_people_and_followers_each_have_their_list(ada, bo):
    await ada.founds("bees")
    await bo.submit("/c/bees/follow", {"follow": "yes"}, on="/c/bees")
    await bo.submit("/u/ada/follow", {"follow": "yes"}, on="/u/ada")
    assert "/c/bees" in (await bo.get("/following")).links
    assert "/u/ada" in (await bo.get("/following?show=people")).links
    assert "/u/bo" in (await ada.get("/following?show=followers")).links


async def test_one_leaves_from_the_list_and_comes_back_to_it(ada, bo):
    await ada.founds("bees")
    await bo.submit("/c/bees/follow", {"follow": "yes"}, on="/c/bees")
    page = await bo.submit("/c/bees/follow", {"follow": "no"}, on="/following?show=groups")
    assert page.response.headers["location"] == "/following?show=groups"
    assert "You follow no group yet" in (await bo.follow(page)).text


async def test_a_follower_is_removed(ada, bo):
    await bo.submit("/u/ada/follow", {"follow": "yes"}, on="/u/ada")
    page = await ada.submit("/following/remove", on="/following?show=followers")
    assert "Nobody follows you yet" in (await ada.follow(page)).text
    assert "You follow nobody yet" in (await bo.get("/following?show=people")).text


async def test_nobody_removes_whom_nobody_follows(ada, bo):
    await bo.submit("/u/ada/follow", {"follow": "yes"}, on="/u/ada")
    fields = (await ada.get("/following?show=followers")).form("/following/remove").fields
    await ada.send("/following/remove", fields | {"who": "https://beta.example/u/ada"})
    assert "/u/bo" in (await ada.get("/following?show=followers")).links


async def test_a_profile_lists_both_unless_its_owner_hides_them(ada, bo, stranger):
    await ada.founds("bees")
    await ada.founds("secret", readers="members")
    await bo.submit("/u/ada/follow", {"follow": "yes"}, on="/u/ada")
    shown = await stranger.get("/u/ada?show=following")
    assert "/c/bees" in shown.links
    assert shown.links.count("/c/secret") == 1, "among the groups that ada moderates alone"
    assert (await ada.get("/u/ada?show=following")).links.count("/c/secret") == 2
    assert "/u/bo" in (await stranger.get("/u/ada?show=followers")).links
    await ada.submit("/settings/privacy", {"lists": ""})
    for part in ("followers", "following"):
        assert (await stranger.get(f"/u/ada?show={part}")).status == 404
        assert (await ada.get(f"/u/ada?show={part}")).status == 200
    assert "/u/ada?show=followers" not in (await stranger.get("/u/ada")).links
    assert "/u/ada" not in (await stranger.get("/u/bo?show=following")).links, "on no list of others either"
    assert (await bo.get("/u/bo?show=following")).links.count("/u/ada") == 1
