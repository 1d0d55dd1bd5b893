"""What a node counts: its own, and from lists that others cannot lengthen."""

from prometheus_client.exposition import generate_latest

from node import metrics
from node.metrics import Metrics


def lines(counted: Metrics) -> set[str]:
    return set(generate_latest(counted.registry).decode().splitlines())


def test_two_nodes_in_one_process_count_for_themselves():
    alpha, beta = Metrics(), Metrics()
    alpha.processed.labels("done").inc()
    assert 'archipel_processed_total{verdict="done"} 1.0' in lines(alpha)
    assert 'archipel_processed_total{verdict="done"} 1.0' not in lines(beta)


def test_memory_and_processor_are_this_process_own():
    counted = dict(line.rsplit(" ", 1) for line in lines(Metrics()) if not line.startswith("#"))
    assert 10e6 < float(counted["archipel_resident_bytes"]) < 10e9
    assert float(counted["archipel_cpu_seconds_total"]) > 0
    assert counted["archipel_processes"] == "1.0"


def test_memory_is_told_where_the_system_has_no_proc(monkeypatch, tmp_path):
    monkeypatch.setattr(metrics, "STATM", tmp_path / "none")
    assert 10e6 < metrics.resident_bytes() < 10e9


async def test_every_commit_is_timed(sea):
    alpha = await sea.node("alpha.example")
    before = commits(alpha)
    async with alpha.node.transaction():
        pass
    assert commits(alpha) == before + 1


def commits(island) -> float:
    return island.node.metrics.registry.get_sample_value("archipel_commit_seconds_count")
