"""One answers for all, whoever is asked; what was counted stays counted. Several ledgers stand for several processes."""

from __future__ import annotations

import json

import pytest
from prometheus_client.metrics import Counter, Gauge, Histogram
from prometheus_client.registry import CollectorRegistry

from node.ledger import GONE, Ledger


class Clerk:
    """One process: what it counts, and its page."""

    def __init__(self, folder):
        self.registry = CollectorRegistry()
        self.sold = Counter("sold", "Things sold", ["what"], registry=self.registry)
        self.took = Histogram("took", "Seconds", buckets=(1, 2), registry=self.registry)
        self.waiting = Gauge("waiting", "People", registry=self.registry)
        self.ledger = Ledger(folder, self.registry)

    def says(self, name, **labels):
        return self.ledger.together().get_sample_value(name, labels)

    def is_killed(self):
        """The kernel lets go of its lock; nothing more is written."""
        self.ledger._alive.close()
        self.ledger._alive = None


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "metrics"


@pytest.fixture
def hire(folder):
    hired = []

    def one():
        hired.append(Clerk(folder))
        return hired[-1]

    yield one
    for clerk in hired:
        clerk.ledger.close()


@pytest.fixture
def clerks(hire):
    return hire(), hire()


def test_whoever_is_asked_answers_for_all(clerks):
    one, two = clerks
    one.sold.labels("honey").inc(2)
    two.sold.labels("honey").inc(3)
    two.sold.labels("wax").inc()
    two.took.observe(1.5)
    one.waiting.set(4)
    two.waiting.set(1)
    one.ledger.write()
    two.ledger.write()
    for each in clerks:
        assert each.says("sold_total", what="honey") == 5
        assert each.says("sold_total", what="wax") == 1
        assert (each.says("took_bucket", le="1.0"), each.says("took_bucket", le="2.0")) == (0, 1)
        assert each.says("took_sum") == 1.5
        assert each.says("waiting") == 5


def test_a_counter_that_was_shown_is_never_shown_smaller(clerks):
    one, two = clerks
    two.ledger.write()
    one.sold.labels("honey").inc(7)
    assert one.says("sold_total", what="honey") == 7  # it has not written since
    assert two.says("sold_total", what="honey") == 7


def test_counts_outlive_whoever_counted_and_gauges_do_not(clerks, hire, folder):
    one, two = clerks
    one.sold.labels("honey").inc(2)
    one.took.observe(1.5)
    one.waiting.set(4)
    one.ledger.write()
    one.sold.labels("honey").inc()  # not written: lost with it
    one.is_killed()
    for _ in range(2):
        assert two.says("sold_total", what="honey") == 2
        assert two.says("took_count") == 1
        assert two.says("waiting") == 0
    assert [path.name for path in folder.glob("*-*.json")] == [f"{two.ledger._name}.json"]
    third = hire()
    third.sold.labels("honey").inc()
    assert third.says("sold_total", what="honey") == 3


def test_one_that_ends_well_loses_nothing(clerks):
    one, two = clerks
    one.ledger.write()
    one.sold.labels("honey").inc(2)
    one.ledger.close()
    one.ledger.close()  # twice is once
    assert two.says("sold_total", what="honey") == 2


def test_one_that_never_wrote_leaves_nothing_behind(folder):
    Ledger(folder, CollectorRegistry()).close()
    assert not folder.exists()


def test_what_this_version_does_not_count_is_left_out(clerks, folder):
    one, _ = clerks
    one.ledger.write()
    (folder / GONE).write_text(json.dumps({"bought": {'["bought_total", {}]': 3}}))
    assert one.says("bought_total") is None


def test_a_page_that_the_power_cut_off_is_an_empty_one(clerks, folder):
    one, two = clerks
    two.ledger.write()
    two.is_killed()
    for page in folder.glob("*-*.json"):
        page.write_bytes(b"")
    one.sold.labels("honey").inc()
    assert one.says("sold_total", what="honey") == 1


def test_nobody_else_may_look(clerks, folder):
    clerks[0].ledger.write()
    assert folder.stat().st_mode & 0o777 == 0o700
