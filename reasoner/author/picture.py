"""The logic of an edition as a picture: boxes from above down, drawn as inline SVG. No I/O.

Each group is a gate from which a line leads to its members: unbroken where all are asked for, broken where one of
several is enough.
"""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from reasoner.guideline.edition import Operator
from reasoner.terms import GUIDELINE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reasoner.guideline.edition import Edition, Node
    from reasoner.ontology import Ontology

INDENT, GAP, LINE, PADDING, LETTER, COLUMNS = 26, 9, 18, 8, 8, 34


@dataclass(frozen=True, slots=True)
class Box:
    """A node of the logic with its place in the picture."""

    node: Node
    depth: int
    top: int
    notation: str
    """What the first line begins with."""
    lines: tuple[str, ...]
    gate: str
    """The operator in words; empty for a criterion."""
    beside: str
    """How it stands to the node above, where it is no member: its waiver or its condition."""
    style: str

    @property
    def left(self) -> int:
        return self.depth * INDENT + 1

    @property
    def height(self) -> int:
        return len(self.lines) * LINE + 2 * PADDING

    @property
    def gate_width(self) -> int:
        return round(len(self.tag) * LETTER + 14) if self.tag else 0

    @property
    def tag(self) -> str:
        """What stands before the label."""
        return " · ".join(filter(None, (self.beside, self.gate)))

    @property
    def width(self) -> int:
        return round(max(map(len, self.lines)) * LETTER) + 2 * PADDING + self.gate_width + 4

    @property
    def middle(self) -> int:
        return self.top + self.height // 2


def operator_words(node: Node, ontology: Ontology) -> str:
    """How a group joins its members, such as ``all of``; nothing for a criterion."""
    if node.operator is None:
        return ""
    word = ontology.label(GUIDELINE[node.operator.value])
    return f"{word} {node.count} {ontology.label(GUIDELINE.of)}" if node.operator is Operator.AT_LEAST else word


def picture(root: Node, edition: Edition, ontology: Ontology) -> str:
    """The logic as an SVG element that needs nothing from outside."""
    boxes = list(_boxes(root, edition, ontology, depth=0, top=1, beside=""))
    width = max(box.left + box.width for box in boxes) + 1
    height = boxes[-1].top + boxes[-1].height + 1
    links = "".join(_links(boxes))
    drawn = "".join(map(_drawn, boxes))
    return (
        f'<svg class="picture" role="group" aria-labelledby="section-picture" preserveAspectRatio="xMinYMin" '
        f'viewBox="0 0 {width} {height}" width="{width}" height="{height}">{links}{drawn}</svg>'
    )


def _boxes(node: Node, edition: Edition, ontology: Ontology, *, depth: int, top: int, beside: str) -> Iterator[Box]:
    stated = edition.criteria.get(node.iri) or edition.groups[node.iri]
    style = "group" if node.operator else stated.requirement.value
    lines = _lines(stated.notation, stated.label)
    box = Box(node, depth, top, stated.notation, lines, operator_words(node, ontology), beside, style)
    yield box
    top = box.top + box.height + GAP
    for below, how in _below(node, ontology):
        for drawn in _boxes(below, edition, ontology, depth=depth + 1, top=top, beside=how):
            yield drawn
            top = drawn.top + drawn.height + GAP


def _lines(notation: str, label: str) -> tuple[str, ...]:
    """Notation and label in one line where they fit, else the notation in a line of its own."""
    together = f"{notation}  {label}".strip()
    if len(together) <= COLUMNS:
        return (together,)
    return tuple(filter(None, (*textwrap.wrap(notation, COLUMNS), *textwrap.wrap(label, COLUMNS))))


def _below(node: Node, ontology: Ontology) -> Iterator[tuple[Node, str]]:
    for member in node.members:
        yield member, ""
    for below, term in ((node.unless, GUIDELINE.unless), (node.when, GUIDELINE.when)):
        if below:
            yield below, ontology.label(term)


def _links(boxes: list[Box]) -> Iterator[str]:
    """A line from each group to each of its members."""
    for at, parent in enumerate(boxes):
        x = parent.left + INDENT // 2
        for child in boxes[at + 1 :]:
            if child.depth <= parent.depth:
                break
            if child.depth == parent.depth + 1:
                kind = "beside" if child.beside else str(parent.node.operator)
                yield (
                    f'<path class="link {kind}" d="M{x} {parent.top + parent.height} V{child.middle} H{child.left}"/>'
                )


def _drawn(box: Box) -> str:
    x = box.left + box.gate_width + PADDING + 2
    first = box.middle - (len(box.lines) - 1) * LINE / 2 + 5
    words = "".join(
        f'<text x="{x}" y="{first + number * LINE:g}">{_line(line, "" if number else box.notation)}</text>'
        for number, line in enumerate(box.lines)
    )
    gate = ""
    if box.tag:
        gate = (
            f'<rect class="gate" x="{box.left}" y="{box.top}" width="{box.gate_width}" height="{box.height}" rx="6"/>'
            f'<text class="gate" x="{box.left + 7}" y="{box.middle + 5}">{escape(box.tag)}</text>'
        )
    frame = (
        f'<rect class="box {box.style}" x="{box.left}" y="{box.top}" width="{box.width}" height="{box.height}" rx="6"/>'
    )
    return f'<a href="#{escape(_anchor(box))}">{frame}{gate}{words}</a>'


def _line(line: str, notation: str) -> str:
    if notation and line.startswith(notation):
        return f'<tspan class="notation">{escape(notation)}</tspan>{escape(line.removeprefix(notation))}'
    return escape(line)


def _anchor(box: Box) -> str:
    return box.node.iri.rstrip("/").rpartition("/")[2]
