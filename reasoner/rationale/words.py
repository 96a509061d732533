"""How values are put into words: every word comes from the ontology or the edition, none from here."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

from reasoner.dates import spoken
from reasoner.errors import KnowledgeBaseError, Problem
from reasoner.places import in_order
from reasoner.rationale.forms import PLACEHOLDER
from reasoner.rationale.forms import form as form_of
from reasoner.terms import CORE, DETERMINATION, SKOS

if TYPE_CHECKING:
    import re
    from collections.abc import Iterable, Mapping, Sequence

    from reasoner.guideline.edition import Criterion, WitnessPhrase
    from reasoner.ontology import Ontology
    from reasoner.rdf import Iri
    from reasoner.record import Document, Finding, Record

DAYS_IN = {"weeks": 7.0, "months": 30.4375, "years": 365.25}


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of a rationale: its form, its section, its words and what it was derived from."""

    form: str
    section: str
    text: str
    derived_from: tuple[Iri, ...]
    continues: bool = False
    """Whether it belongs to the item of the sentence before it."""


@dataclass(frozen=True, slots=True)
class Words:
    """The forms of sentences, and the names of things in one record."""

    ontology: Ontology
    record: Record
    _statements: dict[Iri, str] = field(default_factory=dict, repr=False, compare=False)
    """The noun phrase for each finding that was spoken of."""

    def say(self, form: str, **values: str) -> str:
        """The text of a form with its names filled in. Raises `KeyError` for a name that has no value."""
        return form_of(form, self.ontology).filled(values)

    def sentence(self, form: str, derived_from: Iterable[Iri], **values: str) -> Sentence:
        """A sentence in the section of its form."""
        return sentence(form, derived_from, self.ontology, **values)

    def heading(self, name: str) -> str:
        """A line's name at the head of a printed determination."""
        return self.ontology.label(DETERMINATION[name])

    def notation(self, form: str) -> str:
        """The word by which a form answers, such as ``sustained``."""
        return self.ontology.graph.text(DETERMINATION[form], SKOS.notation)

    def both(self, items: Sequence[str]) -> str:
        """A list as a person says it: a, b and c."""
        if len(items) < 2:  # noqa: PLR2004
            return "".join(items)
        return self.say("AndJoin", others=", ".join(items[:-1]), last=items[-1])

    def levels(self, segments: Iterable[Iri]) -> str:
        """Segments as clinicians write them; a run of neighbours as one region where it has a name."""
        ordered = in_order(frozenset(segments), self.ontology)
        region = _regions(self.ontology).get(frozenset(ordered))
        return self.ontology.clinical_name(region) if region else self.sites(ordered)

    def sites(self, segments: Iterable[Iri]) -> str:
        """Each segment by its clinical name."""
        return self.both([self.ontology.clinical_name(s) for s in in_order(frozenset(segments), self.ontology)])

    def procedure(self, kinds: Iterable[Iri]) -> str:
        """The procedure classes by their labels."""
        return self.both([self.ontology.label(k) for k in kinds])

    def statement(self, finding: Finding) -> str:
        """The noun phrase for a finding, with its site and value."""
        found = self._statements.get(finding.iri)
        if found is None:
            found = self._statements[finding.iri] = self._stated(finding)
        return found

    def _stated(self, finding: Finding) -> str:
        said = CORE.saidAbsent if finding.presence == CORE.Absent else CORE.saidPresent
        text = self.ontology.graph.text(finding.kind, said) or self.ontology.label(finding.kind)
        for cause in finding.named(CORE.cause):
            text = self.say("CausedBy", statement=text, cause=self.ontology.label(cause))
        for treatment in finding.named(CORE.addressedBy):
            text = self.say("AddressedBy", statement=text, treatment=self.statement(self.record.findings[treatment]))
        if finding.sites:
            text = self.say("AtSites", statement=text, sites=self.sites(finding.sites))
        value = finding.told(CORE.value)
        if value and finding.document:
            text = self.say("Valued", statement=text, value=value, unit=finding.told(CORE.unit))
        return text

    def dated(self, finding: Finding) -> str:
        """The statement, with its date where that is not its document's."""
        document = finding.document
        if finding.observed is None or (document and document.date == finding.observed):
            return self.statement(finding)
        return self.say("OnDate", statement=self.statement(finding), date=spoken(finding.observed))

    def document(self, document: Document, page: str = "") -> str:
        """A chart document with its author's role and its date."""
        date = spoken(document.date) if document.date else ""
        form = "DocumentPaged" if page else "DocumentNamed"
        return self.say(
            form, document=document.label, role=document.role, date=date, **({"page": page} if page else {})
        )

    def evidence(self, findings: Iterable[Iri], criterion: Criterion | None = None) -> str:
        """Findings with their documents and quotes, the latest first."""
        return "; ".join(self._cited(self.record.findings[f], criterion) for f in self.ordered(findings))

    def ordered(self, findings: Iterable[Iri]) -> list[Iri]:
        """Findings from the latest to the earliest, the undated last."""
        found, known = list(findings), self.record.findings
        if len(found) < 2:  # noqa: PLR2004
            return found
        return sorted(
            found,
            key=lambda f: (-(o.last.toordinal() if (o := known[f].observed) else 0), self.statement(known[f]), f),
        )

    def _cited(self, finding: Finding, criterion: Criterion | None) -> str:
        statement = self.dated(finding)
        clause = self._clause(finding, criterion) if criterion else ""
        if clause:
            statement = f"{statement}, {clause}"
        if finding.document is None:
            return statement
        document = self.document(finding.document, finding.page)
        if finding.quoted:
            return self.say("QuotedIn", statement=statement, document=document, quote=finding.words)
        return self.say("CitedIn", statement=statement, document=document)

    def _clause(self, finding: Finding, criterion: Criterion) -> str:
        phrase = next((w for w in criterion.witness_phrases if w.kind in finding.kinds), None)
        return self.of_finding(phrase, finding, criterion.bounds) if phrase else ""

    def of_finding(self, phrase: WitnessPhrase, finding: Finding, bounds: Mapping[str, str]) -> str:
        """A witness phrase filled from one finding, or nothing where the finding lacks a value that it names."""
        values = finding.values
        if any(_value(name, values) is None for mark, name, _ in PLACEHOLDER.findall(phrase.phrase) if mark == "?"):
            return ""
        return self.fill(phrase.phrase, [finding], bounds)

    def fill(self, phrase: str, findings: Sequence[Finding], bounds: Mapping[str, str]) -> str:
        """A phrase of an edition with its placeholders filled.

        ``{?name}`` is a value of the findings, ``{$name}`` the bound the criterion sets for it, ``{anchor}`` the
        day its counts are from; ``:weeks``, ``:months``, ``:years`` convert days, ``:age`` to whichever suits; any
        other unit is written after.
        """
        known = [finding.values for finding in findings]

        def one(match: re.Match[str]) -> str:
            mark, name, unit = match[1], match[2], match[3]
            if name == "anchor":
                return next((said for prefix, said in self.record.anchors.items() if prefix in phrase), "")
            values = [bounds.get(name)] if mark == "$" else [_value(name, of_it) for of_it in known]
            found = [v for v in values if v is not None]
            if not found:
                raise _unfilled(phrase, match[0])
            return self.both(sorted({in_unit(v, unit) for v in found}))

        return PLACEHOLDER.sub(one, phrase)


@cache
def _regions(ontology: Ontology) -> Mapping[frozenset[Iri], Iri]:
    """Each region by the segments that it is made of."""
    return {frozenset(ontology.graph.iris(r, CORE.segment)): r for r in reversed(ontology.regions())}


def sentence(form: str, derived_from: Iterable[Iri], ontology: Ontology, **values: str) -> Sentence:
    """A sentence in the section of its form."""
    known = form_of(form, ontology)
    text = _capital(_tidy(known.filled(values)))
    return Sentence(form, known.section, text, tuple(dict.fromkeys(derived_from)), known.continues)


def _value(name: str, values: Mapping[str, str]) -> str | None:
    """A value by its name, or the range of a count that is known only by its least and most."""
    if name in values:
        return values[name]
    least, most = values.get(name + "AtLeast"), values.get(name + "AtMost")
    return None if least is None or most is None else f"{least}~{most}"


def in_unit(value: str, unit: str | None) -> str:
    """A number of days, or its range, in weeks, months or years; in any other unit the number and the unit."""
    if unit == "age":
        unit = "years" if float(value.partition("~")[0]) >= 4 * DAYS_IN["years"] else "months"
    ends = [_convert(end, unit) for end in value.split("~")]
    number = ends[0] if ends[0] == ends[-1] else "–".join(ends)
    if not unit:
        return number
    return f"{number} {unit.removesuffix('s') if number == '1' else unit}"


def _convert(days: str, unit: str | None) -> str:
    per = DAYS_IN.get(unit or "")
    return str(int(float(days) / per + 1e-9)) if per else days


def _unfilled(phrase: str, placeholder: str) -> KnowledgeBaseError:
    return KnowledgeBaseError(
        Problem(
            "unfilled-placeholder",
            "edition",
            None,
            f"{placeholder} has no value in: {phrase}",
            "Name a value that every witness of this status has.",
        )
    )


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _tidy(text: str) -> str:
    return " ".join(text.split())
