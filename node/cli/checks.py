"""What `archipel doctor` looks at outside the database: settings, libraries, files, clock, name, egress."""

from __future__ import annotations

import ctypes
import re
import shutil
import stat
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from node.errors import NodeError
from node.network.resolver import GuardedResolver, Resolver, SystemResolver
from node.settings import VERSION, Settings, unknown_variables

OK, WARNING, FAILED = "ok", "warning", "failed"
# The oldest releases without a published hole that would reach us (THREATS 1.10).
FLOORS = {
    "starlette": "1.3",
    "python-multipart": "0.0.27",
    "h11": "0.16",
    "jinja2": "3.1.6",
    "cryptography": "46",
}
# Where no peer lives: this machine, its network, the metadata service of clouds.
INSIDE = ("10.0.0.1", "192.168.0.1", "169.254.169.254", "::ffff:10.0.0.1", "fd00::1", "fe80::1", "0.0.0.0")  # noqa: S104 -- not bound to
LEAST_FREE = 256 * 1024 * 1024  # bytes
LOW_SHARE = 0.15  # of the disk
UNSYNCHRONISED = 0x40  # STA_UNSYNC of adjtimex(2)


@dataclass(frozen=True, slots=True)
class Finding:
    """One check: ok, warning or failed, and a sentence."""

    check: str
    verdict: str
    says: str


def check_settings(settings: Settings) -> Finding:
    """Misspelt variables, and development in the open."""
    unknown = unknown_variables()
    if unknown:
        return Finding("settings", WARNING, f"These variables mean nothing: {', '.join(unknown)}.")
    if settings.development:
        return Finding(
            "settings", WARNING, "ARCHIPEL_DEVELOPMENT is on: never let the internet reach this node."
        )
    return Finding("settings", OK, f"The node is {settings.url}.")


def check_versions() -> Finding:
    """Libraries below their floor."""
    old = [
        f"{name} {version(name)} (needs {floor})"
        for name, floor in FLOORS.items()
        if _parts(version(name)) < _parts(floor)
    ]
    if old:
        return Finding("versions", FAILED, f"Too old, with known holes: {', '.join(old)}. Upgrade them.")
    return Finding("versions", OK, f"Archipel {VERSION}; no library below its floor.")


def _parts(release: str) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d+", release)[:3])


def check_keys(folder: Path) -> Finding:
    """Secrets are there, and for this account alone (THREATS A110)."""
    files = sorted(folder.glob("*.key")) if folder.is_dir() else []
    if not files:
        return Finding(
            "keys", FAILED, f"There is no key in {folder}. Run `archipel init`, or restore it from a backup."
        )
    for path in files:
        if stat.S_IMODE(path.stat().st_mode) & 0o077:
            return Finding("keys", FAILED, f"Others can read {path}. Run: chmod 600 {path}")
    if stat.S_IMODE(folder.stat().st_mode) & 0o077:
        return Finding("keys", WARNING, f"Others can look into {folder}. Run: chmod 700 {folder}")
    return Finding("keys", OK, f"{folder} is readable by this account alone.")


def check_disk(folder: Path) -> Finding:
    """Room for the database to grow."""
    place = folder if folder.is_dir() else Path.cwd()
    usage = shutil.disk_usage(place)
    says = f"{usage.free // 2**20} MiB free where {folder} is."
    if usage.free < LEAST_FREE:
        return Finding("disk", FAILED, f"{says} Make room.")
    return Finding("disk", WARNING if usage.free < usage.total * LOW_SHARE else OK, says)


def check_clock(status: Callable[[], int | None]) -> Finding:
    """Ask the kernel: signatures are good for an hour to either side, so a wrong clock cuts the node off."""
    answer = status()
    if answer is None:
        return Finding("clock", WARNING, "The kernel does not say whether the clock is synchronised.")
    if answer & UNSYNCHRONISED:
        return Finding(
            "clock", WARNING, "The clock is not synchronised. Run a time service such as systemd-timesyncd."
        )
    return Finding("clock", OK, "The clock is synchronised.")


def clock_status() -> int | None:
    """Return the status word of adjtimex(2), None where it cannot be asked. Changes nothing: modes is 0."""

    class Timex(ctypes.Structure):
        _fields_ = (
            ("modes", ctypes.c_uint),
            *((name, ctypes.c_long) for name in ("offset", "freq", "maxerror", "esterror")),
            ("status", ctypes.c_int),
            ("rest", ctypes.c_byte * 256),
        )

    answer = Timex()
    try:
        failed = ctypes.CDLL(None).adjtimex(ctypes.byref(answer)) < 0
    except (OSError, AttributeError):
        return None
    return None if failed else int(answer.status)


async def check_name(settings: Settings, resolver: Resolver) -> Finding:
    """Look the node's own name up: peers must find it in public."""
    if settings.development:
        return Finding("name", OK, f"{settings.host} is not looked up in development.")
    try:
        found = await GuardedResolver(resolver, allow_loopback=False).resolve(settings.host, 443)
    except NodeError as error:
        return Finding(
            "name", WARNING, f"{settings.host} has no public address, as seen from here. {error.message}"
        )
    return Finding("name", OK, f"{settings.host} is at {', '.join(found)}.")


def check_guard(settings: Settings) -> Finding:
    """The node must not be led to its own network (SSRF)."""
    guard = GuardedResolver(SystemResolver(), allow_loopback=settings.development)
    passed = [address for address in INSIDE if _lets_through(guard, address)]
    if passed:
        return Finding(
            "egress", FAILED, f"The guard would connect to {', '.join(passed)}. Stop the node and report it."
        )
    return Finding("egress", OK, "The guard refuses addresses inside this network.")


def _lets_through(guard: GuardedResolver, address: str) -> bool:
    try:
        guard.check(address)
    except NodeError:
        return False
    return True
