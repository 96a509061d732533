"""Whether the hand-written rows notice when one thing in their edition is changed, and which changes they miss.

A change that the edition's own checks or canaries refuse never judges anybody: it is refused, which is as good as
noticed. Rows that fail before any change notice nothing. A survivor may be shown to change nothing: by a rule of
equivalence.py, or by its author, where guideline:equivalentMutation beside what is changed says the change in its
words, a colon and the reason.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from reasoner.author.bench import Bench
from reasoner.author.equivalence import proven
from reasoner.author.mutations import mutations
from reasoner.errors import InputRefusedError, KnowledgeBaseError
from reasoner.guideline.edition_file import edition_of
from reasoner.lines import line_of
from reasoner.rdf import Literal
from reasoner.terms import GUIDELINE, local_name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from reasoner.author.bench import Judged, Ready, Variant
    from reasoner.author.deck_file import Deck, Row
    from reasoner.author.mutation import Mutation
    from reasoner.guideline.edition import Edition
    from reasoner.ontology import Ontology
    from reasoner.rdf import Iri
    from reasoner.validate import Engine


class Fate(StrEnum):
    """What became of a mutation."""

    NOTICED = "noticed"
    REFUSED = "refused"
    EQUIVALENT = "equivalent"
    SURVIVED = "survived"


@dataclass(frozen=True, slots=True)
class Tried:
    """A mutation, what became of it, and by which row, check or reason."""

    mutation: Mutation
    fate: Fate
    by: str


@dataclass(frozen=True, slots=True)
class Trial:
    """The mutations of an edition that were tried against its deck."""

    file: str
    deck: str
    rows: int
    failing: tuple[str, ...]
    """The rows among those that were run which fail before anything is changed."""
    possible: int
    tried: tuple[Tried, ...]
    stale: tuple[tuple[int | None, str], ...]
    """The line and words of each reason that belongs to no mutation, or to one that is noticed all the same."""

    def of(self, fate: Fate) -> tuple[Tried, ...]:
        """The mutations of one fate, in order of lines."""
        return tuple(t for t in self.tried if t.fate is fate)

    @property
    def to_mend(self) -> int:
        """How many survivors, failing rows and needless reasons there are."""
        return len(self.of(Fate.SURVIVED)) + len(self.failing) + len(self.stale)


@dataclass(slots=True, eq=False)
class _Rows:
    """The rows of a deck, each made ready when it is first wanted."""

    deck: Deck
    bench: Bench
    made: dict[int, Ready | None] = field(default_factory=dict)

    def passing(self, wanted: Callable[[Row], bool]) -> Iterator[tuple[Row, Ready]]:
        """The wanted rows that pass under the edition as it is."""
        for at, row in enumerate(self.deck.rows):
            if wanted(row):
                if at not in self.made:
                    self.made[at] = self._ready(row)
                ready = self.made[at]
                if ready:
                    yield row, ready

    def _ready(self, row: Row) -> Ready | None:
        try:
            ready = self.bench.ready(row.case, row.as_of)
        except InputRefusedError:
            return None
        return ready if _passes(row, ready.judged, self.bench.edition) else None

    def failing(self) -> tuple[str, ...]:
        """The rows that were wanted and do not pass, or whose case fails intake."""
        failed = (self.deck.rows[at] for at, ready in sorted(self.made.items()) if ready is None)
        return tuple(f"{row.criterion}: {row.name}" for row in failed)


def mutate(
    deck: Deck,
    ontology: Ontology,
    engine: Engine,
    chosen: Iterable[Mutation],
    progress: Callable[[int, int], None] | None = None,
) -> Trial:
    """What becomes of each of the chosen mutations; ``progress`` is told how many of how many were tried."""
    edition, wanted = deck.edition, tuple(chosen)
    rows, reasons, tried = _Rows(deck, Bench(edition, ontology, engine)), _reasons(edition), []
    for mutation in wanted:
        tried.append(_try(mutation, rows, reasons))
        if progress:
            progress(len(tried), len(wanted))
    possible = mutations(edition, ontology)
    return Trial(
        file=edition.file,
        deck=deck.file,
        rows=len(deck.rows),
        failing=rows.failing(),
        possible=len(possible),
        tried=tuple(tried),
        stale=_stale(tried, reasons, possible, edition),
    )


def _try(mutation: Mutation, rows: _Rows, reasons: Mapping[tuple[Iri, str], str]) -> Tried:
    bench, old = rows.bench, rows.bench.edition
    try:
        edition = edition_of(mutation.graph(old.graph), old.content, old.file, bench.ontology)
        variant = bench.variant(edition, [mutation.subject])
        if bench.distrusted(variant):
            return Tried(mutation, Fate.REFUSED, "canary")
        noticed = _noticed(rows, variant)
    except KnowledgeBaseError as error:
        return Tried(mutation, Fate.REFUSED, error.problems[0].code)
    if noticed:
        return Tried(mutation, Fate.NOTICED, f"{noticed.criterion}: {noticed.name}")
    reason = reasons.get((mutation.subject, mutation.words)) or proven(mutation, old, bench.ontology)
    return Tried(mutation, Fate.EQUIVALENT, reason) if reason else Tried(mutation, Fate.SURVIVED, "")


def _noticed(rows: _Rows, variant: Variant) -> Row | None:
    """The first row that fails under the variant: rows of what changed first, then those of groups above it."""
    near = {local_name(c) for c in variant.changed}
    nodes = list(variant.edition.logic.below()) if variant.edition.logic else []
    above = {local_name(n.iri) for n in nodes if any(b.iri in variant.changed for b in n.below())} - near
    everything = not variant.changed or any(n.unless or n.when for n in nodes)
    for wanted in (near.__contains__, lambda name: name not in near and (everything or name in above)):
        for row, ready in rows.passing(lambda row, wanted=wanted: wanted(row.criterion)):  # type: ignore[misc]
            if not _passes(row, rows.bench.judge(ready, variant), variant.edition):
                return row
    return None


def _passes(row: Row, judged: Judged, edition: Edition) -> bool:
    """Whether a row's criterion answers as expected; one that fell out of the logic is answered no more."""
    got, by_segment = judged.status(row.criterion, edition), judged.by_segment(row.criterion)
    return got in (None, row.expect) and all(by_segment.get(s) == status for s, status in row.by_segment.items())


def _reasons(edition: Edition) -> dict[tuple[Iri, str], str]:
    """Why a mutation changes nothing, as the edition says it, by its subject and words."""
    found = {}
    for subject, value in edition.graph.pairs(GUIDELINE.equivalentMutation):
        if isinstance(value, Literal):
            words, _, reason = value.value.rpartition(": ")
            found[subject, words] = reason
    return found


def _stale(
    tried: Iterable[Tried], reasons: Iterable[tuple[Iri, str]], possible: Iterable[Mutation], edition: Edition
) -> tuple[tuple[int | None, str], ...]:
    known = {(m.subject, m.words) for m in possible}
    needless = {(t.mutation.subject, t.mutation.words) for t in tried if t.fate in (Fate.NOTICED, Fate.REFUSED)}
    stale = [key for key in reasons if key not in known or key in needless]
    return tuple((line_of(edition.content, subject), words) for subject, words in stale)


def chosen_of(possible: tuple[Mutation, ...], seed: int, limit: int | None) -> tuple[Mutation, ...]:
    """All mutations, or so many of them drawn by a seed, in their order."""
    if limit is None or limit >= len(possible):
        return possible
    drawn = set(random.Random(seed).sample(range(len(possible)), limit))  # noqa: S311 - a sample, not a secret
    return tuple(m for i, m in enumerate(possible) if i in drawn)
