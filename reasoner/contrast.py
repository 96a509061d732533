"""What other editions would make of a case: judged under each of them in earnest, and told in a few statements."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from reasoner.errors import InputRefusedError
from reasoner.guideline.probes import seen_of_each
from reasoner.judge import Brought, assessed, bring, decide
from reasoner.obstacles import obstacles
from reasoner.rdf import Iri, Literal, Triple
from reasoner.render.graph import named
from reasoner.select import packaged_edition
from reasoner.terms import BASE, STORE, A

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

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


def contrasts(
    assessments: Sequence[Assessment], names: Sequence[str], ontology: Ontology, engine: Engine
) -> list[tuple[Contrast, ...]]:
    """Each of some judged cases under each of the named editions but its own, in the order of their names.

    Raises `KnowledgeBaseError` where a criterion of one was not evaluated.
    """
    found = [_before(assessment, names, ontology) for assessment in assessments]
    for edition in {edition for before in found for edition in before}:
        brought = {n: one for n, before in enumerate(found) if isinstance(one := before.get(edition), Brought)}
        many = seen_of_each(edition, [one.graph for one in brought.values()], engine)
        for (number, one), hits in zip(brought.items(), many, strict=True):
            found[number][edition] = Contrast(edition, decide(assessed(one, hits, ontology, engine)), "")
    ordered = (sorted(before.items(), key=lambda item: item[0].iri) for before in found)
    return [tuple(contrast for _, contrast in told if isinstance(contrast, Contrast)) for told in ordered]


def _before(assessment: Assessment, names: Sequence[str], ontology: Ontology) -> dict[Edition, Brought | Contrast]:
    """A case before each edition, or why it cannot be."""
    day = assessment.selection.day
    editions = {packaged_edition(name, day, ontology): name for name in names}
    return {
        edition: _brought(assessment, edition, name, ontology)
        for edition, name in editions.items()
        if edition.iri != assessment.edition.iri
    }


def _brought(assessment: Assessment, edition: Edition, name: str, ontology: Ontology) -> Brought | Contrast:
    try:
        return bring(assessment.prepared, ontology, name)
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
