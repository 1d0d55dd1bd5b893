import pytest


async def test_strangers_read_the_nodes_own_threads(ada, stranger):
    page = await stranger.get("/")
    assert "No threads yet" in page.text
    await ada.founds("bees")
    path = await ada.writes("bees", "Swarm season")
    page = await stranger.get("/")
    assert path in page.links
    assert "/c/bees" in page.links


async def test_members_read_what_they_follow_and_may_look_at_all(ada, bo):
    await ada.founds("bees")
    path = await ada.writes("bees", "Swarm season")
    page = await bo.get("/")
    assert path not in page.links
    assert "/explore" in page.links
    assert path in (await bo.get("/?view=all&sort=top&period=day")).links
    await bo.submit("/c/bees/follow", {"follow": "yes"}, on="/c/bees")
    assert path in (await bo.get("/")).links


async def test_a_followed_persons_threads_are_there_too(ada, bo, opens):
    await ada.founds("bees")
    path = await ada.writes("bees", "Swarm season")
    await bo.submit("/u/ada/follow", {"follow": "yes"}, on="/u/ada")
    assert path in (await bo.get("/")).links
    assert "Following" in (await bo.get("/u/ada")).text


async def test_the_end_of_the_list_leads_back(stranger):
    page = await stranger.get("/?sort=new&after=1_1")
    assert "That was all." in page.text


async def test_a_member_goes_by_their_profile(ada, bo):
    await ada.founds("bees")
    path = await ada.writes("bees", "Swarm season")
    comment = await ada.replies(path, "word1")
    page = await bo.get("/u/ada")
    assert {path, comment, "/c/bees"} <= set(page.links)
    assert "You have not written anything yet." in (await bo.get("/u/bo")).text
    assert "Nothing written" in (await ada.get("/u/bo")).text
    assert (await bo.get("/u/nobody")).status == 404
    assert (await bo.get("/u/beta.example")).status == 404
    assert (await bo.get("/u/ada?after=x")).status == 400


async def test_a_long_profile_comes_in_pages(ada):
    await ada.founds("bees")
    path = await ada.writes("bees", "Swarm season")
    for number in range(27):
        await ada.replies(path, f"word{number}")
    page = await ada.get("/u/ada")
    page = await ada.get(next(link for link in page.links if "after=" in link))
    assert path in page.links


async def test_about(stranger):
    page = await stranger.get("/about")
    assert "beta.example" in page.text
    assert "groups founded here" in page.text


class TestLanguages:
    async def test_the_browser_says_which(self, opens):
        page = await opens(**{"accept-language": "de, fr-CA;q=0.8, en;q=0.5"}).get("/")
        assert page.elements[0] == ("html", {"lang": "fr"})
        assert "Se connecter" in page.text
        assert page.response.headers["content-language"] == "fr"
        assert "accept-language" in page.response.headers["vary"].lower()

    async def test_a_stranger_chooses(self, stranger):
        page = await stranger.submit("/language", {"language": "fr", "next": "/groups"})
        assert page.response.headers["location"] == "/groups"
        assert "Explorer" in (await stranger.follow(page)).text

    @pytest.mark.parametrize("language", ["tlh", "", "../../etc"])
    async def test_a_language_that_is_none(self, stranger, language):
        page = await stranger.submit("/language", {"language": language})
        assert page.response.headers["location"] == "/language"

    async def test_errors_speak_it_too(self, opens):
        page = await opens(**{"accept-language": "fr"}).get("/c/none")
        assert "Introuvable" in page.text
        assert "Il n’y a pas de groupe de ce nom ici." in page.text

    async def test_what_is_wrong_with_a_form_too(self, opens):
        browser = opens(**{"accept-language": "fr"})
        page = await browser.submit("/sign-up", {"name": "Ada", "password": "x"})
        assert "Il faut au moins 10 caractères." in page.text
        assert "lettres minuscules" in page.text
