"""What other editions would make of a case: judged under each of them in earnest, and told in a few statements."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from reasoner.errors import InputRefusedError
from reasoner.judge import decide, judge
from reasoner.obstacles import obstacles
from reasoner.rdf import Iri, Literal, Triple
from reasoner.render.graph import named
from reasoner.select import packaged_edition
from reasoner.terms import BASE, STORE, A

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from reasoner.determine import Determination
    from reasoner.guideline.edition import Edition
    from reasoner.judge import Assessment
    from reasoner.ontology import Ontology
    from reasoner.validate import Engine


class Contrast(NamedTuple):
    """A case under an edition that does not govern it."""

    edition: Edition
    determined: Determination | None
    """Nothing where the edition cannot judge the case."""
    code: str
    """Why not: the code of the problem."""


def contrasts(assessment: Assessment, names: Iterable[str], ontology: Ontology, engine: Engine) -> tuple[Contrast, ...]:
    """A judged case under each of the named editions but its own, in the order of their names.

    Raises `KnowledgeBaseError` where a criterion of one was not evaluated.
    """
    day = assessment.selection.day
    editions = {edition.iri: (edition, name) for name in names for edition in (packaged_edition(name, day, ontology),)}
    editions.pop(assessment.edition.iri, None)
    return tuple(_contrast(assessment, *editions[iri], ontology, engine) for iri in sorted(editions))


def _contrast(assessment: Assessment, edition: Edition, name: str, ontology: Ontology, engine: Engine) -> Contrast:
    try:
        return Contrast(edition, decide(judge(assessment.prepared, ontology, engine, name)), "")
    except InputRefusedError as error:
        return Contrast(edition, None, error.problems[0].code)


def contrast_triples(graph: Iri, case: Iri, found: Iterable[Contrast]) -> Iterator[Triple]:
    """What a store says of them; each is named after the graph and its edition."""
    for contrast in found:
        edition = contrast.edition
        node = Iri(f"{graph}/{edition.iri.removeprefix(BASE)}")
        yield Triple(case, STORE.contrast, node)
        yield Triple(node, A, STORE.Contrast)
        yield Triple(node, STORE.otherEdition, edition.iri)
        if contrast.determined is None:
            yield Triple(node, STORE.code, Literal(contrast.code))
            continue
        yield Triple(node, STORE.wouldBe, named(contrast.determined.outcome))
        if contrast.determined.reason:
            yield Triple(node, STORE.wouldBeBecause, named(contrast.determined.reason))
        for obstacle in obstacles(contrast.determined, edition).all:
            yield Triple(node, STORE.wouldStandInTheWay, obstacle)
