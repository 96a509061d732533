"""What an edition says of packaged cases: each phrase filled from a case that has its status."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reasoner.author.bench import Bench
from reasoner.data import folder
from reasoner.errors import InputRefusedError
from reasoner.load import load_file
from reasoner.rationale.criteria import PHRASES
from reasoner.rationale.forms import PLACEHOLDER
from reasoner.rationale.words import Words, in_unit
from reasoner.status import Status
from reasoner.terms import CORE, A, local_name

if TYPE_CHECKING:
    import re
    from collections.abc import Mapping, Sequence

    from reasoner.author.bench import Ready
    from reasoner.guideline.edition import Criterion, Edition
    from reasoner.ontology import Ontology
    from reasoner.rdf import Iri
    from reasoner.validate import Engine


@dataclass(frozen=True, slots=True)
class Phrase:
    """What is said of a status, and the case that it was filled from; without one, values stand by their names."""

    status: str
    text: str
    case: str = ""
    evidence: str = ""


def judged_cases(edition: Edition, ontology: Ontology, engine: Engine) -> list[Ready]:
    """The packaged cases that the edition is about, judged by it."""
    bench = Bench(edition, ontology, engine)
    found = []
    for path in sorted(folder("cases").glob("*/case.trig")):
        try:
            ready = bench.ready(load_file(path), None)
        except InputRefusedError:
            continue
        kinds = ready.record.whole.kinds
        if kinds.intersection(edition.scope) and not kinds.intersection((*edition.excludes, *edition.silent_on)):
            found.append(ready)
    return found


def phrases(criterion: Criterion, cases: Sequence[Ready], ontology: Ontology) -> list[Phrase]:
    """The criterion's phrase for each status, on an example where a case has that status."""
    found = []
    for status, name in PHRASES.items():
        if name in criterion.phrases:
            example = next((c for c in cases if c.judged.answers[criterion.iri].status is status), None)
            bare = Phrase(status.value, named(criterion.phrases[name], criterion.bounds, ontology))
            found.append(_filled(criterion, status, name, example, ontology) if example else bare)
    return found


def _filled(criterion: Criterion, status: Status, name: str, example: Ready, ontology: Ontology) -> Phrase:
    answer, words = example.judged.answers[criterion.iri], Words(ontology, example.record)
    against = status is Status.NOT_MET
    speaking = sorted(answer.contrary if against else answer.supporting or answer.contrary)
    text = words.fill(criterion.phrases[name], [example.record.findings[f] for f in speaking], criterion.bounds)
    return Phrase(status.value, text, example.record.case, words.evidence(speaking, criterion))


def named(phrase: str, bounds: Mapping[str, str], ontology: Ontology) -> str:
    """A phrase in which the edition's own numbers are filled in and the values of a case stand by their names."""

    def one(match: re.Match[str]) -> str:
        mark, name, unit = match[1], match[2], match[3]
        if mark == "$" and name in bounds:
            return in_unit(bounds[name], unit)
        return f"[{_called(name, phrase, ontology)}]"

    return PLACEHOLDER.sub(one, phrase)


def _called(name: str, phrase: str, ontology: Ontology) -> str:
    if name == "anchor":
        anchors = ontology.graph.subjects(A, CORE.Anchor)
        return next((ontology.label(anchor) for anchor in anchors if _counts(anchor, phrase, ontology)), name)
    for term in (CORE[name], CORE[name + "AtLeast"]):
        if term in ontology.declared:
            return ontology.label(term).removesuffix(" at least").removesuffix(",")
    return name


def _counts(anchor: Iri, phrase: str, ontology: Ontology) -> bool:
    """Whether a phrase counts from an anchor."""
    counts = ontology.graph.iris(anchor, CORE.countAtLeast)
    stems = [local_name(count).removesuffix("AtLeast") for count in counts]
    return any(stem in phrase for stem in stems)
