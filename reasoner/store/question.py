"""A question: a SPARQL query that says in its first comment lines what it asks and which parameters it takes.

    # Which cases turn on one criterion alone?
    # param $criterion: iri - the criterion, by its IRI or prefixed name
    # param $since: date - as of this day or later

A parameter stands in the query as ``$name``; what has a value after ``=`` may be left out. The types are iri, text,
date, integer, decimal and boolean.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from reasoner.errors import Problem, UsageError
from reasoner.rdf import Iri, Literal, is_iri, term_text
from reasoner.store.guard import guard
from reasoner.store.tokens import COMMENT, SPACE, VARIABLE, tokens
from reasoner.terms import XSD

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from reasoner.rdf import Term

_PARAMETER = re.compile(
    r"param\s+\$(?P<name>\w+)\s*:\s*(?P<type>\w+)\s*(?:=\s*(?P<default>\S+)\s*)?(?:-\s+(?P<says>.*))?"
)


@dataclass(frozen=True, slots=True)
class Parameter:
    """A value that a question takes."""

    name: str
    type: str
    default: str | None
    says: str


@dataclass(frozen=True, slots=True)
class Question:
    """A query with its question and parameters."""

    name: str
    text: str
    asks: str
    parameters: tuple[Parameter, ...]


def question(name: str, text: str) -> Question:
    """The question in a query's text. Raises `UsageError` for one that may not be asked or that heads itself badly."""
    guard(text, name)
    asks: list[str] = []
    parameters: list[Parameter] = []
    for line in _header(text):
        if not line.startswith("param"):
            if not parameters:
                asks.append(line)
            continue
        found = _PARAMETER.fullmatch(line)
        if found is None or found["type"] not in TYPES:
            fix = f"Write: # param $name: type = default - what it is. The types are {', '.join(TYPES)}."
            raise UsageError(Problem("bad-parameter", name, None, f"This is no parameter: {line}", fix))
        parameters.append(Parameter(found["name"], found["type"], _default(found["default"]), found["says"] or ""))
    return Question(name, text, " ".join(asks), tuple(parameters))


def _default(stated: str | None) -> str | None:
    """A default; an empty one is written as two quotation marks."""
    return "" if stated == '""' else stated


def _header(text: str) -> Sequence[str]:
    """The comment lines before anything else."""
    found = []
    for token in tokens(text):
        if token.kind == COMMENT:
            found.append(token.text.lstrip("#").strip())
        elif token.kind != SPACE:
            break
    return [line for line in found if line]


def bound(asked: Question, given: Sequence[str], prefixes: Mapping[str, str]) -> str:
    """The query with its parameters' values (``name=value``) in their places, each as one term whatever is in it.

    Raises `UsageError` for a value that is missing, is not of its type, or belongs to no parameter.
    """
    values = dict(_split(item, asked) for item in given)
    terms: dict[str, str] = {}
    for parameter in asked.parameters:
        value = values.get(parameter.name, parameter.default)
        if value is None:
            words, fix = f"{asked.name} needs ${parameter.name}: {parameter.says}", f"Add --param {parameter.name}=..."
            raise UsageError(Problem("no-parameter", "--param", None, words, fix))
        terms["$" + parameter.name] = f" {term_text(_term(parameter, value, prefixes))} "
    return "".join(terms.get(t.text, t.text) if t.kind == VARIABLE else t.text for t in tokens(asked.text))


def _split(item: str, asked: Question) -> tuple[str, str]:
    name, equals, value = item.partition("=")
    known = [parameter.name for parameter in asked.parameters]
    if not equals or name not in known:
        takes = f"It takes {', '.join(known)}." if known else "It takes none: declare it, # param $name: text"
        words = f"{item[:60]!r} is no parameter of {asked.name}."
        raise UsageError(Problem("no-such-parameter", "--param", None, words, takes))
    return name, value


def _term(parameter: Parameter, value: str, prefixes: Mapping[str, str]) -> Term:
    try:
        return TYPES[parameter.type](value, prefixes)
    except ValueError:
        words = f"{value[:60]!r} is not of type {parameter.type}."
        fix = f"Give ${parameter.name} {_FORMS[parameter.type]}."
        raise UsageError(Problem("bad-value", "--param", None, words, fix)) from None


def _iri(value: str, prefixes: Mapping[str, str]) -> Term:
    prefix, colon, local = value.partition(":")
    found = prefixes[prefix] + local if colon and prefix in prefixes else value.removeprefix("<").removesuffix(">")
    if not is_iri(found):
        raise ValueError
    return Iri(found)


def _day(value: str, _: Mapping[str, str]) -> Term:
    return Literal(date.fromisoformat(value).isoformat(), XSD.date)


def _formed(form: str, datatype: Iri) -> Callable[[str, Mapping[str, str]], Term]:
    def read(value: str, _: Mapping[str, str]) -> Term:
        if not re.fullmatch(form, value, re.ASCII):
            raise ValueError
        return Literal(value, datatype)

    return read


TYPES: Mapping[str, Callable[[str, Mapping[str, str]], Term]] = {
    "iri": _iri,
    "text": lambda value, _: Literal(value),
    "date": _day,
    "integer": _formed(r"[+-]?\d{1,18}", XSD.integer),
    "decimal": _formed(r"[+-]?\d{1,18}(\.\d{1,18})?", XSD.decimal),
    "boolean": _formed("true|false", XSD.boolean),
}
_FORMS = {
    "iri": "an IRI or a prefixed name, such as determination:NotMet",
    "text": "a text",
    "date": "a day, such as 2024-11-04",
    "integer": "a whole number",
    "decimal": "a number, such as 0.5",
    "boolean": "true or false",
}
