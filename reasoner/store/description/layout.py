"""Where the classes of a store stand in its picture: boxes in panels, one for each kind of graph, panels in columns."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from reasoner.terms import CORE, DETERMINATION, GUIDELINE, OWL, STORE, local_name
from reasoner.vocabulary import prefixed, split

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from reasoner.rdf import Iri
    from reasoner.store.description.schema import Field, Kind

COLUMNS = (
    (STORE.Case, STORE.Contrasts, STORE.Refusal),
    (STORE.Facts,),
    (CORE.ChartDocument, STORE.DerivedFacts),
    (DETERMINATION.Determination, STORE.ValidationReport),
    (GUIDELINE.Edition, GUIDELINE.Ladder),
)
"""The kinds of graphs from left to right; one that is not named stands below the first."""
KNOWLEDGE = (GUIDELINE.Edition, GUIDELINE.Ladder, OWL.Ontology)
"""The kinds of graphs that hold no case. Of their classes those have boxes to which something of a case leads."""
LISTED = OWL.Ontology
"""Its classes never have: they are values."""
WIDTH, GAP, LETTERS = 248, 72, 40
LINE, HEAD, PAD, BETWEEN, TITLE = 16, 24, 7, 14, 34
MOST_ENDS = 3
"""A property that leads to more classes has no arrows; they are named beside it."""
MOST_LINES = 2
"""Lines of one row of a box."""
SWEEPS = 8


class Row(NamedTuple):
    """A property of a class, or the values of one datatype that it has."""

    lines: tuple[str, ...]
    """The first begins with what the row is about, which ends at the first blank."""
    ends: tuple[Iri, ...]
    """Classes to which arrows lead."""
    values: bool


@dataclass(frozen=True, slots=True)
class Box:
    """A class in its place."""

    kind: Kind
    names: tuple[Iri, ...]
    """Several where classes have the same things."""
    rows: tuple[Row, ...]
    left: int = 0
    top: int = 0

    @property
    def height(self) -> int:
        lines = sum(len(row.lines) for row in self.rows)
        return HEAD * len(self.names) + (lines * LINE + PAD if lines else 0)


class Panel(NamedTuple):
    """The boxes of a kind of graph."""

    graph: Iri
    left: int
    top: int
    height: int
    boxes: tuple[Box, ...]


def layout(kinds: Mapping[Iri, Kind]) -> list[Panel]:
    """Panels with boxes that do not overlap, ordered so that arrows are short."""
    boxes = list(_boxes(_drawn(kinds)))
    columns = [[b for b in boxes if _column(b.kind.home) == number] for number in range(len(COLUMNS))]
    placed = [_placed(number, column) for number, column in enumerate(columns)]
    for sweep in range(SWEEPS):
        order = range(len(placed)) if sweep % 2 else reversed(range(len(placed)))
        for number in order:
            pull = _pulls(placed)
            placed[number] = _placed(number, sorted(columns[number], key=lambda box: _rank(box, pull)))
    return [panel for column in placed for panel in column]


def listed(kinds: Mapping[Iri, Kind]) -> dict[Iri, list[Kind]]:
    """The classes of each graph that are only listed; of the ontology's those that a property of a box leads to."""
    drawn = _drawn(kinds)
    ends = {end for kind in drawn.values() for field in kind.fields for end in field.classes}
    left = [kind for iri, kind in kinds.items() if iri not in drawn and (kind.home != LISTED or iri in ends)]
    return {graph: [kind for kind in left if kind.home == graph] for graph in KNOWLEDGE}


def _drawn(kinds: Mapping[Iri, Kind]) -> dict[Iri, Kind]:
    of_cases = {iri: kind for iri, kind in kinds.items() if kind.home not in KNOWLEDGE}
    ends = {end for kind in of_cases.values() for field in kind.fields for end in field.classes}
    return {iri: kind for iri, kind in kinds.items() if iri in of_cases or (iri in ends and kind.home != LISTED)}


def _rank(box: Box, pull: Mapping[Iri, float]) -> tuple[bool, float, Iri]:
    """What the graph is called after stands first, then what is joined with what stands high."""
    return box.kind.home not in box.names, pull.get(box.kind.iri, 0.0), box.kind.iri


def _column(graph: Iri) -> int:
    return next((number for number, graphs in enumerate(COLUMNS) if graph in graphs), 0)


def _boxes(drawn: Mapping[Iri, Kind]) -> Iterator[Box]:
    """A box for each class, or for those of which exactly the same is said."""
    same: dict[object, list[Iri]] = {}
    for iri, kind in drawn.items():
        same.setdefault((kind.number, kind.fields) if kind.fields else iri, []).append(iri)
    first = {iri: names[0] for names in same.values() for iri in names}
    for names in same.values():
        kind = drawn[names[0]]
        yield Box(kind, tuple(names), tuple(_rows(kind, first)))


def _rows(kind: Kind, first: Mapping[Iri, Iri]) -> Iterator[Row]:
    space = split(kind.iri)[0]
    for field in kind.fields:
        if field.classes or not field.datatypes:
            yield _row(field, space, first)
    by_type: dict[str, list[str]] = {}
    for field in kind.fields:
        if field.datatypes:
            types = "/".join(local_name(datatype) for datatype in field.datatypes)
            by_type.setdefault(types, []).append(_short(field.property, space))
    for types, names in sorted(by_type.items()):
        yield Row(_wrapped(f"{types}: {', '.join(names)}"), (), values=True)


def _row(field: Field, space: str, first: Mapping[Iri, Iri]) -> Row:
    ends = tuple(dict.fromkeys(first.get(end, end) for end in field.classes))
    words = ", ".join(local_name(end) for end in ends) or "IRI"
    boxes = tuple(end for end in ends if end in first)
    lines = _wrapped(f"{_short(field.property, space)} → {words}")
    return Row(lines, boxes if len(boxes) <= MOST_ENDS else (), values=False)


def _wrapped(text: str) -> tuple[str, ...]:
    lines = textwrap.wrap(text, LETTERS, subsequent_indent="  ", max_lines=MOST_LINES, placeholder=" …")
    return tuple(lines)


def _short(iri: Iri, space: str) -> str:
    return local_name(iri) if iri.startswith(space) else prefixed(iri, {})


def _placed(column: int, boxes: Sequence[Box]) -> list[Panel]:
    left, top, panels = column * (WIDTH + GAP), 0, []
    found = {box.kind.home for box in boxes}
    for graph in [*(g for g in COLUMNS[column] if g in found), *sorted(found - set(COLUMNS[column]))]:
        inside, y = [], top + TITLE
        for box in boxes:
            if box.kind.home == graph:
                inside.append(replace(box, left=left, top=y))
                y += box.height + BETWEEN
        panels.append(Panel(graph, left, top, y - top, tuple(inside)))
        top = y + BETWEEN
    return panels


def _pulls(placed: Sequence[Sequence[Panel]]) -> dict[Iri, float]:
    """The mean height of what each class is joined with."""
    boxes = [box for column in placed for panel in column for box in panel.boxes]
    tops = {box.kind.iri: box.top + box.height / 2 for box in boxes}
    near: dict[Iri, list[float]] = {}
    for box in boxes:
        for row in box.rows:
            for end in row.ends:
                near.setdefault(box.kind.iri, []).append(tops[end])
                near.setdefault(end, []).append(tops[box.kind.iri])
    return {iri: sum(found) / len(found) for iri, found in near.items()}
