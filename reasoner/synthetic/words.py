"""The rates, documents and words of synthetic cases, from ``reasoner/writing/templates/synthetic.toml``."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

from reasoner.data import PACKAGE
from reasoner.errors import KnowledgeBaseError, Problem
from reasoner.rdf import Iri
from reasoner.terms import BASE
from reasoner.vocabulary import is_ours

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from reasoner.ontology import Ontology

FILE = PACKAGE / "writing" / "templates" / "synthetic.toml"
TERM = re.compile(r"([a-z]+):([A-Za-z0-9-]+)")
Range = tuple[int, int]


@dataclass(frozen=True, slots=True)
class DocumentKind:
    """A kind of chart document: who writes it, what it holds and how it is worded."""

    name: str
    kind: Iri
    role: Iri
    labels: tuple[str, ...]
    holds: frozenset[Iri]
    second: str
    days: Range | None
    """How many days before the request it is written; nothing where it is dated as its findings."""
    study: Iri | None
    study_label: str
    opening: tuple[str, ...]
    frames: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Breakage:
    """One way to break a case: what the case then says instead, or where it ends."""

    what: str
    find: str
    put: str
    cut: bool


@dataclass(frozen=True, slots=True, eq=False)
class Words:
    """Everything that is chosen from, and how often."""

    notice: str
    rates: Mapping[str, Any] = field(hash=False)
    counts: Mapping[str, Any] = field(hash=False)
    segments: Mapping[Iri, float] = field(hash=False)
    request: Mapping[str, Any] = field(hash=False)
    patient: Mapping[str, Any] = field(hash=False)
    observed: tuple[int, ...]
    earlier: tuple[int, ...]
    numbers: Mapping[Iri, Mapping[Iri, Range]] = field(hash=False)
    documents: tuple[DocumentKind, ...]
    said: Mapping[str, Any] = field(hash=False)
    values: Mapping[Iri, str] = field(hash=False)
    texts: Mapping[Iri, tuple[str, ...]] = field(hash=False)
    breakages: tuple[Breakage, ...]

    def rate(self, name: str) -> float:
        """How often something happens."""
        return float(self.rates[name])


@cache
def words(ontology: Ontology) -> Words:
    """The packaged words. Raises `KnowledgeBaseError` for a term that the ontology does not have."""
    text = FILE.read_text(encoding="utf-8")
    told = tomllib.loads(text)
    unknown = sorted({term for term in _terms(told) if is_ours(term) and term not in ontology.declared})
    if unknown:
        name = unknown[0].rpartition("#")[2]
        line = next((n for n, row in enumerate(text.splitlines(), 1) if f":{name}" in row), None)
        said = f"{unknown[0]} is not a term of the ontology."
        raise KnowledgeBaseError(Problem("undeclared-term", FILE.name, line, said, "Mend its name."))
    return _words(told)


def _words(told: Mapping[str, Any]) -> Words:
    said = dict(told["words"])
    values, texts = said.pop("values"), said.pop("texts")
    request = dict(told["request"])
    return Words(
        notice=told["notice"], rates=told["rates"], counts=told["counts"],
        segments={term(name): weight for name, weight in request.pop("segments").items()}, request=request,
        patient=told["patient"], observed=tuple(told["dates"]["observed"]), earlier=tuple(told["dates"]["earlier"]),
        numbers={term(k): {term(p): tuple(r) for p, r in held.items()} for k, held in told["numbers"].items()},
        documents=tuple(_document(d) for d in told["document"]), said=said,
        values={term(name): template for name, template in values.items()},
        texts={term(name): tuple(choices) for name, choices in texts.items()},
        breakages=tuple(Breakage(b["what"], b["find"], b["put"], b.get("cut", False)) for b in told["breakage"]),
    )  # fmt: skip


def _document(told: Mapping[str, Any]) -> DocumentKind:
    return DocumentKind(
        name=told["name"], kind=term(told["class"]), role=term(told["role"]), labels=tuple(told["labels"]),
        holds=frozenset(map(term, told["holds"])), second=told["second"],
        days=tuple(told["days"]) if "days" in told else None,
        study=term(told["study"]) if "study" in told else None, study_label=told.get("study-label", ""),
        opening=tuple(told["opening"]), frames=tuple(told["frames"]),
    )  # fmt: skip


def term(name: str) -> Iri:
    """The IRI of a term that is written with the prefix of its ontology module."""
    module, _, local = name.partition(":")
    return Iri(f"{BASE}{module}#{local}")


def _terms(told: Any) -> Iterator[Iri]:
    """Every term that is named, as key or value; words that only look like one are in no module of ours."""
    if isinstance(told, dict):
        for key, value in told.items():
            if key != "breakage":
                yield from _terms(key)
                yield from _terms(value)
    elif isinstance(told, list):
        for value in told:
            yield from _terms(value)
    elif isinstance(told, str) and TERM.fullmatch(told):
        yield term(told)
