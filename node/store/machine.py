"""One machine at a time: an SQLite database is shared by processes of one machine, and never over a network.

In WAL mode its processes share memory through a file beside it, which two machines cannot (https://www.sqlite.org/wal.html,
"all processes using a database must be on the same host"), and locks on network file systems cannot be relied on
(https://www.sqlite.org/faq.html#q5). Both would damage the database quietly, so both are refused: by the type of the file
system, and by a file that says which machine has the database open, for those that do not look like a network.
"""

from __future__ import annotations

import fcntl
import json
import os
import socket
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path

import structlog
from sqlalchemy.engine import make_url

from node.errors import Misconfigured

# Types in /proc/mounts of file systems that several machines may have mounted.
NETWORK = frozenset(
    "9p afs beegfs ceph cifs davfs gfs2 glusterfs lustre ncpfs nfs nfs4 ocfs2 orangefs smb2 smb3 smbfs".split()  # noqa: SIM905 -- a list of words reads better as words
)
NETWORK_FUSE = frozenset(
    "ceph ceph-fuse curlftpfs davfs2 gcsfuse glusterfs goofys juicefs mfs moosefs mount-s3 rclone s3fs smbnetfs sshfs".split()  # noqa: SIM905 -- the same
)
BEAT_EVERY = 30.0  # seconds
SILENT = 120.0  # seconds without a beat after which the other machine is taken for dead
INSTEAD = (
    "Put ARCHIPEL_DATA on a disk of this machine, or change to PostgreSQL (ARCHIPEL_DATABASE), "
    "which any number of machines may share."
)

log = structlog.get_logger()


@dataclass(frozen=True)
class Machine:
    """Who has a database open. boot: differs after each start of the machine, and is the same in all its containers."""

    host: str
    boot: str

    @classmethod
    def this(cls) -> Machine:
        """Return the machine that this process runs on."""
        boot = Path("/proc/sys/kernel/random/boot_id")
        host = socket.gethostname()
        return cls(host, boot.read_text().strip() if boot.exists() else host)


class Claim:
    """A machine's claim on a database file, held by each of its processes. The last one to leave removes it."""

    def __init__(self, database: Path, machine: Machine | None = None) -> None:
        self.file = database.with_name(database.name + ".machine")
        self.machine = machine or Machine.this()
        self._held: int | None = None

    def take(self) -> None:
        """Claim the database; raises Misconfigured when another machine has it open."""
        while self._held is None:
            end = os.open(self.file, os.O_RDWR | os.O_CREAT, 0o600)
            try:
                fcntl.flock(end, fcntl.LOCK_SH)
                if self._is_there(end):
                    self._write(end, self._found(end))
                    self._held = end
            finally:
                if self._held is None:
                    os.close(end)

    def beat(self) -> bool:
        """Say that this machine is alive; return False when another has taken the database meanwhile."""
        if self._held is None:
            return True
        try:
            other = _read(self.file.read_bytes())
        except FileNotFoundError:
            other = None
        if other is not None and other.boot != self.machine.boot:
            return False
        if not self._is_there(self._held):  # removed by hand: claim it anew
            self.release()
            self.take()
        os.utime(self._held)
        return True

    def is_alone(self) -> bool:
        """Tell whether no other process of this machine has a claim at the moment."""
        if self._held is None:
            return True
        try:
            fcntl.flock(self._held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        finally:
            fcntl.flock(self._held, fcntl.LOCK_SH)
        return True

    def release(self) -> None:
        """Let go of the claim; remove it when no other process of the machine has one."""
        if self._held is None:
            return
        try:
            fcntl.flock(self._held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            owner = _read(os.pread(self._held, 4096, 0))
            if self._is_there(self._held) and owner is not None and owner.boot == self.machine.boot:
                self.file.unlink()
        except BlockingIOError:
            pass  # others go on
        finally:
            os.close(self._held)
            self._held = None

    def _is_there(self, end: int) -> bool:
        """Tell whether what is open is still the file of that name: the last to leave removes it."""
        try:
            return os.fstat(end).st_ino == self.file.stat().st_ino
        except FileNotFoundError:
            return False

    def _found(self, end: int) -> Machine | None:
        """Return who claimed the file before; raises Misconfigured when they are another machine, and alive."""
        other = _read(os.pread(end, 4096, 0))
        if other is None or other.boot == self.machine.boot or other.host == self.machine.host:
            return other  # this machine, a container on it, or the same before it was started anew
        silent = self._now() - os.fstat(end).st_mtime
        if silent < SILENT:
            raise Misconfigured(
                f"The database {self.file.with_suffix('')} is open on the machine {other.host}, which was alive "
                f"{max(0, round(silent))} seconds ago. SQLite cannot be shared by machines. Stop the node there. {INSTEAD} "
                f"If that machine is gone for good, remove {self.file}."
            )
        log.warning("database taken over from another machine", host=other.host, silent=round(silent))
        return other

    def _now(self) -> float:
        """Return the time of the file system: two machines may not agree on theirs."""
        with tempfile.NamedTemporaryFile(dir=self.file.parent, prefix=".now-") as probe:
            return os.fstat(probe.fileno()).st_mtime

    def _write(self, end: int, before: Machine | None) -> None:
        said = json.dumps(asdict(self.machine)).encode()
        try:
            if before is None or before.boot != self.machine.boot:
                os.pwrite(end, said, 0)
                os.ftruncate(end, len(said))
            os.utime(end)
        except OSError as error:  # a full disk: what can be read shall be read
            log.warning("claim not written", file=str(self.file), error=str(error))


def claim(url: str) -> Claim | None:
    """Claim the database of that URL for this machine; None where the database takes care of itself.

    Raises Misconfigured for an SQLite file on a network, and for one that another machine has open.
    """
    address = make_url(url)
    if address.get_backend_name() != "sqlite" or not address.database or address.database == ":memory:":
        return None
    file = Path(address.database).absolute()
    kind = filesystem_of(file.parent)
    if kind in NETWORK or kind.removeprefix("fuse.") in NETWORK_FUSE:
        raise Misconfigured(
            f"The database {file} is on a network file system ({kind}), where SQLite loses data. {INSTEAD}"
        )
    claimed = Claim(file)
    try:
        claimed.take()
    except OSError as error:
        raise Misconfigured(
            f"Cannot lock {claimed.file}: {error.strerror}. {INSTEAD}", detail=f"file system: {kind}"
        ) from error
    return claimed


def filesystem_of(folder: Path, mounts: Path = Path("/proc/self/mounts")) -> str:
    """Return the type of the file system that a folder is on, as in /proc/mounts; empty where that is not told."""
    if not mounts.exists():
        return ""
    there = folder.resolve()
    found, deepest = "", -1
    for line in mounts.read_text().splitlines():
        _, point, kind, *_ = line.split(" ")
        at = Path(point.encode().decode("unicode_escape"))  # a blank is \040
        if (at == there or at in there.parents) and len(at.parts) >= deepest:  # of two at one place the later
            found, deepest = kind, len(at.parts)
    return found


def _read(said: bytes) -> Machine | None:
    try:
        return Machine(**json.loads(said))
    except (ValueError, TypeError):  # empty, or cut off when the power went
        return None
