"""Why one criterion is answered as it is: status, shapes, witnesses, documents, quotes and inferred types."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reasoner.assess import cautions
from reasoner.errors import Problem, UsageError
from reasoner.rationale.words import Words
from reasoner.rdf import Iri, Literal
from reasoner.terms import OWL, SKOS, A, local_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reasoner.assess import Answer
    from reasoner.guideline.edition import Criterion, Edition
    from reasoner.judge import Assessment
    from reasoner.ontology import Ontology
    from reasoner.record import Finding, Request


@dataclass(frozen=True, slots=True)
class Branch:
    """A line of the tree and what stands under it."""

    text: str
    below: tuple[Branch, ...] = ()


def trace(assessment: Assessment, name: str, ontology: Ontology) -> Branch:
    """The tree of one criterion, by its name, notation or IRI. Raises `UsageError` for an unknown one."""
    criterion = _criterion(name, assessment.edition)
    words = Words(ontology, assessment.record)
    requests = [r for r in assessment.record.requests if r.part_of is None or assessment.edition.divisible]
    answers = [_of_request(criterion, r, assessment, words) for r in requests]
    return Branch(
        f"{criterion.name}: {criterion.label}",
        (
            Branch(f"source: {criterion.source.title}; {criterion.source.locator} ({criterion.source.verification})"),
            Branch(f"stands at {assessment.edition.file}:{assessment.edition.line_of(criterion.iri)}"),
            *_shapes(criterion, assessment.edition),
            *answers,
        ),
    )


def _of_request(criterion: Criterion, request: Request, assessment: Assessment, words: Words) -> Branch:
    levels = words.levels(request.segments)
    if criterion.iri in assessment.edition.criteria:
        return _answer(assessment.applied(request.iri)[criterion.iri], levels, assessment, words)
    found = cautions(request, assessment.edition, assessment.found, assessment.untrustworthy)
    raised = next(r for r in found if r.caution == criterion.iri)
    sides = (("raised by", raised.supporting), ("spoken against by", raised.contrary))
    return Branch(
        f"{levels}: {'raised' if raised.raised else 'not raised'}",
        tuple(Branch(side, tuple(_witness(f, assessment, words) for f in sorted(fs))) for side, fs in sides if fs),
    )


def _criterion(name: str, edition: Edition) -> Criterion:
    known = {**edition.criteria, **edition.cautions}
    for criterion in known.values():
        if name in (criterion.iri, criterion.name, criterion.notation):
            return criterion
    listed = ", ".join(c.name for c in known.values())
    raise UsageError(
        Problem(
            "no-such-criterion",
            edition.file,
            None,
            f"{name!r} names no criterion of this edition.",
            f"Name one of: {listed}.",
        )
    )


def _shapes(criterion: Criterion, edition: Edition) -> Iterator[Branch]:
    for role, shape in (("supporting", criterion.supporting), ("contrary", criterion.contrary)):
        if shape:
            lines = [line for used in _named_shapes(shape, edition) for line in _written(used, edition)]
            yield Branch(f"{role} shape", tuple(Branch(line) for line in lines))


def _named_shapes(shape: Iri, edition: Edition) -> list[Iri]:
    """A shape and the named shapes that it uses, each once."""
    named, waiting, seen = [], [shape], {shape}
    while waiting:
        subject = waiting.pop(0)
        named += [] if subject.startswith("_:") else [subject]
        for values in edition.graph.predicates(subject).values():
            fresh = [v for v in values if not isinstance(v, Literal) and v not in seen and edition.graph.predicates(v)]
            seen.update(fresh)
            waiting += fresh
    return named


def _written(shape: Iri, edition: Edition) -> Iterator[str]:
    """The lines of the file in which a shape is written."""
    first = edition.line_of(shape)
    for line in edition.content.decode().splitlines()[first - 1 :] if first else ():
        yield line.strip()
        if line.rstrip().endswith("."):
            return


def _answer(answer: Answer, levels: str, assessment: Assessment, words: Words) -> Branch:
    said = answer.status.value
    if answer.status is not answer.computed:
        said += f" (computed: {answer.computed.value}; adjudicated)"
    by_level = tuple(Branch(f"{words.sites([s])}: {status.value}") for s, status in sorted(answer.by_segment.items()))
    sides = (
        ("for it", answer.supporting), ("against it", answer.contrary), ("not at the requested site", answer.elsewhere),
        ("overruled by the edition's policy", answer.overruled),
        ("not decisive", answer.in_vain),
    )  # fmt: skip
    witnesses = tuple(
        Branch(side, tuple(_witness(f, assessment, words) for f in sorted(found))) for side, found in sides if found
    )  # fmt: skip
    searched = Branch("searched", tuple(Branch(words.document(d)) for d in assessment.record.documents))
    silent = () if answer.supporting or answer.contrary else (searched,)
    return Branch(f"{levels}: {said}", (*by_level, *witnesses, *silent))


def _witness(iri: Iri, assessment: Assessment, words: Words) -> Branch:
    finding = assessment.record.findings[iri]
    below = [Branch(f"finding {local_name(iri)}")]
    if finding.document:
        below.append(Branch(f"document: {words.document(finding.document, finding.page)}"))
    if finding.words:
        below.append(Branch(f"“{finding.words}”" if finding.quoted else f"paraphrase: {finding.words}"))
    below += [Branch(f"derived from {local_name(source)}") for source in finding.derived_from]
    below += [Branch(f"ended by {local_name(later)}") for later in finding.ended_by]
    below += _counts(finding)
    below += _types(finding, assessment, words.ontology)
    return Branch(words.dated(finding), tuple(below))


def _counts(finding: Finding) -> list[Branch]:
    derived = {n: v for n, v in finding.values.items() if n.endswith(("AtLeast", "AtMost"))}
    stems = sorted({n.removesuffix("AtLeast").removesuffix("AtMost") for n in derived})
    return [Branch(f"{stem}: {derived[stem + 'AtLeast']} to {derived[stem + 'AtMost']}") for stem in stems]


def _types(finding: Finding, assessment: Assessment, ontology: Ontology) -> list[Branch]:
    """Each type that classification added, and the definition or parent by which it follows."""
    inferred = assessment.prepared.inferred.get(finding.iri, frozenset())
    return [Branch(f"is {ontology.label(kind)}", (Branch(_why(kind, finding, ontology)),)) for kind in sorted(inferred)]


def _why(kind: Iri, finding: Finding, ontology: Ontology) -> str:
    if ontology.graph.iris(kind, OWL.equivalentClass):
        used = _definition_terms(kind, ontology)
        facts = [f"{ontology.label(p)} {ontology.label(v)}" for p, v in finding.qualities if p in used]
        stated = [ontology.label(k) for k in sorted(finding.kinds) if k in used]
        return f"by definition: {ontology.graph.text(kind, SKOS.definition)} Here: {', '.join([*stated, *facts])}."
    below = sorted(k for k in finding.kinds if k != kind and kind in ontology.kinds_of(k))
    return f"every {ontology.label(below[0])} is one" if below else "by the ontology"


def _definition_terms(kind: Iri, ontology: Ontology) -> set[Iri]:
    """Every class and property that a definition names, through the definitions that it names."""
    found: set[Iri] = set()
    waiting: list[Iri] = list(ontology.graph.iris(kind, OWL.equivalentClass))
    while waiting:
        node = waiting.pop()
        for predicate, values in ontology.graph.predicates(node).items():
            for value in values:
                if isinstance(value, Literal) or value in found or predicate == A:
                    continue
                found.add(value)
                waiting += [value] if value.startswith("_:") else ontology.graph.iris(value, OWL.equivalentClass)
    return found


def branch_json(branch: Branch) -> dict[str, object]:
    """The tree as JSON: text and what stands below."""
    return {"text": branch.text, "below": [branch_json(b) for b in branch.below]}
