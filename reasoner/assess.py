"""From one validation report to a status for each criterion, with its witnesses."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from reasoner.guideline.edition import Criterion, SegmentRule
from reasoner.guideline.probes import CONTRADICTS, SUPPORTS, sighting
from reasoner.rdf import Iri
from reasoner.status import Status
from reasoner.terms import CORE, GUIDELINE

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from reasoner.guideline.edition import Edition
    from reasoner.record import Adjudication, Record, Request
    from reasoner.validate import Hit, Result


class Witnesses(NamedTuple):
    """The findings that speak for and against at one focus."""

    supporting: frozenset[Iri]
    contrary: frozenset[Iri]


class Answer(NamedTuple):
    """A criterion's status for one request, with the findings it was read from."""

    criterion: Iri
    status: Status
    computed: Status
    """The status before any adjudication."""
    by_segment: Mapping[Iri, Status]
    supporting: frozenset[Iri]
    contrary: frozenset[Iri]
    elsewhere: frozenset[Iri]
    """Findings that would speak for or against, were they at the requested site."""
    in_vain: frozenset[Iri]
    """Findings of a kind looked for that count for the request and settle nothing."""
    adjudications: tuple[Iri, ...] = ()
    supporting_elsewhere: frozenset[Iri] = frozenset()
    """Those of the findings elsewhere that would speak for the criterion."""
    overruled: frozenset[Iri] = frozenset()
    """Findings at the requested site that would speak for or against, had the edition's policy not overruled them."""


class Raised(NamedTuple):
    """Whether a caution is raised for one request, and by which findings."""

    caution: Iri
    raised: bool
    supporting: frozenset[Iri]
    contrary: frozenset[Iri]


@dataclass(frozen=True, slots=True)
class Report:
    """A validation report, indexed by shape."""

    found: Mapping[Iri, frozenset[Iri]] = field(hash=False)

    def foci(self, shape: str) -> frozenset[Iri]:
        """The focus nodes for which a shape has a result."""
        return self.found.get(Iri(shape), _NONE)


_NONE = frozenset[Iri]()


def report(results: Iterable[Result | Hit]) -> Report:
    """The results, by shape."""
    found: dict[Iri, set[Iri]] = {}
    for result in results:
        found.setdefault(result.shape, set()).add(Iri(result.focus))
    return Report({shape: frozenset(foci) for shape, foci in found.items()})


def assess(
    request: Request, edition: Edition, report: Report, record: Record, untrustworthy: frozenset[Iri]
) -> Mapping[Iri, Answer]:
    """The answer to every criterion of the edition, for one request."""
    targets = {c.target for c in edition.criteria.values()}
    looked_for = _looked_for(record, edition)
    asked = {target: _asked(target, request, edition, report, looked_for) for target in targets}
    return {
        iri: _answer(c, asked[c.target], request, report, record, iri in untrustworthy)
        for iri, c in edition.criteria.items()
    }


def _looked_for(record: Record, edition: Edition) -> Mapping[Iri, frozenset[Iri]]:
    """The findings of the kinds that each criterion looks for; read from the record's few kinds, not the edition's."""
    seekers, found = _seekers(edition), dict[Iri, frozenset[Iri]]()
    for kind, findings in record.by_kind.items():
        for criterion in seekers.get(kind, ()):
            found[criterion] = found.get(criterion, _NONE) | findings
    return found


@cache
def _seekers(edition: Edition) -> Mapping[Iri, tuple[Iri, ...]]:
    """The criteria that look for each kind."""
    kinds = {kind for c in edition.criteria.values() for kind in c.looks_for}
    return {kind: tuple(iri for iri, c in edition.criteria.items() if kind in c.looks_for) for kind in kinds}


def cautions(request: Request, edition: Edition, report: Report, untrustworthy: frozenset[Iri]) -> tuple[Raised, ...]:
    """Which cautions are raised for one request: by a supporting finding that no contrary finding meets."""
    found = []
    for iri in sorted(edition.cautions):
        supports, contradicts = _probes(iri)
        supporting, contrary = report.foci(supports) & request.evidence, report.foci(contradicts) & request.evidence
        found.append(Raised(iri, bool(supporting) and not contrary and iri not in untrustworthy, supporting, contrary))
    return tuple(found)


class _Place(NamedTuple):
    """Where a criterion is asked, what counts there, and what may count against it."""

    key: Iri
    node: Iri
    counts: frozenset[Iri]
    possible: frozenset[Iri]


class _Asked(NamedTuple):
    """The places at which all criteria of one target are asked."""

    places: tuple[_Place, ...]
    reachable: frozenset[Iri]
    seen: bool
    """Whether the engine saw all of the places."""
    looked_for: Mapping[Iri, frozenset[Iri]]
    """The findings of the kinds that each criterion looks for."""


def _asked(
    target: Iri, request: Request, edition: Edition, report: Report, looked_for: Mapping[Iri, frozenset[Iri]]
) -> _Asked:
    if target == CORE.RequestedSegment:
        places = tuple(
            _Place(segment, focus.node, focus.evidence, focus.evidence | focus.possible)
            for segment, focus in request.by_segment.items()
        )
    else:
        places = (_Place(request.iri, request.iri, request.evidence, request.evidence),)
    seen = report.foci(sighting(edition, target))
    return _Asked(
        places, _NONE.union(*(place.possible for place in places)),
        bool(places) and all(place.node in seen for place in places), looked_for,
    )  # fmt: skip


@cache
def _probes(criterion: Iri) -> tuple[Iri, Iri]:
    """The shapes that report the findings for and against a criterion."""
    return Iri(criterion + SUPPORTS), Iri(criterion + CONTRADICTS)


def _answer(
    criterion: Criterion, asked: _Asked, request: Request, report: Report, record: Record, untrusted: bool  # noqa: FBT001
) -> Answer:  # fmt: skip
    supports, contradicts = map(report.foci, _probes(criterion.iri))
    if not supports and not contradicts:
        return _unanswered(criterion, asked, report, untrusted)
    at = {key: Witnesses(supports & counts, contradicts & possible) for key, _, counts, possible in asked.places}
    evaluated = asked.seen and not untrusted and _agrees(criterion, asked, at, report)
    computed = {key: status(w, criterion) if evaluated else Status.NOT_EVALUATED for key, w in at.items()}
    weighed, adjudications = _adjudicate(at, computed, criterion, record.adjudications)
    supporting = _NONE.union(*[w.supporting for w in at.values()])
    contrary = _NONE.union(*[w.contrary for w in at.values()])
    beyond = (supports | contradicts) - asked.reachable
    overruled = frozenset(f for f in beyond if record.findings[f].overruled_by) if beyond else _NONE
    answered = across(computed, criterion.holds_for)
    return Answer(
        criterion=criterion.iri,
        status=across(weighed, criterion.holds_for) if adjudications else answered, computed=answered,
        by_segment=weighed if criterion.holds_for else {},
        supporting=supporting, contrary=contrary,
        elsewhere=beyond - overruled,
        in_vain=(asked.looked_for.get(criterion.iri, _NONE) & asked.reachable) - supporting - contrary,
        adjudications=adjudications,
        supporting_elsewhere=(beyond - overruled) & supports,
        overruled=frozenset(f for f in overruled if _is_at(record.findings[f].sites, request)) if overruled else _NONE,
    )  # fmt: skip


def _unanswered(criterion: Criterion, asked: _Asked, report: Report, untrusted: bool) -> Answer:  # noqa: FBT001
    """The answer to a criterion of which no finding speaks: what the engine violates everywhere is not documented."""
    violated = report.foci(criterion.iri)
    evaluated = asked.seen and not untrusted and all(place.node in violated for place in asked.places)
    found = Status.NOT_DOCUMENTED if evaluated else Status.NOT_EVALUATED
    return Answer(
        criterion=criterion.iri, status=found, computed=found,
        by_segment={place.key: found for place in asked.places} if criterion.holds_for else {},
        supporting=_NONE, contrary=_NONE, elsewhere=_NONE,
        in_vain=asked.looked_for.get(criterion.iri, _NONE) & asked.reachable,
        adjudications=(), supporting_elsewhere=_NONE, overruled=_NONE,
    )  # fmt: skip


def _is_at(sites: tuple[Iri, ...], request: Request) -> bool:
    return not sites or not set(sites).isdisjoint(request.segments)


def _agrees(criterion: Criterion, asked: _Asked, at: Mapping[Iri, Witnesses], report: Report) -> bool:
    """Whether the engine violates the criterion at just the places where no witness supports it."""
    violated = report.foci(criterion.iri)
    return all((place.node in violated) != bool(at[place.key].supporting) for place in asked.places)


def status(at: Witnesses, criterion: Criterion) -> Status:
    """Read a criterion's status off its witnesses.

    A criterion with no witness at all is not documented: a record that says nothing is never mistaken for one
    that says no.
    """
    match bool(at.supporting), bool(at.contrary):
        case True, False:
            return Status.MET
        case False, True:
            return Status.NOT_MET
        case False, False:
            return Status.NOT_DOCUMENTED
    meanings = {GUIDELINE.Met: Status.MET, GUIDELINE.NotMet: Status.NOT_MET}
    return meanings.get(criterion.both_means or Iri(""), Status.CONFLICTING)


EVERY = (Status.NOT_EVALUATED, Status.NOT_MET, Status.NOT_DOCUMENTED, Status.CONFLICTING, Status.MET)
"""At every segment: the first of these that one segment has. A conflict stands last of what is not met, for it
alone could still be decided in the request's favour."""
ANY = (Status.NOT_EVALUATED, Status.MET, Status.CONFLICTING, Status.NOT_DOCUMENTED, Status.NOT_MET)
"""At any segment: the first of these that one segment has."""


def across(by_place: Mapping[Iri, Status], rule: SegmentRule | None) -> Status:
    """One status from those of all requested segments; a criterion that was asked nowhere is not evaluated."""
    order = ANY if rule is SegmentRule.ANY else EVERY
    found = by_place.values()
    for one in order:
        if one in found:
            return one
    return Status.NOT_EVALUATED


def _adjudicate(
    at: Mapping[Iri, Witnesses],
    computed: Mapping[Iri, Status],
    criterion: Criterion,
    adjudications: tuple[Adjudication, ...],
) -> tuple[dict[Iri, Status], tuple[Iri, ...]]:
    """The statuses with the findings taken out that a reviewer does not believe, where findings conflict."""
    if not adjudications:
        return dict(computed), ()
    weighed, used = dict(computed), []
    for place, before in computed.items():
        if before is not Status.CONFLICTING:
            continue
        witnesses = at[place]
        for adjudication in adjudications:
            if _weighs(adjudication, witnesses):
                witnesses = Witnesses(witnesses.supporting - adjudication.over, witnesses.contrary - adjudication.over)
                used.append(adjudication.iri)
        weighed[place] = status(witnesses, criterion)
    return weighed, tuple(sorted(set(used)))


def _weighs(adjudication: Adjudication, at: Witnesses) -> bool:
    """Whether an adjudication prefers a witness of one side over one of the other."""
    for_it = adjudication.prefers & at.supporting and adjudication.over & at.contrary
    against_it = adjudication.prefers & at.contrary and adjudication.over & at.supporting
    return bool(for_it or against_it)
