"""What cases are put together from: plain values of text and numbers, which cross from process to process."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from reasoner.synthetic.words import Breakage


class Part(NamedTuple):
    """One finding, or a thing that a finding names, as it is written."""

    stem: str
    """What its name begins with."""
    stated: tuple[str, ...]
    """Predicate and object in N-Quads, one statement each."""
    dates: tuple[tuple[str, int], ...]
    """Predicate, and the days from the request."""
    links: tuple[tuple[str, int], ...]
    """Predicate, and the place of the part that it names."""
    phrase: str
    """What it says in words: ``{0}`` is where, ``{1}`` and so on are its dates. Empty for what is no finding."""


class Variant(NamedTuple):
    """A finding with all that belongs to it, in one of the ways in which it can be written."""

    candidate: int
    document: int
    second: int
    """The kind of document that holds it, and the one that holds it where another document disagrees."""
    parts: tuple[Part, ...]
    located: bool
    state: int
    """Its number where another dated finding might end it, else below zero."""


class Placed(NamedTuple):
    """A candidate at requested segments, by their place from above down."""

    candidate: int
    sites: tuple[int, ...]
    disagrees: bool
    """Whether it is a second opinion."""


Piece = tuple[Placed, ...]


class Cluster(NamedTuple):
    """Criteria that are answered together: each way to answer them, and the findings that do."""

    wished: int
    rest: int
    """Which of the options helps the request most, and which says least."""
    weights: tuple[float, ...]
    """Running sums."""
    options: tuple[tuple[Piece, ...], ...]
    lacking: tuple[tuple[int, ...], ...]
    """For each option the criteria that are not as the request would wish."""


class Extent(NamedTuple):
    """A request of so many segments, at each of the places where it can lie."""

    segments: int
    places: tuple[tuple[str, str, tuple[str, ...], tuple[str, ...]], ...]
    """Upper level, lower level, the segments requested, and those nearby that are not."""
    weights: tuple[float, ...]
    clusters: tuple[Cluster, ...]


class Stock(NamedTuple):
    """Everything that cases of one edition are put together from."""

    folder: str
    path: str
    notation: str
    label: str
    jurisdiction: str
    """Whose ladder leads to the edition; empty where it is asked for by name."""
    first: int
    last: int
    """Between which days the utilization review decides."""
    days: tuple[tuple[str, int], ...]
    """Dates of the request, in days from it."""
    as_of: int
    procedure: tuple[str, ...]
    levels: tuple[str, str] | None
    named: tuple[tuple[str, Variant], ...]
    extents: tuple[Extent, ...]
    extent_weights: tuple[float, ...]
    stories: tuple[tuple[bool, ...], ...]
    """For each way to claim necessity, which clusters it claims."""
    variants: tuple[tuple[Variant, ...], ...]
    derived: tuple[int, ...]
    """For each candidate, what is derived from it and others of its sort; zero for nothing."""
    movable: tuple[int, ...]
    """The candidates that answer nothing away from the requested segments."""
    irrelevant: tuple[Variant, ...]
    clashes: frozenset[tuple[int, int]]
    grounds: tuple[tuple[tuple[str, ...], ...], ...]
    """For each criterion, the grounds that a denial may give, as statements."""
    sites: dict[str, tuple[str, str, str]]
    """For each segment its name among clinicians, its upper and its lower level."""


# ---------------------------------------------------------------- What is put together


class Paper(NamedTuple):
    """A chart document of a case, with its sentences in order."""

    name: str
    kind: int
    label: str
    day: int
    opening: str
    sentences: list[str]


class Chosen(NamedTuple):
    """What a case was made of, so that its answers can be foretold."""

    stock: int
    extent: int
    placed: tuple[tuple[int, tuple[int, ...]], ...]
    """The candidates that count, each with its segments by their place in the request."""
    exact: bool
    """Whether the answers can be foretold from these alone."""


class Made(NamedTuple):
    """A synthetic case."""

    name: str
    quads: str
    """Its statements in N-Quads, together with no other."""
    papers: list[Paper]
    chosen: Chosen
    breakage: Breakage | None
