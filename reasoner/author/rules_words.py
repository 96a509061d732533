"""Whether every placeholder of a phrase has a value wherever the phrase is said."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reasoner.author.asked import asked
from reasoner.author.candidates import LEAST_AND_MOST
from reasoner.rationale.forms import PLACEHOLDER
from reasoner.rationale.words import DAYS_IN, in_unit
from reasoner.rdf import Iri, Literal
from reasoner.terms import CORE, GUIDELINE, SCHEMA, SH, A, local_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from decimal import Decimal

    from reasoner.author.lint_rules import Draft, Fault
    from reasoner.author.trials import Trial

SPOKEN = (
    GUIDELINE.phraseMet, GUIDELINE.phraseNotMet, GUIDELINE.phraseNotDocumented, GUIDELINE.phraseConflicting,
    GUIDELINE.phraseRaised, GUIDELINE.phraseNotRaised, GUIDELINE.phrase,
)  # fmt: skip
OF_DAYS = frozenset({*DAYS_IN, "age", "days"})
"""The units that a count of days can be said in."""
_BRACES = re.compile(r"[{}]")


def of_words(draft: Draft) -> Iterator[Fault]:
    """What is wrong with the placeholders, whatever findings there are."""
    for subject, predicate, text in _phrases(draft):
        outside = PLACEHOLDER.sub("", text)
        stray = [m[0] for m in PLACEHOLDER.finditer(text) if not m[1] and m[2] != "anchor"]
        if _BRACES.search(outside) or stray:
            said = stray[0] if stray else outside.strip()
            yield draft.fault("placeholder-form", subject, predicate, value=said)
        yield from _units(draft, subject, predicate, text)
        yield from _anchor(draft, subject, predicate, text)
    yield from _allowed(draft)


def _phrases(draft: Draft) -> Iterator[tuple[Iri, Iri, str]]:
    for predicate in SPOKEN:
        for subject, value in draft.graph.pairs(predicate):
            if isinstance(value, Literal):
                yield subject, predicate, value.value


def _stems(draft: Draft) -> set[str]:
    """The stem of each anchor's counts."""
    counts = (o for _, o in draft.ontology.graph.pairs(CORE.countAtLeast) if not isinstance(o, Literal))
    return {_stem(local_name(count)) for count in counts}


def _stem(name: str) -> str:
    return next((name.removesuffix(end) for end in LEAST_AND_MOST if name.endswith(end)), name)


def _units(draft: Draft, subject: Iri, predicate: Iri, text: str) -> Iterator[Fault]:
    """Counts of days in a unit that is none of time, which would be written after the number of days."""
    for match in PLACEHOLDER.finditer(text):
        counts_days = Iri(CORE[_stem(match[2]) + "AtLeast"]) in draft.ontology.declared
        if counts_days and match[3] and match[3] not in OF_DAYS:
            words = {"value": match[0], "units": ", ".join(sorted(OF_DAYS))}
            yield draft.fault("placeholder-unit", subject, predicate, **words)


def _anchor(draft: Draft, subject: Iri, predicate: Iri, text: str) -> Iterator[Fault]:
    if "{anchor}" not in text:
        return
    named = {_stem(m[2]) for m in PLACEHOLDER.finditer(text)} & _stems(draft)
    if len(named) != 1:
        yield draft.fault("anchor", subject, predicate)


def _allowed(draft: Draft) -> Iterator[Fault]:
    """Placeholders where nothing can fill them, and bounds that the criterion does not set."""
    for subject, predicate, text in _phrases(draft):
        users = _users(subject, predicate, draft)
        bounded = all(_bounds(user, draft) is not None for user in users)
        for match in PLACEHOLDER.finditer(text):
            if match[1] == "?" and not _has_findings(subject, predicate, draft):
                yield draft.fault("placeholder-out-of-place", subject, predicate, value=match[0])
            elif match[1] == "?" and predicate == GUIDELINE.phrase and not _exists(match[2], draft):
                yield draft.fault("placeholder-unknown", subject, predicate, value=match[0])
            elif match[1] == "$" and not (users and bounded):
                yield draft.fault("placeholder-out-of-place", subject, predicate, value=match[0])
            elif match[1] == "$":
                yield from _bound(draft, subject, predicate, match[2], users)
                yield from _uneven(draft, subject, predicate, match, users)


def _users(subject: Iri, predicate: Iri, draft: Draft) -> list[Iri]:
    """Whose bounds fill a phrase: the criterion's, or those of each criterion that uses the remedy or clause."""
    if predicate != GUIDELINE.phrase:
        return [subject]
    return [u for p in (GUIDELINE.remedy, GUIDELINE.witnessPhrase) for u in draft.graph.subjects(p, subject)]


def _has_findings(subject: Iri, predicate: Iri, draft: Draft) -> bool:
    kinds = draft.graph.iris(subject, A)
    if predicate == GUIDELINE.phrase:
        return GUIDELINE.WitnessPhrase in kinds
    spoken_of = (GUIDELINE.phraseMet, GUIDELINE.phraseNotMet, GUIDELINE.phraseConflicting)
    return GUIDELINE.Criterion in kinds and predicate in spoken_of


def _exists(name: str, draft: Draft) -> bool:
    """Whether findings can have a value of this name."""
    declared = {local_name(t): t for t in draft.ontology.declared}
    found = [declared[n] for n in (name, *(name + end for end in LEAST_AND_MOST)) if n in declared]
    domains = [draft.ontology.graph.iris(term, SCHEMA.domainIncludes) for term in found]
    return any(not d or any(draft.ontology.is_a(k, CORE.Finding) for k in d) for d in domains)


def _bounds(user: Iri, draft: Draft) -> Mapping[str, set[Decimal]] | None:
    """The bounds that a criterion or caution sets, by the property's local name; a group has none."""
    sides = (SH.qualifiedValueShape, GUIDELINE.raisedBy, GUIDELINE.contraryShape)
    shapes = [s for p in sides for s in draft.graph.iris(user, p)]
    if not shapes:
        return None
    asks = asked(shapes, draft.graph, draft.ontology)
    return {local_name(path): below.bounds for path, below in asks.below.items() if below.bounds}


def _bound(draft: Draft, subject: Iri, predicate: Iri, name: str, users: Iterable[Iri]) -> Iterator[Fault]:
    for user in users:
        bounds = _bounds(user, draft) or {}
        words = {"value": "{$" + name + "}", "focus": draft.name(user)}
        if name not in bounds:
            yield draft.fault("bound-unknown", subject, predicate, known=_choices(bounds), **words)
        elif len(bounds[name]) > 1:
            yield draft.fault("two-bounds", subject, predicate, bounds=_listed(bounds[name]), **words)


def _uneven(draft: Draft, subject: Iri, predicate: Iri, match: re.Match[str], users: Iterable[Iri]) -> Iterator[Fault]:
    """Bounds in days that are no whole number of the weeks, months or years in which they are said."""
    for user in users if match[3] in DAYS_IN else ():
        for bound in (_bounds(user, draft) or {}).get(match[2], ()):
            whole = int(float(bound) / DAYS_IN[match[3]] + 1e-9)
            if not whole or float(bound) - whole * DAYS_IN[match[3]] >= 1:
                words = {"value": match[0], "days": str(bound), "told": in_unit(str(bound), match[3])}
                yield draft.fault("uneven-unit", subject, predicate, **words)


def _choices(bounds: Mapping[str, set[Decimal]]) -> str:
    return " or ".join("{$" + name + "}" for name in sorted(bounds)) or "no number at all"


def _listed(numbers: Iterable[Decimal]) -> str:
    return " and ".join(map(str, sorted(numbers)))


# ---------------------------------------------------------------- What findings have


def of_values(draft: Draft, tried: Iterable[Trial]) -> Iterator[Fault]:
    """Placeholders for a value that some witness of the status does not have."""
    for trial in tried:
        sides = {
            GUIDELINE.phraseMet: trial.supporting, GUIDELINE.phraseNotMet: trial.contrary,
            GUIDELINE.phraseConflicting: trial.supporting,
        }  # fmt: skip
        for predicate, accepted in sides.items():
            text = draft.graph.text(trial.criterion.iri, predicate)
            for name in [m[2] for m in PLACEHOLDER.finditer(text) if m[1] == "?"]:
                witnesses = [c for c in trial.candidates if c.iri in accepted]
                if not all(_has(name, c.values) for c in witnesses):
                    words = {"value": "{?" + name + "}", "focus": draft.name(trial.criterion.iri)}
                    yield draft.fault("placeholder-unfilled", trial.criterion.iri, predicate, **words)


def _has(name: str, values: Mapping[str, str]) -> bool:
    return name in values or all(name + end in values for end in LEAST_AND_MOST)
