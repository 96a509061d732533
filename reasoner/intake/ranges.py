"""Whether every property stands where it belongs and has a value that it takes, as the ontology says."""

from __future__ import annotations

import re
from datetime import date
from difflib import get_close_matches
from typing import TYPE_CHECKING, NamedTuple

from reasoner.intake.draft import ontology_kinds
from reasoner.intake.faults import BLANK, INTAKE, Fault
from reasoner.intake.usage import case_kinds, classes, individuals, properties
from reasoner.rdf import STRING, Iri, Literal, Quad
from reasoner.terms import CORE, OWL, RDF, XSD, A
from reasoner.vocabulary import is_ours, prefixed, split

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from reasoner.intake.draft import Draft
    from reasoner.ontology import Ontology

FIRST_YEAR, LAST_YEAR = 1900, 2200
"""No record is older; no plan is later; a year outside is a slip of the pen."""
MAX_SHOWN = 4
MAX_NEIGHBOURS = 300
"""Subjects among which the one meant is sought: more than a case has; a larger file gets no hints."""


class _Form(NamedTuple):
    """How a datatype is written: canonical, so that two engines cannot read it as two values."""

    pattern: re.Pattern[str]
    rule: str
    example: str


_NUMBER = r"(?:0|-?[1-9][0-9]{0,17})"
_YEARS = f"from {FIRST_YEAR} to {LAST_YEAR}, without a time zone."
_FORMS: Mapping[Iri, _Form] = {
    STRING: _Form(re.compile(r".*\S.*", re.DOTALL), "Text must not be empty.", '"..."'),
    XSD.integer: _Form(
        re.compile(_NUMBER),
        "Write a whole number of up to 18 digits without leading zeros or plus sign.",
        "24",
    ),
    XSD.decimal: _Form(
        re.compile(rf"{_NUMBER}(?:\.[0-9]{{1,18}})?|-0\.[0-9]{{1,18}}"),
        "Write a number of up to 18 digits without leading zeros, plus sign or exponent.",
        "6.5",
    ),
    XSD.boolean: _Form(re.compile("true|false"), "Write true or false.", "true"),
    XSD.date: _Form(
        re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}"),
        f"Write a day of the calendar {_YEARS}",
        '"2024-11-04"^^xsd:date',
    ),
    XSD.gYearMonth: _Form(
        re.compile(r"[0-9]{4}-(?:0[1-9]|1[0-2])"), f"Write a month {_YEARS}", '"2024-11"^^xsd:gYearMonth'
    ),
    XSD.gYear: _Form(re.compile(r"[0-9]{4}"), f"Write a year {_YEARS}", '"2024"^^xsd:gYear'),
}
_BARE = {XSD.integer, XSD.decimal, XSD.boolean}
_SHOWN = re.compile(r"[0-9+-][0-9TZ:+.\-]{0,24}")
"""Values that a message repeats: dates and numbers, never a patient's words."""


def is_valid(value: str, datatype: Iri) -> bool:
    """Whether the text is a value of the datatype, as intake accepts it."""
    form = _FORMS.get(datatype)
    if form is None or not form.pattern.fullmatch(value):
        return False
    if datatype not in {XSD.date, XSD.gYearMonth, XSD.gYear}:
        return True
    return FIRST_YEAR <= int(value[:4]) <= LAST_YEAR and (datatype != XSD.date or _is_day(value))


def faults(case: Draft) -> Iterator[tuple[Quad, Fault]]:
    """Each statement whose property or value does not belong there, with what is wrong."""
    for quad in case.quads:
        takes = [OWL.Class] if quad.predicate == A else _takes(quad.predicate, case.ontology)
        judge = _literal if isinstance(quad.object, Literal) else _thing
        for fault in (_misplaced(case, quad), judge(case, quad, takes) if takes else None):
            if fault:
                yield quad, fault


def _takes(predicate: Iri, ontology: Ontology) -> list[Iri]:
    return ontology.takes(predicate) if predicate in properties(ontology) else []


def _fault(rule: Iri, quad: Quad, takes: list[Iri], *words: tuple[str, str], **more: list[Iri]) -> Fault:
    terms: dict[str, Iri | tuple[Iri, ...]] = {"property": quad.predicate, "range": tuple(takes)}
    if not isinstance(quad.object, Literal):
        terms["value"] = quad.object
    terms.update((name, tuple(found[:MAX_SHOWN])) for name, found in more.items())
    return Fault(rule, quad.subject, quad.predicate, tuple(terms.items()), words)


def _misplaced(case: Draft, quad: Quad) -> Fault | None:
    domain = properties(case.ontology).get(quad.predicate)
    kinds = case.kinds[quad.subject]
    if domain is None or not kinds or kinds & domain or quad.subject in case.unsure:
        return None
    if _lacks_procedure(case, kinds, domain):
        return None
    return _fault(INTAKE.WrongSubject, quad, [], domain=sorted(domain), classes=list(case.stated[quad.subject]))


def _lacks_procedure(case: Draft, kinds: frozenset[Iri], domain: frozenset[Iri]) -> bool:
    """Whether the one thing wrong is that a request does not name its procedure, which a shape says."""
    asked = kinds & {CORE.TreatmentRequest, CORE.AppealedService} and CORE.Procedure not in kinds
    return bool(asked) and all(case.ontology.is_a(kind, CORE.Procedure) for kind in domain)


def _literal(case: Draft, quad: Quad, takes: list[Iri]) -> Fault | None:
    value = quad.object
    datatypes = [kind for kind in takes if kind in XSD]
    if not isinstance(value, Literal) or (value.datatype in datatypes and is_valid(value.value, value.datatype)):
        return None
    if not datatypes:
        return _fault(INTAKE.NameExpected, quad, takes, choices=_choices(case, takes))
    if value.datatype not in datatypes or value.datatype not in _FORMS:
        found = ("found", _called(value.datatype))
        return _fault(INTAKE.WrongDatatype, quad, takes, found, ("example", _example(value.value, datatypes)))
    form = _FORMS[value.datatype]
    given = f": {value.value}" if _SHOWN.fullmatch(value.value) else ""
    words = {
        "datatype": prefixed(value.datatype, {}),
        "given": given,
        "rule": form.rule,
        "example": form.example,
    }
    return _fault(INTAKE.InvalidValue, quad, takes, *words.items())


def _thing(case: Draft, quad: Quad, takes: list[Iri]) -> Fault | None:
    value = quad.object
    if isinstance(value, Literal) or _is_told(case, quad, value) or _fits(case, value, takes):
        return None
    if all(kind in XSD for kind in takes):
        return _fault(INTAKE.ValueExpected, quad, takes, ("example", _example("", takes)))
    if value not in case.kinds and not is_ours(value) and case_kinds(case.ontology) & set(takes):
        return _fault(INTAKE.Undescribed, quad, takes, nearest=_neighbours(case, value))
    return _fault(INTAKE.WrongKind, quad, takes, choices=_choices(case, takes, value))


def _is_told(case: Draft, quad: Quad, value: Iri) -> bool:
    """Whether another error says already that the value's class, or its name, is wrong."""
    unknown = is_ours(value) and value not in case.ontology.declared
    return quad.predicate == A or unknown or value in case.unsure or case.kinds.get(value) == frozenset()


def _fits(case: Draft, value: Iri, takes: list[Iri]) -> bool:
    if OWL.Class in takes:
        return value in classes(case.ontology)
    return bool((case.kinds.get(value) or ontology_kinds(value, case.ontology)) & set(takes))


def _choices(case: Draft, takes: list[Iri], value: Iri | None = None) -> list[Iri]:
    """What the ontology, or else the case, has of the kinds; first what has to do with the value."""
    known = sorted({one for kind in takes for one in individuals(kind, case.ontology)})
    graph = case.ontology.graph
    related = [one for one in known if any(value in held for held in graph.predicates(one).values())]
    if related or known or len(case.kinds) > MAX_NEIGHBOURS:
        return related or known
    return [one for kind in takes for one in case.of_kind(kind) if not one.startswith(BLANK)]


def _neighbours(case: Draft, value: Iri) -> list[Iri]:
    if len(case.kinds) > MAX_NEIGHBOURS:
        return []
    names = {split(subject)[1]: subject for subject in case.kinds}
    return [names[name] for name in get_close_matches(split(value)[1], sorted(names), n=1, cutoff=0.8)]


def _example(value: str, datatypes: list[Iri]) -> str:
    fits = next((kind for kind in datatypes if kind != STRING and is_valid(value, kind)), None)
    if fits is None:
        return next((_FORMS[kind].example for kind in datatypes if kind in _FORMS), '"..."')
    return value if fits in _BARE else f'"{value}"^^{prefixed(fits, {})}'


def _called(datatype: Iri) -> str:
    names = {STRING: "plain text", RDF.langString: "text with a language tag"}
    return names.get(datatype) or prefixed(datatype, {})


def _is_day(value: str) -> bool:
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True
