"""`make bench`: prints a table and writes benchmarks/latest.json. Real processes, loopback only.

`make bench ONLY=accept,fetch` runs those alone and leaves the others' last figures as they are.
"""

from __future__ import annotations

import asyncio
import json
import os
import platform
import sys
import tempfile
import time
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Any

from benchmarks.figures import Bench, Figure

LATEST = Path(__file__).parent / "latest.json"
BENCHES = (
    "accept",
    "process",
    "fetch",
    "deliver",
    "dead",
    "growth",
    "backlog",
    "pages",
    "everypage",
    "memory",
    "start",
)  # modules of this package, each with a `measure`


async def main(only: list[str]) -> None:
    strange = [name for name in only if name not in BENCHES]
    if strange:
        sys.exit(f"There is no bench {', '.join(strange)}. There are: {', '.join(BENCHES)}.")
    known: dict[str, Any] = json.loads(LATEST.read_text())["figures"] if only and LATEST.exists() else {}
    began = time.monotonic()
    print(f"{'':22}{'value':>12} {'unit':12}{'floor':>9} {'ratio':>6} {'aim':>7}  met  what")
    for name in only or BENCHES:
        bench: Bench = import_module(f"benchmarks.{name}").measure
        with tempfile.TemporaryDirectory() as folder:
            for figure in await bench(Path(folder)):
                _print(figure)
                known[figure.name] = figure.as_json() | {
                    "at": datetime.now(UTC).isoformat(timespec="seconds")
                }
    report = {
        "python": platform.python_version(),
        "cores": os.cpu_count(),
        "seconds": round(time.monotonic() - began, 1),
        "figures": known,
    }
    LATEST.write_text(json.dumps(report, indent=2) + "\n")
    print(f"\n{report['seconds']} s. Written to {LATEST.relative_to(Path.cwd())}")
    if os.getloadavg()[0] > (os.cpu_count() or 1) * 1.5:
        print(
            "This machine was busy with other things: trust the ratios more than the figures, and neither much."
        )


def _print(figure: Figure) -> None:
    floor = "" if figure.floor is None else f"{figure.floor:.0f}"
    ratio = "" if figure.ratio is None else f"{figure.ratio:.2f}"
    aim = f"{'<=' if figure.at_most else '>='} {figure.aim:g}"
    met = "yes" if figure.met else "NO"
    row = f"{figure.name:22}{figure.value:12.1f} {figure.unit:12}{floor:>9} {ratio:>6} {aim:>7}  {met:3}  {figure.what}"
    print(row, flush=True)


if __name__ == "__main__":
    asyncio.run(main([name for name in " ".join(sys.argv[1:]).replace(",", " ").split() if name]))
