"""What is judged and not yet in a generation: files of dossiers, each whole or not there, and a catalogue of them.

A run that is killed loses the part that it was writing; the same command goes on from the parts before it.
"""

from __future__ import annotations

import json
from typing import IO, TYPE_CHECKING

from reasoner.batch.arrow import Packing, unpacking
from reasoner.store.catalogue import Catalogue
from reasoner.store.place import UNFINISHED, sync

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from reasoner.store.catalogue import Entry, Names

PART_CASES = 500
"""Cases in a part: what a killed run loses at most."""
HEAD = b"# "
LINES = 1 << 20
"""Bytes of a part that are read at once."""


class Staging:
    """The parts in a folder, and one that is being written."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self.catalogue = Catalogue(folder / "catalogue.sqlite")
        self._number = 1 + max((entry.part for entry in self.catalogue.entries()), default=0)
        self._held: dict[str, Entry] = {}
        self._spaces: dict[str, str] = {}
        self._file: IO[bytes] | None = None
        self._packing: Packing | None = None

    def find(self, name: str) -> Entry | None:
        """The case of a name, if it is staged."""
        return self._held.get(name) or self.catalogue.find(name)

    def holder(self, iri: str) -> str | None:
        """The name of the staged case whose statements are in a namespace."""
        found = self.catalogue.holder(iri)
        return self._spaces.get(iri) or (found.name if found else None)

    def add(self, entry: Entry, quads: str) -> None:
        """Take in a case, in the place of one of the same name; its quads go to the disk."""
        if self._packing is None:
            self._file = self._unfinished.open("wb")
            self._packing = Packing(self._file)
        placed = entry._replace(part=self._number)
        self._packing.write(HEAD + json.dumps([placed.name, placed.given]).encode() + b"\n" + quads.encode())
        self._held[placed.name] = placed
        self._spaces[placed.iri] = placed.name
        if len(self._held) >= PART_CASES:
            self.finish()

    def forget(self, name: str) -> None:
        """Leave out a case that an earlier run staged."""
        self.catalogue.drop(name)

    def finish(self) -> None:
        """See the part onto the disk, then its cases into the catalogue."""
        if self._packing is None or self._file is None:
            return
        self._packing.close()
        self._file.close()
        sync(self._unfinished)
        self._unfinished.replace(self._part(self._number))
        sync(self._folder)
        with self.catalogue.change():
            for entry in self._held.values():
                self.catalogue.put(entry)
        self._number += 1
        self._held, self._spaces, self._packing = {}, {}, None

    def abandon(self) -> None:
        """Let go of a part that is not finished."""
        if self._packing is not None and self._file is not None:
            self._packing.drop()
            self._file.close()
            self._packing = None

    def lines(self, wanted: Names) -> Iterator[bytes]:
        """The quads of the staged cases of some names, as lines of N-Quads."""
        for path in sorted(self._folder.glob("part-*.nq.zst")):
            with path.open("rb") as packed, unpacking(packed, ".zst") as stream:
                yield from self._wanted(stream, int(path.name[5:12]), wanted)

    def _wanted(self, stream: IO[bytes], part: int, wanted: Names) -> Iterator[bytes]:
        """The dossiers of a part that nothing else has taken the place of since."""
        rest, take = b"", False
        while block := stream.read(LINES):
            *lines, rest = (rest + block).split(b"\n")
            kept: list[bytes] = []
            for line in lines:
                if line.startswith(HEAD):
                    name, given = json.loads(line[len(HEAD) :])
                    entry = self.catalogue.find(name)
                    take = entry is not None and (entry.part, entry.given) == (part, given) and name in wanted
                elif take:
                    kept.append(line + b"\n")
            yield b"".join(kept)

    @property
    def _unfinished(self) -> Path:
        return self._folder / f"part{UNFINISHED}"

    def _part(self, number: int) -> Path:
        return self._folder / f"part-{number:07}.nq.zst"
