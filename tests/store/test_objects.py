import errno
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from node.errors import NotFound, Unavailable
from node.store.objects import Folder, object_name

NAME = object_name("own", "abcdef", "full", "png")


@pytest.fixture
def folder(tmp_path):
    return Folder(tmp_path / "media")


async def test_what_is_put_is_read_whole_or_in_part_and_removed(folder):
    await folder.put(NAME, b"0123456789", "image/png")
    assert await folder.size(NAME) == 10
    assert await folder.read(NAME, 0, 10) == b"0123456789"
    assert await folder.read(NAME, 3, 5) == b"34"
    [(name, at)] = [one async for one in folder.listed()]
    assert name == NAME
    assert abs((datetime.now(UTC) - at).total_seconds()) < 60
    await folder.remove([NAME, NAME])
    assert [one async for one in folder.listed()] == []
    for asked in (folder.size(NAME), folder.read(NAME, 0, 1)):
        with pytest.raises(NotFound):
            await asked


async def test_files_are_the_nodes_own(folder):
    await folder.put(NAME, b"x", "image/png")
    path = folder.root / NAME
    assert path.stat().st_mode & 0o077 == 0
    assert path.parent.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    "name", ["../x", "own/../../etc/passwd", "own/ab/cd/../x.png", "/etc/passwd", "own/ab/abcdef/full.png\n"]
)
async def test_a_name_that_is_not_ours_is_no_name(folder, name):
    with pytest.raises(ValueError, match="no name of ours"):
        await folder.put(name, b"x", "image/png")


@pytest.mark.parametrize(("number", "words"), [(errno.ENOSPC, "no room"), (errno.EIO, "cannot be reached")])
async def test_a_full_disk_says_so_and_leaves_nothing_half_written(folder, monkeypatch, number, words):
    """R05: writes give 503, and what is there is still read."""
    await folder.put(NAME, b"there", "image/png")

    def full(handle):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", full)
    other = object_name("own", "ghijkl", "full", "png")
    with pytest.raises(Unavailable, match=words) as caught:
        await folder.put(other, b"new", "image/png")
    assert caught.value.retry_after == 60
    assert await folder.read(NAME, 0, 5) == b"there"
    assert [path for path in Path(folder.root).rglob("*") if path.is_file()] == [folder.root / NAME]
