"""The operator's Prometheus is answered, and nobody else learns that there is anything to ask."""

import pytest

from node.web import metrics
from tests.support.quay import Quay

TOKEN = "a-token-of-24-characters"
WITH_TOKEN = {"authorization": f"Bearer {TOKEN}"}


@pytest.fixture
async def quay(tmp_path):
    opened = await Quay.open(tmp_path, data=tmp_path, metrics_token=TOKEN)
    yield opened
    opened.node.ledger.close()
    await opened.close()


def values(answer):
    assert answer.status_code == 200
    lines = [line for line in answer.text.splitlines() if not line.startswith("#")]
    return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines)}


async def test_with_the_token_everything_is_told(quay):
    quay.node.metrics.processed.labels("done").inc()
    await quay.browser.get("/about")
    answer = await quay.browser.get("/metrics", headers=WITH_TOKEN)
    told = values(answer)
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert answer.headers["cache-control"] == "no-store"
    assert told['archipel_processed_total{verdict="done"}'] == 1
    assert told['archipel_request_seconds_count{kind="html",route="/about"}'] == 1
    assert told['archipel_arrivals_waiting{due="now"}'] == 0
    assert told['archipel_lanes{state="awake"}'] == 0
    assert told["archipel_processes"] == 1
    assert told["archipel_database_connections"] == 0
    assert "created" not in answer.text


async def test_an_answer_names_each_metric_once(quay):
    answer = await quay.browser.get("/metrics", headers=WITH_TOKEN)
    named = [line.split()[2] for line in answer.text.splitlines() if line.startswith("# TYPE")]
    assert len(named) == len(set(named))


@pytest.mark.parametrize(
    "stated", [None, "", "Bearer", "Bearer another-token-entirely", TOKEN, f"bearer {TOKEN}x", "Bearer \xe9"]
)
async def test_without_it_there_is_nothing_there(quay, stated):
    headers = {} if stated is None else {"authorization": stated.encode("latin-1")}
    answer = await quay.browser.get("/metrics", headers=headers)
    nowhere = await quay.browser.get("/metrix", headers=headers)
    assert (answer.status_code, answer.text) == (404, nowhere.text.replace("metrix", "metrics"))


async def test_a_node_without_a_token_has_no_such_page(tmp_path):
    quay = await Quay.open(tmp_path, data=tmp_path)
    for headers in ({}, {"authorization": "Bearer "}):
        assert (await quay.browser.get("/metrics", headers=headers)).status_code == 404
    await quay.close()


async def test_it_is_asked_at_the_address_of_its_machine(quay):
    there = await quay.browser.get("/metrics", headers=WITH_TOKEN | {"host": "127.0.0.1:8000"})
    elsewhere = await quay.browser.get("/about", headers=WITH_TOKEN | {"host": "127.0.0.1:8000"})
    assert (there.status_code, elsewhere.status_code) == (200, 421)


async def test_who_asks_all_the_time_does_not_make_the_database_count(quay):
    async def peers():
        return values(await quay.browser.get("/metrics", headers=WITH_TOKEN))['archipel_lanes{state="awake"}']

    assert await peers() == 0
    await quay.actor("Person", path="/u/bob", username="bob", home="https://beta.example")
    assert await peers() == 0
    quay.clock.advance(seconds=metrics.FRESH.total_seconds())
    assert await peers() == 1
