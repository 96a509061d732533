"""What is wrong with the logic, the recommendations and the dates of an edition, beyond what makes it unusable."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reasoner.guideline.edition import Operator
from reasoner.guideline.form import named_members
from reasoner.guideline.tree import LISTS
from reasoner.logic import fold
from reasoner.rdf import Iri, Literal
from reasoner.status import Status, Truth
from reasoner.terms import GUIDELINE, A

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reasoner.author.lint_rules import Draft, Fault
    from reasoner.guideline.edition import Edition


def of_logic(draft: Draft) -> Iterator[Fault]:
    """What is wrong with the logic and with what the edition says it encodes."""
    yield from _counts(draft)
    yield from _duties(draft)
    yield from _uncovered(draft)
    yield from _sections(draft)
    yield from _scope(draft)


def of_silence(draft: Draft, edition: Edition) -> Iterator[Fault]:
    """Parts of the logic, and the whole, that a record which says nothing would decide in the request's favor."""
    leaves = {iri: (Status.NOT_DOCUMENTED, c.requirement) for iri, c in edition.criteria.items()}
    for node in edition.logic.below() if edition.logic else ():
        apart = node.operator and node.operator is not Operator.ALL
        for part in (*(node.members if apart else ()), node.unless, node.when):
            if part and fold(part, leaves) is Truth.TRUE:
                words = {"focus": draft.name(part.iri), "where": draft.name(node.iri)}
                yield draft.fault("presumed-where-it-decides", node.iri, part.iri, **words)
    if edition.logic and fold(edition.logic, leaves) is Truth.TRUE:
        yield draft.fault("silence-suffices", edition.iri, GUIDELINE.logic, focus=draft.name(edition.logic.iri))


def _scope(draft: Draft) -> Iterator[Fault]:
    """Classes of requests that the edition is about and at the same time excludes, or has criteria for and no word."""
    has_criteria = bool(draft.graph.subjects(A, GUIDELINE.Criterion))
    outside = (GUIDELINE.excludes, *((GUIDELINE.silentOn,) if has_criteria else ()))
    for scope in draft.graph.iris(draft.edition, GUIDELINE.scope):
        for predicate in outside:
            for kind in draft.graph.iris(draft.edition, predicate):
                if kind in draft.ontology.all_above(scope):
                    words = {"scope": draft.name(scope), "property": draft.name(predicate), "value": draft.name(kind)}
                    yield draft.fault("nothing-in-scope", draft.edition, predicate, **words)


def _counts(draft: Draft) -> Iterator[Fault]:
    """Groups that are always met or never."""
    for group, count in draft.graph.pairs(GUIDELINE.atLeast):
        members = draft.graph.members(draft.graph.iri(group, GUIDELINE.of))
        if not isinstance(count, Literal) or not count.value.lstrip("+-").isdecimal():
            continue
        if not 1 <= int(count.value) <= len(members):
            words = {"focus": draft.name(group), "count": count.value, "members": str(len(members))}
            yield draft.fault("impossible-count", group, GUIDELINE.atLeast, **words)


def _duties(draft: Draft) -> Iterator[Fault]:
    inside = _below(draft.graph.iris(draft.edition, GUIDELINE.logic), draft)
    for duty in draft.graph.iris(draft.edition, GUIDELINE.duty):
        if duty in inside:
            yield draft.fault("duty-in-logic", draft.edition, duty, value=draft.name(duty))


def _below(roots: list[Iri], draft: Draft) -> set[Iri]:
    """The criteria and groups under some, waivers and conditions included."""
    seen, waiting = set(roots), list(roots)
    while waiting:
        node = waiting.pop()
        heads = [head for predicate in LISTS for head in draft.graph.iris(node, predicate)]
        listed = [m for head in heads for m in named_members(draft.graph, head)]
        beside = [m for p in (GUIDELINE.unless, GUIDELINE.when) for m in draft.graph.iris(node, p)]
        fresh = {*listed, *beside} - seen
        seen |= fresh
        waiting.extend(sorted(fresh))
    return seen


def _uncovered(draft: Draft) -> Iterator[Fault]:
    """Criteria and cautions that no listed recommendation is encoded by; modelling choices have none."""
    head = draft.graph.iri(draft.edition, GUIDELINE.recommendations)
    listed = named_members(draft.graph, head)
    encoding = [c for r in listed for c in draft.graph.iris(r, GUIDELINE.encodedBy)]
    covered = _below(encoding, draft)
    for kind in (GUIDELINE.Criterion, GUIDELINE.Caution):
        for criterion in draft.graph.subjects(A, kind):
            chosen = GUIDELINE.ModellingChoice in draft.graph.iris(criterion, GUIDELINE.verification)
            if criterion not in covered and not chosen:
                yield draft.fault("unrecommended", criterion, focus=draft.name(criterion))


def _sections(draft: Draft) -> Iterator[Fault]:
    """Sections of the source of which nothing says what became of them."""
    head = draft.graph.iri(draft.edition, GUIDELINE.recommendations)
    listed = named_members(draft.graph, head)
    places = {
        value
        for item in (*listed, *draft.graph.iris(draft.edition, GUIDELINE.notEncoded))
        for value in _texts(item, GUIDELINE.locator, draft)
    }
    for section in _texts(draft.edition, GUIDELINE.section, draft):
        if section not in places:
            yield draft.fault("unaccounted-section", draft.edition, GUIDELINE.section, value=section)


def _texts(subject: Iri, predicate: Iri, draft: Draft) -> list[str]:
    return [v.value for v in draft.graph.values(subject, predicate) if isinstance(v, Literal)]
