"""What is wrong with the meaning of the shapes, as small findings tried on both sides of a criterion show it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reasoner.author.asked import below_of
from reasoner.author.trials import shapes_of
from reasoner.rdf import Iri, Literal
from reasoner.terms import CORE, GUIDELINE, OWL, RDFS, SH, A, local_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from decimal import Decimal

    from reasoner.author.candidates import Candidate
    from reasoner.author.lint_rules import Draft, Fault
    from reasoner.author.trials import Trial

Series = list["Candidate"]
"""Candidates that differ in one count or number alone."""


def of_findings(draft: Draft, tried: Iterable[Trial]) -> Iterator[Fault]:
    """What the trials of an edition's criteria and cautions show."""
    known = list(tried)
    for trial in known:
        for shape in sorted(trial.untried):
            yield draft.fault("untried", trial.criterion.iri, None, focus=draft.name(trial.criterion.iri))
            if shape == trial.criterion.iri:
                break
        yield from _not_looked_for(draft, trial)
        yield from _partly_looked_for(draft, trial)
        yield from _both_sides(draft, trial)
        yield from _in_vain(draft, trial)
        for series in _series(trial):
            yield from _gap(draft, trial, series)
        yield from _units(draft, trial)
        yield from _said_in_vain(draft, trial)
        if not _is_caution(draft, trial):
            yield from _wrong_end(draft, trial)
            yield from _presence(draft, trial)
    yield from _unsatisfiable(draft, known)


def _is_caution(draft: Draft, trial: Trial) -> bool:
    return GUIDELINE.Caution in draft.graph.iris(trial.criterion.iri, A)


def _both_sides(draft: Draft, trial: Trial) -> Iterator[Fault]:
    both = trial.supporting & trial.contrary
    example = next((c for c in trial.candidates if c.iri in both), None)
    if example:
        words = {**_words(draft, trial), "example": said(example, draft)}
        yield draft.fault("both-sides", trial.criterion.iri, trial.criterion.contrary, **words)


def _words(draft: Draft, trial: Trial) -> dict[str, str]:
    criterion = trial.criterion
    return {
        "focus": draft.name(criterion.iri), "supporting": draft.name(criterion.supporting),
        "contrary": draft.name(criterion.contrary) if criterion.contrary else "nothing",
    }  # fmt: skip


def said(candidate: Candidate, draft: Draft) -> str:
    """A candidate as its statements, without the classes above its kind."""
    stated = [
        f"{draft.name(t.predicate)} {_object(t.object, candidate.iri, draft)}"
        for t in candidate.triples
        if t.subject == candidate.iri and t.predicate != A
    ]
    return " ; ".join([f"a {draft.name(candidate.kind)}", *sorted(stated)])


def _object(value: Iri | Literal, candidate: Iri, draft: Draft) -> str:
    if isinstance(value, Literal):
        return value.value
    return "something" if value.startswith(candidate) else draft.name(value)


def _series(trial: Trial) -> Iterator[Series]:
    found: dict[tuple[Iri, tuple[int, ...], str], Series] = {}
    for candidate in trial.candidates:
        if candidate.counted:
            found.setdefault((candidate.kind, candidate.rest, candidate.counted[0]), []).append(candidate)
    yield from found.values()


def _gap(draft: Draft, trial: Trial, series: Series) -> Iterator[Fault]:
    """A number between one that supports and one that speaks against, which does neither."""
    exact = sorted((c.counted[1], c.iri) for c in series if c.counted and c.counted[1] == c.counted[2])
    for_it = [n for n, iri in exact if iri in trial.supporting]
    against = [n for n, iri in exact if iri in trial.contrary]
    neither = [n for n, iri in exact if iri not in trial.supporting | trial.contrary]
    if not for_it or not against:
        return
    lost = [n for n in neither if min(for_it + against) < n < max(for_it + against)]
    if lost and series[0].counted:
        counted = {"number": str(lost[0]), "property": draft.name(Iri(series[0].counted[0]))}
        words = {**_words(draft, trial), **counted}
        yield draft.fault("threshold-gap", trial.criterion.iri, trial.criterion.contrary, **words)


def _wrong_end(draft: Draft, trial: Trial) -> Iterator[Fault]:
    """An interval across the threshold that a side accepts though it does not accept both of its ends."""
    sides = ((trial.criterion.supporting, trial.supporting), (trial.criterion.contrary, trial.contrary))
    for series in _series(trial):
        at = {c.counted[1:]: c for c in series if c.counted}
        for shape, accepted in sides:
            across = [c for (least, most), c in at.items() if least < most and c.iri in accepted]
            torn = [c for c in across if not all(at[end].iri in accepted for end in _ends(c))]
            if torn and shape and torn[0].counted:
                stem, least, most = torn[0].counted
                words = {"shape": draft.name(shape), "property": draft.name(Iri(stem))}
                yield draft.fault("wrong-end", shape, least=str(least), most=str(most), **words)


def _ends(candidate: Candidate) -> list[tuple[Decimal, Decimal]]:
    assert candidate.counted  # noqa: S101 - only counted candidates stand in a series
    return [(end, end) for end in candidate.counted[1:]]


def _in_vain(draft: Draft, trial: Trial) -> Iterator[Fault]:
    spoken = {c.kind for c in trial.candidates if c.iri in trial.supporting | trial.contrary}
    if not spoken or trial.untried:
        return
    for kind in trial.criterion.looks_for:
        if kind not in spoken:
            words = {"focus": draft.name(trial.criterion.iri), "kind": draft.name(kind)}
            yield draft.fault("looked-for-in-vain", trial.criterion.iri, kind, **words)


def _presence(draft: Draft, trial: Trial) -> Iterator[Fault]:
    """A side that accepts a finding whether it is there or not, or one that is uncertain."""
    criterion = trial.criterion
    for shape, accepted in ((criterion.supporting, trial.supporting), (criterion.contrary, trial.contrary)):
        alike: dict[object, dict[Iri, Candidate]] = {}
        for candidate in (c for c in trial.candidates if c.iri in accepted):
            if not draft.ontology.is_a(candidate.kind, CORE.DerivedFinding):
                same, presence = _but_presence(candidate)
                alike.setdefault(same, {})[presence] = candidate
        unsure = [held for held in alike.values() if CORE.Uncertain in held]
        either = next((held for held in unsure if {CORE.Present, CORE.Absent} <= held.keys()), None)
        if shape and unsure:
            example = either[CORE.Absent] if either else unsure[0][CORE.Uncertain]
            code = "presence-unasked" if either else "uncertain-counts"
            words = {"shape": draft.name(shape), "example": said(example, draft)}
            yield draft.fault(code, shape, None, **words)


def _but_presence(candidate: Candidate) -> tuple[object, Iri]:
    """What is stated of a candidate and of what it refers to beside its presence, and that."""
    rest: set[tuple[str, ...]] = set()
    presence = Iri("")
    for triple in candidate.triples:
        if triple.subject == candidate.iri and triple.predicate == CORE.presence:
            presence = Iri(str(triple.object))
        elif triple.subject.startswith(candidate.iri):
            rest.add(tuple(str(term).replace(candidate.iri, "") for term in triple))
    return (candidate.kind, frozenset(rest)), presence


def _units(draft: Draft, trial: Trial) -> Iterator[Fault]:
    """Units in which no value of a kind that is looked for is given."""
    ontology = draft.ontology
    below = {k for looked in trial.criterion.looks_for for k in ontology.ancestors if ontology.is_a(k, looked)}
    units = {
        unit for kind in below for above in ontology.kinds_of(kind) if (unit := ontology.graph.text(above, CORE.inUnit))
    }
    for shape in shapes_of(trial.criterion, draft.graph):
        for asked in draft.graph.iris(shape, SH.property):
            for value in draft.graph.values(asked, SH.hasValue) if draft.graph.iri(asked, SH.path) == CORE.unit else ():
                if units and isinstance(value, Literal) and value.value not in units:
                    words = {
                        "value": value.value,
                        "property": draft.name(CORE.unit),
                        "range": " or ".join(sorted(units)),
                    }
                    yield draft.fault("impossible-value", asked, CORE.unit, **words)


def _said_in_vain(draft: Draft, trial: Trial) -> Iterator[Fault]:
    """Clauses for kinds of finding of which no witness is."""
    is_a = draft.ontology.is_a
    for clause in trial.criterion.witness_phrases:
        if not any(is_a(kind, clause.kind) or is_a(clause.kind, kind) for kind in trial.criterion.looks_for):
            words = {"focus": draft.name(trial.criterion.iri), "kind": draft.name(clause.kind)}
            yield draft.fault("said-in-vain", trial.criterion.iri, clause.iri, value=draft.name(clause.iri), **words)


def _not_looked_for(draft: Draft, trial: Trial) -> Iterator[Fault]:
    """Kinds of finding that a shape names and the criterion does not look for."""
    is_a = draft.ontology.is_a
    for shape in shapes_of(trial.criterion, draft.graph):
        for kind in draft.graph.iris(shape, SH["class"]):
            looked = trial.criterion.looks_for
            if is_a(kind, CORE.Finding) and not any(is_a(kind, k) or is_a(k, kind) for k in looked):
                words = {"focus": draft.name(trial.criterion.iri), "shape": draft.name(shape), "kind": draft.name(kind)}
                yield draft.fault("not-looked-for", trial.criterion.iri, **words)


def _partly_looked_for(draft: Draft, trial: Trial) -> Iterator[Fault]:
    """Kinds that a shape names and that are not looked for, or not with all kinds below them."""
    ontology, looked = draft.ontology, trial.criterion.looks_for
    for shape in shapes_of(trial.criterion, draft.graph):
        for kind in draft.graph.iris(shape, SH["class"]):
            narrower = [k for k in looked if k != kind and ontology.is_a(k, kind)]
            wide = any(ontology.is_a(kind, k) for k in looked) or ontology.graph.values(kind, OWL.equivalentClass)
            if wide or not narrower or not ontology.is_a(kind, CORE.Finding):
                continue
            below = [k for k in ontology.graph.subjects(RDFS.subClassOf, kind) if not k.startswith("_:")]
            lost = [k for k in below if not any(ontology.is_a(n, k) or ontology.is_a(k, n) for n in narrower)]
            lost += [kind] if ontology.graph.text(kind, CORE.saidPresent) else []
            if lost:
                words = {"focus": draft.name(trial.criterion.iri), "shape": _named(shape, draft)}
                kinds = ", ".join(map(draft.name, lost))
                yield draft.fault(
                    "partly-looked-for",
                    trial.criterion.iri,
                    GUIDELINE.looksFor,
                    kinds=kinds,
                    kind=draft.name(kind),
                    **words,
                )


def _unsatisfiable(draft: Draft, tried: list[Trial]) -> Iterator[Fault]:
    """Shapes that accept no candidate of any criterion that uses them."""
    accepting: dict[Iri, bool] = {}
    for trial in tried:
        for shape in shapes_of(trial.criterion, draft.graph):
            fits = bool(trial.accepted.get(shape)) or bool(trial.untried)
            accepting[shape] = accepting.get(shape, False) or fits
    dead = {shape for shape, accepts in accepting.items() if not accepts}
    for shape in sorted(dead, key=draft.owner):
        if not _explained(shape, dead, draft.graph.predicates(shape), draft):
            yield draft.fault("unsatisfiable-shape", shape, None, shape=_named(shape, draft))


def _explained(shape: Iri, dead: set[Iri], stated: Mapping[Iri, object], draft: Draft) -> bool:
    """Whether a shape below it is dead too, which then is the one to mend."""
    return bool(stated) and any(below in dead for below in below_of(shape, draft.graph))


def _named(shape: Iri, draft: Draft) -> str:
    return f"an alternative of {local_name(draft.owner(shape))}" if shape.startswith("_:") else draft.name(shape)
