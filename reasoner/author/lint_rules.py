"""What lint asks of an edition, in the words of shapes/lint.ttl."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from reasoner.data import folder
from reasoner.lines import places
from reasoner.rdf import Graph, Iri, Literal, triples
from reasoner.terms import BASE, GUIDELINE, SH, A, Namespace, local_name
from reasoner.vocabulary import prefixed

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from reasoner.ontology import Ontology

LINT = Namespace(BASE + "lint#")


class Level(StrEnum):
    """How grave a finding is: an edition with an error must not be published."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule, with its words and examples."""

    code: str
    level: Level
    message: str
    fix: str
    why: str
    bad: str
    good: str


class Fault(NamedTuple):
    """One broken rule; ``at`` is the term on whose line it stands, within the statements about the subject."""

    code: str
    subject: Iri
    at: Iri | None = None
    words: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Draft:
    """An edition as its author wrote it, whether or not it may be used."""

    path: Path
    file: str
    content: bytes
    graph: Graph
    ontology: Ontology
    holders: Mapping[Iri, Iri] = field(hash=False)
    """The subject in whose statement each blank node stands."""

    @property
    def inside_shapes(self) -> bool:
        """Whether the file stands where guidelines are looked for: shapes/<authority>/<guideline>/<edition>.ttl."""
        return self.path.resolve().parts[-4:-3] == ("shapes",)

    @property
    def edition(self) -> Iri:
        """The edition, else nothing."""
        return next(iter(self.graph.subjects(A, GUIDELINE.Edition)), Iri(""))

    def owner(self, subject: Iri) -> Iri:
        """The named subject in whose statement a blank node stands."""
        seen: set[Iri] = set()
        while subject.startswith("_:") and subject in self.holders and subject not in seen:
            seen.add(subject)
            subject = self.holders[subject]
        return subject

    def name(self, term: Iri) -> str:
        """The term as the file writes it."""
        return "an inline shape" if term.startswith("_:") else prefixed(term, places(self.content).prefixes)

    def fault(self, code: str, subject: Iri, at: Iri | None = None, /, **words: str) -> Fault:
        """A broken rule with the values of its placeholders."""
        return Fault(code, self.owner(subject), at, tuple(sorted(words.items())))


def draft(path: Path, file: str, content: bytes, ontology: Ontology) -> Draft:
    """The edition in a file. Raises `SyntaxFault` where it is not Turtle."""
    graph = Graph(triples(content, ".ttl"))
    linked = [(t.object, t.subject) for t in sorted(graph, key=str) if not isinstance(t.object, Literal)]
    return Draft(path, file, content, graph, ontology, {o: s for o, s in linked if o.startswith("_:")})


@cache
def stated() -> Graph:
    """Everything in shapes/lint.ttl: the rules with their words, and the shapes and lists of terms among them."""
    return Graph(triples((folder("shapes") / "lint.ttl").read_bytes(), ".ttl"))


@cache
def rules() -> Mapping[str, Rule]:
    """Every rule by its code, in the order of the codes."""
    return {rule.code: rule for rule in sorted(map(_rule, stated().subjects(A, GUIDELINE.LintRule)), key=_code)}


def _code(rule: Rule) -> str:
    return rule.code


def _rule(iri: Iri) -> Rule:
    text = stated().text
    level = Level.WARNING if stated().iri(iri, SH.severity) == SH.Warning else Level.ERROR
    return Rule(
        code_of(iri), level, text(iri, SH.message), text(iri, GUIDELINE.fix), text(iri, GUIDELINE.why),
        text(iri, GUIDELINE.bad), text(iri, GUIDELINE.good),
    )  # fmt: skip


def code_of(rule: Iri) -> str:
    """The code of a rule: its name in lower case, with hyphens."""
    return re.sub(r"(?<!^)(?=[A-Z])", "-", local_name(rule)).lower()


def filled(text: str, words: Mapping[str, str]) -> str:
    """A message with its placeholders filled."""
    return re.sub(r"\{\?(\w+)\}", lambda match: words[match[1]], text)
