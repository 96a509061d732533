"""A store is filled with few of its files open, each of which takes memory."""

from __future__ import annotations

import os
import resource
from pathlib import Path

import pytest

from reasoner.rdf import DiskStore
from reasoner.store import fill
from reasoner.store.fill import opened, taken

OPEN = Path("/proc/self/fd")
PIECES = 30
LEFT = 48
"""Files that the engine leaves to others."""


def files_open(place: Path) -> int:
    found = [Path(os.path.realpath(link)) for link in OPEN.iterdir()]
    return sum(path.parent == place and path.suffix == ".sst" for path in found)


@pytest.mark.skipif(not OPEN.exists(), reason="This system does not tell which files a process has open.")
def test_few_files_of_a_store_are_open_while_it_is_filled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fill, "PIECE", 1)
    monkeypatch.setattr(fill, "OPEN_FILES", 100)
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)
    place = tmp_path / "quads"
    store = opened(place)
    taken(store, (f'<x:s{n}> <x:p> "{n}" <x:g{n}> .\n'.encode() for n in range(PIECES)))
    assert 0 < files_open(place) <= 100 - LEFT < len(list(place.glob("*.sst")))
    assert resource.getrlimit(resource.RLIMIT_NOFILE) == limit
    store.flush()
    del store
    read = DiskStore(place, read_only=True)
    assert len(list(read.graphs())) == PIECES
