"""The alternatives within the shapes of an edition (the members of sh:or), and which of them accept a witness."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reasoner.author.shape_text import shapes_below, text_of
from reasoner.guideline.probes import shacl_of
from reasoner.rdf import Graph, Iri, Literal, Triple
from reasoner.terms import SH, A
from reasoner.validate import validate

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reasoner.author.bench import Ready
    from reasoner.author.shape_text import Text
    from reasoner.guideline.edition import Edition
    from reasoner.validate import Engine


@dataclass(frozen=True, slots=True)
class Arm:
    """One member of a sh:or that a finding is held against, in a shape of one criterion or caution."""

    criterion: Iri
    name: str
    shape: Iri
    supports: bool
    line_of: Iri
    """The named shape in whose statement it stands."""


def arms_of(edition: Edition) -> tuple[Arm, ...]:
    """Every such arm of an edition, by criterion; those within the values of a property are left out."""
    text = text_of(edition)
    return tuple(
        arm
        for criterion in (*edition.criteria.values(), *edition.cautions.values())
        for shape, supports in ((criterion.supporting, True), (criterion.contrary, False))
        if shape
        for arm in _below(criterion.iri, shape, supports, text)
    )


def _below(criterion: Iri, shape: Iri, supports: bool, text: Text) -> Iterator[Arm]:  # noqa: FBT001
    for head in text.graph.iris(shape, SH["or"]):
        for member in text.graph.members(head):
            if not isinstance(member, Literal):
                side = "supporting" if supports else "contrary"
                yield Arm(criterion, f"{side}: {text.write(member)}", member, supports, text.owner(shape))
                yield from _below(criterion, member, supports, text)
    inner = [
        *text.graph.iris(shape, SH.node),
        *(m for h in text.graph.iris(shape, SH["and"]) for m in text.graph.members(h)),
    ]
    for member in inner:
        if not isinstance(member, Literal):
            yield from _below(criterion, member, supports, text)


def accepted(arms: Sequence[Arm], ready: Ready, edition: Edition, engine: Engine) -> Iterator[Arm]:
    """The arms that accept a witness of their side of their criterion."""
    if not arms:
        return
    found = validate(ready.graph, list(_probes(arms, edition)), engine)
    focus = {(r.shape, r.focus) for r in found}
    for at, arm in enumerate(arms):
        answer = ready.judged.answers.get(arm.criterion) or ready.judged.raised[arm.criterion]
        witnesses = answer.supporting if arm.supports else answer.contrary
        if any((_probe(at), str(w)) in focus for w in witnesses):
            yield arm


def _probe(at: int) -> Iri:
    return Iri(f"urn:arm:{at}")


def _probes(arms: Sequence[Arm], edition: Edition) -> Iterator[Triple]:
    nodes = {n for arm in arms for n in shapes_below(arm.shape, edition.graph)}
    yield from shacl_of(Graph(t for t in edition.graph if t.subject in nodes))
    kinds = {**edition.criteria, **edition.cautions}
    for at, arm in enumerate(arms):
        yield Triple(_probe(at), A, SH.NodeShape)
        yield Triple(_probe(at), SH["not"], arm.shape)
        yield Triple(_probe(at), SH.severity, SH.Info)
        for kind in kinds[arm.criterion].looks_for:
            yield Triple(_probe(at), SH.targetClass, kind)
