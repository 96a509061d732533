"""What of an edition the hand-written rows and the cases exercise, and what nothing ever exercised.

A row exercises the criterion, group or caution that it is about, with all that stands under it in the logic; a case
exercises the whole edition. A phrase is exercised where its status is reached, a witness phrase where a finding of
its kind is a witness, a remedy where its criterion is not met or not documented.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from reasoner.author.bench import Bench
from reasoner.author.coverage_arms import accepted, arms_of
from reasoner.author.coverage_parts import PHRASE_OF, answered, parts
from reasoner.errors import ReasonerError
from reasoner.logic import fold, join
from reasoner.ontology import load_ontology
from reasoner.status import Status, Truth
from reasoner.terms import local_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from reasoner.author.bench import Ready
    from reasoner.author.coverage_arms import Arm
    from reasoner.author.coverage_parts import Part
    from reasoner.author.deck_file import Deck
    from reasoner.guideline.edition import Criterion, Edition, Group, Node
    from reasoner.load import Case
    from reasoner.rdf import Iri
    from reasoner.validate import Engine


@dataclass(frozen=True, slots=True)
class Item:
    """One thing in an edition that a row or case can exercise, and which did."""

    sort: str
    subject: str
    which: str
    line: int | None
    rows: tuple[str, ...]
    cases: tuple[str, ...]

    @property
    def exercised(self) -> bool:
        """Whether a row or a case exercises it."""
        return bool(self.rows or self.cases)


@dataclass(frozen=True, slots=True, eq=False)
class Coverage:
    """Everything in an edition that can be exercised, in the order of its file."""

    edition: Edition
    deck: str
    rows: int
    cases: tuple[str, ...]
    refused: tuple[tuple[str, str], ...]
    """The cases that could not be judged by the edition, and why."""
    items: tuple[Item, ...]

    @property
    def never(self) -> tuple[Item, ...]:
        """What no row and no case exercises."""
        return tuple(item for item in self.items if not item.exercised)

    def of(self, sort: str, subject: str = "") -> tuple[Item, ...]:
        """The items of one sort, of one subject if it is named."""
        return tuple(i for i in self.items if i.sort == sort and subject in ("", i.subject))


@dataclass(slots=True)
class _Seen:
    rows: dict[Part, list[str]] = field(default_factory=dict)
    cases: dict[Part, list[str]] = field(default_factory=dict)


def coverage(edition: Edition, deck: Deck | None, cases: Sequence[Case], engine: Engine) -> Coverage:
    """What the rows of a deck and the cases exercise. Raises `ReasonerError` for a row whose case fails intake."""
    bench, seen = Bench(edition, load_ontology(), engine), _Seen()
    arms = arms_of(edition)
    for row in deck.rows if deck else ():
        name = f"{row.criterion}: {row.name}"
        _note(seen.rows, name, _exercised(bench.ready(row.case, row.as_of), edition, engine, arms, row.criterion))
    judged, refused = [], []
    for case in cases:
        try:
            _note(seen.cases, case.name, _exercised(bench.ready(case, None), edition, engine, arms))
            judged.append(case.name)
        except ReasonerError as error:
            refused.append((case.name, str(error.problems[0].problem)))
    items = tuple(
        Item(*part, edition.line_of(iri), tuple(seen.rows.get(part, ())), tuple(seen.cases.get(part, ())))
        for part, iri in parts(edition, arms)
    )
    items = tuple(sorted(items, key=lambda item: item.line or 0))
    return Coverage(
        edition, deck.file if deck else "", len(deck.rows) if deck else 0, tuple(judged), tuple(refused), items
    )


def _note(seen: dict[Part, list[str]], name: str, parts: Iterable[Part]) -> None:
    for part in set(parts):
        seen.setdefault(part, []).append(name)


def _exercised(ready: Ready, edition: Edition, engine: Engine, arms: Sequence[Arm], only: str = "") -> Iterator[Part]:
    """What one judged case exercises: of one criterion, group or caution with what is under it, or of all."""
    answers, statuses = ready.judged.answers, ready.judged.statuses(edition)
    nodes = _nodes_of(edition, only)
    names = {local_name(n.iri) for n in nodes} | ({only} if only else set(statuses))
    yield from (("status", name, statuses[name]) for name in names if name in statuses)
    for iri, said in answered(edition):
        if local_name(iri) in names:
            yield from _phrases(iri, said, statuses.get(local_name(iri), ""), ready)
    if not any(a.status is Status.NOT_EVALUATED for a in answers.values()):
        leaves = {c: (a.status, edition.criteria[c].requirement) for c, a in answers.items()}
        for node in nodes:
            value = fold(node, leaves)
            yield "truth", local_name(node.iri), str(value)
            members = [fold(m, leaves) for m in node.members]
            yield from (
                ("alternative", local_name(node.iri), f"{local_name(m.iri)} decides") for m in _decisive(node, members)
            )
    wanted = [arm for arm in arms if local_name(arm.criterion) in names]
    yield from (("arm", local_name(arm.criterion), arm.name) for arm in accepted(wanted, ready, edition, engine))


def _nodes_of(edition: Edition, only: str) -> list[Node]:
    nodes = list(edition.logic.below()) if edition.logic else []
    return [b for n in nodes if local_name(n.iri) == only for b in n.below()] if only else nodes


def _decisive(node: Node, values: list[Truth]) -> Iterator[Node]:
    """The members but for which, true instead of false or not true instead of true, the group had another value."""
    before = join(node, values) if values else Truth.UNKNOWN
    for at, (member, value) in enumerate(zip(node.members, values, strict=True)):
        if value is Truth.NOT_APPLICABLE:
            continue
        other = Truth.FALSE if value is Truth.TRUE else Truth.TRUE
        if join(node, [*values[:at], other, *values[at + 1 :]]) is not before:
            yield member


def _phrases(iri: Iri, said: Criterion | Group, status: str, ready: Ready) -> Iterator[Part]:
    name = local_name(iri)
    yield from (("phrase", name, p) for p in said.phrases if PHRASE_OF.get(p) == status)
    if said.remedy and status in (Status.NOT_MET, Status.NOT_DOCUMENTED, Status.CONFLICTING):
        yield "phrase", name, local_name(said.remedy.iri)
    answer = ready.judged.answers.get(iri) or ready.judged.raised.get(iri)
    for finding in answer.supporting | answer.contrary if answer else ():
        kinds = ready.record.findings[finding].kinds
        phrase = next((w for w in getattr(said, "witness_phrases", ()) if w.kind in kinds), None)
        if phrase:
            yield "phrase", name, local_name(phrase.iri)
