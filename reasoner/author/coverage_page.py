"""The coverage of an edition as one static page: its logic and criteria, with what was never exercised marked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reasoner.author.coverage_parts import PHRASE_OF
from reasoner.guideline.edition import Operator
from reasoner.terms import local_name
from reasoner.writing.templating import fill

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reasoner.author.coverage import Coverage, Item
    from reasoner.guideline.edition import Criterion, Group, Node

JOINED = {
    Operator.ALL: "all of",
    Operator.ANY: "any of",
    Operator.NONE: "none of",
    Operator.AT_LEAST: "at least {count} of",
}


@dataclass(frozen=True, slots=True)
class Chip:
    """One thing that can be exercised, by how many rows and cases, and by which."""

    text: str
    rows: int
    cases: int
    by: str


@dataclass(frozen=True, slots=True)
class Phrase:
    """A phrase of the edition, with its mark."""

    name: str
    text: str
    chip: Chip


@dataclass(frozen=True, slots=True)
class Card:
    """A criterion, group or caution with everything of it that can be exercised."""

    name: str
    label: str
    notation: str
    sort: str
    line: int | None
    statuses: tuple[Chip, ...]
    arms: tuple[Chip, ...]
    phrases: tuple[Phrase, ...]

    @property
    def never(self) -> int:
        """How much of it nothing ever exercised."""
        chips = (*self.statuses, *self.arms, *(p.chip for p in self.phrases))
        return sum(not (c.rows or c.cases) for c in chips)


@dataclass(frozen=True, slots=True)
class Branch:
    """A node of the logic as it is drawn."""

    name: str
    label: str
    role: str
    joined: str
    truths: tuple[Chip, ...]
    decides: Chip | None
    below: tuple[Branch, ...]


def coverage_html(found: Coverage) -> str:
    """The page, without anything from elsewhere."""
    edition = found.edition
    return fill(
        "coverage.html.j2",
        edition=edition, coverage=found, summary=summary(found), never=len(found.never),
        tree=_branch(edition.logic, found, "", None) if edition.logic else None,
        cards=list(_cards(found)),
        listed=[(item, _sort(item)) for item in found.never],
    )  # fmt: skip


SORTS = {
    "status": "statuses",
    "truth": "values of the logic",
    "alternative": "deciding members",
    "arm": "arms of shapes",
    "phrase": "phrases",
}


def summary(found: Coverage) -> str:
    """How much of each sort was exercised, in one sentence."""
    counts = [(word, found.of(sort)) for sort, word in SORTS.items()]
    said = (f"{sum(i.exercised for i in items)} of {len(items)} {word}" for word, items in counts if items)
    return f"Exercised: {', '.join(said)}."


def _chip(item: Item, text: str = "") -> Chip:
    names = [*(f"row: {r}" for r in item.rows), *(f"case: {c}" for c in item.cases)]
    return Chip(text or item.which, len(item.rows), len(item.cases), "\n".join(names) or "never exercised")


def _branch(node: Node, found: Coverage, role: str, decides: Chip | None) -> Branch:
    edition, name = found.edition, local_name(node.iri)
    said = edition.groups.get(node.iri) or edition.criteria[node.iri]
    deciding = {i.which.removesuffix(" decides"): _chip(i, "decides") for i in found.of("alternative", name)}
    below = [_branch(m, found, "", deciding.get(local_name(m.iri))) for m in node.members]
    for other, word in ((node.unless, "unless"), (node.when, "when")):
        if other:
            below.append(_branch(other, found, word, None))
    joined = JOINED[node.operator].format(count=node.count) if node.operator else ""
    truths = tuple(_chip(i) for i in found.of("truth", name))
    return Branch(name, said.label or name, role, joined, truths, decides, tuple(below))


def _cards(found: Coverage) -> Iterator[Card]:
    edition = found.edition
    sorts = ((edition.groups, "group"), (edition.criteria, "criterion"), (edition.cautions, "caution"))
    said: list[tuple[Criterion | Group, str]] = [(one, sort) for things, sort in sorts for one in things.values()]
    for one, sort in sorted(said, key=lambda s: edition.line_of(s[0].iri) or 0):
        yield Card(
            name=one.name, label=one.label or one.name, notation=one.notation, sort=sort, line=edition.line_of(one.iri),
            statuses=tuple(map(_chip, found.of("status", one.name))),
            arms=tuple(map(_chip, found.of("arm", one.name))),
            phrases=tuple(_phrases(one, found.of("phrase", one.name))),
        )  # fmt: skip


def _phrases(said: Criterion | Group, items: Sequence[Item]) -> Iterator[Phrase]:
    texts = {**said.phrases, **{local_name(w.iri): w.phrase for w in getattr(said, "witness_phrases", ())}}
    if said.remedy:
        texts[local_name(said.remedy.iri)] = said.remedy.phrase
    for item in items:
        name = PHRASE_OF.get(item.which) or (
            "remedy" if said.remedy and item.which == local_name(said.remedy.iri) else "witness phrase"
        )
        yield Phrase(name, texts[item.which], _chip(item, "said"))


def _sort(item: Item) -> str:
    words = {"truth": "value in the logic", "alternative": "member of the logic", "arm": "arm of a shape"}
    return words.get(item.sort, item.sort)
