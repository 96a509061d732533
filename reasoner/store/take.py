"""Which cases of a command are judged, and what comes of each: staged with its graphs, or as a refusal."""

from __future__ import annotations

import hashlib
import json
from collections import Counter, deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from reasoner.batch.row import CaseText
from reasoner.errors import Problem
from reasoner.rdf import nquads
from reasoner.store.catalogue import Entry, Names
from reasoner.store.description.counts import counted
from reasoner.store.refusal import refusal, refusal_iri, same_case, same_name
from reasoner.terms import STORE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from reasoner.batch.unread import Item
    from reasoner.store.basis import Basis
    from reasoner.store.catalogue import Catalogue
    from reasoner.store.staging import Staging

TOLD = 20
"""Problems that are told one by one; of the rest only their number."""
PASSING = frozenset({"our-bug", "worker-died", "same-case", "same-name"})
"""Problems that can be gone the next time although neither case nor knowledge base has changed."""


@dataclass(slots=True)
class Change:
    """What a command did to a store."""

    judged: int = 0
    kept: int = 0
    """Cases of the command that had been judged already, with nothing changed since."""
    refused: int = 0
    removed: int = 0
    cases: int = 0
    """All cases that the store holds now, with those that were refused."""
    quads: int = 0
    seconds: float = 0.0
    problems: Counter[str] = field(default_factory=Counter)
    told: list[Problem] = field(default_factory=list)

    def tell(self, problems: Sequence[Problem]) -> None:
        self.problems.update(problem.code for problem in problems)
        self.told += problems[: max(TOLD - len(self.told), 0)]


class _Asked(NamedTuple):
    name: str
    file: str
    given: str


class Taking:
    """The cases of one command on their way into the staging."""

    def __init__(self, staging: Staging, old: Catalogue | None, basis: Basis, change: Change, *, exactly: bool) -> None:
        """``exactly``: what the command does not name leaves the store."""
        self.basis, self.exactly, self.named, self.number = basis, exactly, Names(), 0
        self._staging, self._old, self._change = staging, old, change
        self._asked: deque[_Asked] = deque()

    def wanted(self, items: Iterable[Item]) -> Iterator[CaseText]:
        """The cases that must be judged: all but those that were judged as they are, on what is known now."""
        for item in items:
            self.number += 1
            if not isinstance(item, CaseText):
                self._unread(item.name, item.file, item.problem)
            elif self._is_new(asked := _Asked(item.name, item.file, _hash(item))):
                self._asked.append(asked)
                yield item

    def _unread(self, name: str | None, file: str, problem: Problem) -> None:
        if name is None or self.named.get(name) is not None:
            self._change.tell([problem])
        else:
            self.named.add(name, "")
            self._refuse(_Asked(name, file, ""), [problem])

    def _is_new(self, asked: _Asked) -> bool:
        before = self.named.get(asked.name)
        if before is not None:
            if before != asked.given:
                self._change.tell([same_name(asked.name, asked.file)])
            return False
        self.named.add(asked.name, asked.given)
        if self._holds(self._staging.find(asked.name), asked.given):
            self._change.kept += 1
            return False
        self._staging.forget(asked.name)
        held = self._old.find(asked.name) if self._old else None
        if held is None or not self._holds(held, asked.given):
            return True
        other = self._staging.holder(held.iri)
        if other is not None and self.named.get(other) is not None:
            self._refuse(asked, [same_case(asked.name, other, asked.file)])
        else:
            self._change.kept += 1
        return False

    def _holds(self, entry: Entry | None, given: str) -> bool:
        return entry is not None and entry.given == given and self.basis.still_holds(entry.common, entry.consulted)

    def take(self, row: dict[str, Any]) -> None:
        """Stage what was determined of the first case that waits for it."""
        asked = self._asked.popleft()
        problems = [Problem(p["code"], p["file"], p["line"], p["problem"], p["fix"]) for p in row["problems"]]
        if problems:
            self._refuse(asked, problems)
            return
        line, _, quads = row["determination"].partition("\n")
        told = json.loads(line.removeprefix("# "))
        other = self._holder(told["iri"], asked.name)
        if other is not None:
            self._refuse(asked, [same_case(asked.name, other, asked.file)])
            return
        entry = Entry(
            asked.name, told["iri"], asked.given, self.basis.common, self.basis.of(told["consulted"]),
            told["edition"], told["sha256"], told["file"], told["quads"], None, 0, tuple(told["graphs"]),
            told["counts"],
        )  # fmt: skip
        self._staging.add(entry, quads)
        self._change.judged += 1

    def _holder(self, iri: str, name: str) -> str | None:
        """Another case that stays in the store and whose statements are in this namespace."""
        staged = self._staging.holder(iri)
        if staged is not None and staged != name:
            if self.named.get(staged) is not None:
                return staged
            self._staging.forget(staged)
        held = self._old.holder(iri) if self._old else None
        if held is None or held.name == name or (self.exactly and self.named.get(held.name) is None):
            return None
        return None if self._staging.find(held.name) else held.name

    def _refuse(self, asked: _Asked, problems: Sequence[Problem]) -> None:
        iri, lasting = refusal_iri(asked.name), asked.given and not PASSING.intersection(p.code for p in problems)
        said = refusal(asked.name, asked.file, problems)
        quads = nquads(said).decode()
        entry = Entry(
            asked.name, iri, asked.given, self.basis.common if lasting else "", dict(self.basis.guidelines),
            None, None, asked.file, len(said), problems[0].code, 0, (iri,), counted(said, iri, {iri: STORE.Refusal}),
        )  # fmt: skip
        self._staging.add(entry, quads)
        self._change.refused += 1
        self._change.tell(problems)


def _hash(case: CaseText) -> str:
    found = hashlib.sha256(f"{case.name}\0{case.ending}\0".encode())
    found.update(case.content)
    return found.hexdigest()
