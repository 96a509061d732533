"""One edition of one guideline, as frozen values."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from reasoner.lines import line_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from reasoner.dates import Interval
    from reasoner.rdf import Graph, Iri


class Requirement(StrEnum):
    """What kind of condition a criterion is."""

    REQUIRED = "required"
    EXCLUSION = "exclusion"
    DOCUMENTATION = "documentation"
    GROUP = "group"


class SegmentRule(StrEnum):
    """At how many requested segments a criterion asked of each must hold."""

    ANY = "AnySegment"
    EVERY = "EverySegment"


class Operator(StrEnum):
    """How a group joins its members."""

    ALL = "allOf"
    ANY = "anyOf"
    NONE = "noneOf"
    AT_LEAST = "atLeast"


class Source(NamedTuple):
    """Where something is said: the publication, the place in it, and how that was checked."""

    title: str
    locator: str
    verification: str


class Remedy(NamedTuple):
    """What would answer a criterion, and who must do it."""

    iri: Iri
    phrase: str
    actor: str


class WitnessPhrase(NamedTuple):
    """A clause for findings of one kind."""

    iri: Iri
    kind: Iri
    phrase: str


@dataclass(frozen=True, slots=True)
class Criterion:
    """A criterion, duty or caution, as the edition states it."""

    iri: Iri
    name: str
    notation: str
    label: str
    source: Source
    requirement: Requirement
    looks_for: tuple[Iri, ...]
    target: Iri
    holds_for: SegmentRule | None
    supporting: Iri
    contrary: Iri | None
    both_means: Iri | None
    phrases: Mapping[str, str] = field(hash=False)
    witness_phrases: tuple[WitnessPhrase, ...]
    remedy: Remedy | None
    bounds: Mapping[str, str] = field(hash=False)
    """The number that the criterion's shapes compare each property with, by the property's local name."""


@dataclass(frozen=True)
class Node:
    """A node of the logic: a criterion where there is no operator, else a group of members."""

    iri: Iri
    operator: Operator | None = None
    members: tuple[Node, ...] = ()
    count: int = 0
    unless: Node | None = None
    when: Node | None = None

    def below(self) -> Iterator[Node]:
        """The node and all nodes under it, waivers and conditions included."""
        return iter(self._below)

    @cached_property
    def names(self) -> frozenset[Iri]:
        """The names of the node and of all nodes under it."""
        return frozenset(node.iri for node in self._below)

    @cached_property
    def _below(self) -> tuple[Node, ...]:
        under = (node for node in (*self.members, self.unless, self.when) if node)
        return (self, *(below for node in under for below in node.below()))


@dataclass(frozen=True, slots=True)
class Group:
    """What a group of the logic is called; with phrases it is answered like a criterion."""

    iri: Iri
    name: str
    notation: str
    label: str
    locator: str
    requirement: Requirement
    phrases: Mapping[str, str] = field(hash=False)
    remedy: Remedy | None


class Recommendation(NamedTuple):
    """What an edition recommends, in our words."""

    iri: Iri
    phrase: str
    locator: str
    encoded_by: tuple[Iri, ...]


class Omission(NamedTuple):
    """A place in the source that the edition does not encode, and why."""

    iri: Iri
    locator: str
    reason: str


class Policy(NamedTuple):
    """By what rule one of two contradictory findings prevails."""

    later_prevails: bool
    roles: tuple[Iri, ...]


class Span(NamedTuple):
    """The days on which something is in force; an open end has none."""

    first: Interval | None
    last: Interval | None

    def covers(self, day: Interval) -> bool:
        """Whether every day of the interval lies within."""
        return (self.first is None or self.first.first <= day.first) and (
            self.last is None or day.last <= self.last.last
        )


@dataclass(frozen=True, slots=True, eq=False)
class Edition:
    """One edition of one guideline."""

    iri: Iri
    file: str
    guideline: Iri
    label: str
    title: str
    notations: tuple[str, ...]
    source: Source
    in_force: Span
    notes: tuple[str, ...]
    scope: tuple[Iri, ...]
    excludes: tuple[Iri, ...]
    silent_on: tuple[Iri, ...]
    divisible: bool
    criteria: Mapping[Iri, Criterion]
    duties: tuple[Iri, ...]
    cautions: Mapping[Iri, Criterion]
    groups: Mapping[Iri, Group]
    logic: Node | None
    recommendations: tuple[Recommendation, ...]
    presents: tuple[WitnessPhrase, ...]
    policy: Policy | None
    omissions: tuple[Omission, ...]
    graph: Graph
    content: bytes
    sha256: str

    def line_of(self, iri: Iri) -> int | None:
        """The line of the file at which a criterion or shape stands."""
        return line_of(self.content, iri)
