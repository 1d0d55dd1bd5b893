import io
import json
import zipfile

from node.web.pages.exporting import written
from tests.support.browsing import PASSWORD
from tests.support.dbhash import no_effect


async def test_a_member_takes_everything_along(ada, bo):
    await ada.founds("bees")
    await ada.submit(
        "/settings/profile", {"name": "Ada", "label_1": "Web", "value_1": "https://ada.example/"}
    )
    thread = await ada.writes("bees", "Swarm season", source="my *words*")
    await bo.replies(thread, "not mine")
    await ada.submit(f"{thread}/save", {"save": "yes"}, on=thread)
    await ada.submit("/messages/new", {"to": "bo", "source": "between us"})
    await ada.submit("/u/bo/follow", {"follow": "yes"}, on="/u/bo")
    page = await ada.submit("/settings/data", {"present": PASSWORD})
    assert page.response.headers["content-type"] == "application/zip"
    assert page.response.headers["cache-control"] == "no-store"
    with zipfile.ZipFile(io.BytesIO(page.response.content)) as archive:
        files = {name: archive.read(name).decode() for name in archive.namelist()}
    assert json.loads(files["profile.json"])["fields"] == [{"name": "Web", "value": "https://ada.example/"}]
    [post] = [json.loads(line) for line in files["posts.jsonl"].splitlines()]
    assert (post["title"], post["markdown"]) == ("Swarm season", "my *words*")
    [message] = [json.loads(line) for line in files["messages.jsonl"].splitlines()]
    assert message["markdown"] == "between us"
    assert files["people.csv"].splitlines()[1] == "bo@beta.example,true,false,"
    assert "bees@beta.example" in files["groups.csv"]
    assert len(json.loads(files["saved.json"])) == 1


async def test_a_stolen_cookie_alone_takes_nothing(ada, beta):
    async with no_effect(beta.node.database, but=["attempts"]):
        page = await ada.submit("/settings/data", {"present": "guess"})
    assert page.status == 422
    assert "not your present password" in page.text


async def test_it_is_not_asked_for_without_end(ada):
    statuses = [(await ada.submit("/settings/data", {"present": PASSWORD})).status for _ in range(6)]
    assert statuses == [200] * 5 + [429]


def test_a_table_program_reckons_with_nothing():
    assert written(["=cmd@x.example", "ada@x.example"]).splitlines()[1:] == [
        "'=cmd@x.example,true,false,",
        "ada@x.example,true,false,",
    ]
