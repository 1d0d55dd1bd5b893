"""`make bench`: prints a table and writes benchmarks/latest.json. Real processes, loopback only."""

from __future__ import annotations

import asyncio
import json
import os
import platform
import tempfile
import time
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from benchmarks import measures

LATEST = Path(__file__).parent / "latest.json"


async def main() -> None:
    began = time.monotonic()
    figures = []
    print(f"{'':9}{'per second':>12}  {'':34}{'floor':>9}  {'':32}{'ratio':>6}")
    for measure in (measures.accept, measures.fetch, measures.deliver):
        with tempfile.TemporaryDirectory() as folder:
            figure = await measure(Path(folder))
        figures.append(figure)
        print(
            f"{figure.name:9}{figure.ours:12.0f}  {figure.what:34}{figure.floor:9.0f}  {figure.floor_is:32}"
            f"{figure.ratio:6.2f}",
            flush=True,
        )
    report = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "python": platform.python_version(),
        "cores": os.cpu_count(),
        "load_before": os.getloadavg()[2],
        "seconds": round(time.monotonic() - began, 1),
        "figures": [asdict(figure) | {"ratio": round(figure.ratio, 3)} for figure in figures],
    }
    LATEST.write_text(json.dumps(report, indent=2) + "\n")
    print(f"\n{report['seconds']} s. Written to {LATEST.relative_to(Path.cwd())}")
    if os.getloadavg()[0] > (os.cpu_count() or 1) * 1.5:
        print(
            "This machine was busy with other things: trust the ratios more than the figures, and neither much."
        )


if __name__ == "__main__":
    asyncio.run(main())
