"""The classes of a store and the properties between them as a picture (SVG): the same store gives the same bytes."""

from __future__ import annotations

import textwrap
from html import escape
from typing import TYPE_CHECKING

from reasoner.store.description.layout import HEAD, LINE, WIDTH, layout, listed
from reasoner.vocabulary import prefixed, split

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from reasoner.ontology import Ontology
    from reasoner.rdf import Iri
    from reasoner.store.description.layout import Box, Panel
    from reasoner.store.description.schema import Kind

FONT = 'font-family="Helvetica, Arial, sans-serif" font-size="12"'
INK, FAINT, PANEL, EDGE = "#1f2430", "#6b7280", "#f4f5f7", "#d5d9e0"
COLOURS = ("#1f5fa8", "#8a4b08", "#2f6f3e", "#7a3b8f", "#a1263a", "#0f6b75", "#5a5a5a", "#9a6a00", "#3d4a8a")
"""Dark enough for white letters; namespaces take them in their order."""
MARGIN, LEGEND, BULGE, LIST_LETTERS = 24, 40, 46, 235


def picture(kinds: Mapping[Iri, Kind], statements: Mapping[Iri, int], ontology: Ontology) -> str:
    """The picture of classes in the panels of their graphs, whose statements are told beside their names."""
    panels, values = layout(kinds), listed(kinds)
    boxes = [box for panel in panels for box in panel.boxes]
    shown = [*(iri for box in boxes for iri in box.names), *(kind.iri for found in values.values() for kind in found)]
    spaces = sorted({split(iri)[0] for iri in shown})
    colours = {space: COLOURS[number % len(COLOURS)] for number, space in enumerate(spaces)}
    width = max(panel.left + WIDTH for panel in panels) + 2 * MARGIN + BULGE
    bottom = max(panel.top + panel.height for panel in panels) + 20
    named = [line for graph, found in values.items() for line in _named(graph, found, ontology, colours)]
    height = bottom + LINE * len(named) + LEGEND + 2 * MARGIN
    at = {iri: box for box in boxes for iri in box.names}
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" {FONT} fill="{INK}">',
        "<title>The classes of a store and the properties between them</title>",
        f"<defs>{''.join(_arrow(colour) for colour in sorted(set(colours.values())))}</defs>",
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
        *_legend(colours),
        f'<g transform="translate({MARGIN} {MARGIN + LEGEND})">',
        *(_panel(panel, statements, ontology) for panel in panels),
        *(link for box in boxes for link in _links(box, at, colours)),
        *(piece for box in boxes for piece in _box(box, colours)),
        *(line.format(y=bottom + LINE * number) for number, line in enumerate(named)),
        "</g>",
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _legend(colours: Mapping[str, str]) -> Iterator[str]:
    x = MARGIN
    for space, colour in colours.items():
        name = prefixed(f"{space}x", {}).removesuffix("x")
        yield f'<rect x="{x}" y="{MARGIN - 4}" width="14" height="14" rx="3" fill="{colour}"/>'
        yield f'<text x="{x + 20}" y="{MARGIN + 8}">{escape(name)}</text>'
        x += 44 + 7 * len(name)


def _arrow(colour: str) -> str:
    return (
        f'<marker id="to-{colour[1:]}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" '
        f'orient="auto"><path d="M0 0.5L8 4L0 7.5z" fill="{colour}"/></marker>'
    )


def _panel(panel: Panel, statements: Mapping[Iri, int], ontology: Ontology) -> str:
    return (
        f'<rect x="{panel.left - 12}" y="{panel.top}" width="{WIDTH + 24}" height="{panel.height}" rx="8" '
        f'fill="{PANEL}"/><text x="{panel.left}" y="{panel.top + 21}" font-weight="bold">'
        f"{_graph(panel.graph, statements, ontology)}</text>"
    )


def _graph(graph: Iri, statements: Mapping[Iri, int], ontology: Ontology) -> str:
    number = f'<tspan dx="6" font-weight="normal" fill="{FAINT}">{statements.get(graph, 0):,} statements</tspan>'
    return escape(ontology.label(graph)) + number


def _box(box: Box, colours: Mapping[str, str]) -> Iterator[str]:
    x, y = box.left, box.top
    yield f'<rect x="{x}" y="{y}" width="{WIDTH}" height="{box.height}" rx="4" fill="#ffffff" stroke="{EDGE}"/>'
    for name in box.names:
        colour, words = colours[split(name)[0]], escape(prefixed(name, {}))
        yield f'<rect x="{x}" y="{y}" width="{WIDTH}" height="{HEAD}" rx="4" fill="{colour}"/>'
        yield f'<text x="{x + 9}" y="{y + 16}" fill="#ffffff" font-weight="bold">{words}</text>'
        y += HEAD
    number = f"{box.kind.number:,}"
    yield f'<text x="{x + WIDTH - 9}" y="{box.top + 16}" fill="#ffffff" text-anchor="end">{number}</text>'
    y += LINE - 2
    for row in box.rows:
        for line in row.lines:
            yield f'<text x="{x + 9}" y="{y}" fill="{FAINT if row.values else INK}">{_spaced(line)}</text>'
            y += LINE


def _spaced(line: str) -> str:
    indent = len(line) - len(line.lstrip())
    return "\u00a0" * indent + escape(line.lstrip())


def _links(box: Box, at: Mapping[Iri, Box], colours: Mapping[str, str]) -> Iterator[str]:
    y = box.top + HEAD * len(box.names) + LINE - 6
    for row in box.rows:
        for end in row.ends:
            if at[end] is not box:
                yield _link(box, y, at[end], colours[split(box.kind.iri)[0]])
        y += LINE * len(row.lines)


def _link(start: Box, y: int, end: Box, colour: str) -> str:
    there = end.top + HEAD // 2
    if start.left == end.left:
        x = start.left + WIDTH
        path = f"M{x} {y}C{x + BULGE} {y} {x + BULGE} {there} {x + 2} {there}"
    else:
        right = end.left > start.left
        x, to = (start.left + WIDTH, end.left - 2) if right else (start.left, end.left + WIDTH + 2)
        bend = max(abs(to - x) // 2, BULGE) * (1 if right else -1)
        path = f"M{x} {y}C{x + bend} {y} {to - bend} {there} {to} {there}"
    return f'<path d="{path}" fill="none" stroke="{colour}" stroke-opacity="0.6" marker-end="url(#to-{colour[1:]})"/>'


def _named(graph: Iri, kinds: Sequence[Kind], ontology: Ontology, colours: Mapping[str, str]) -> Iterator[str]:
    """Lines with the classes of a graph that have no box, each with its number; ``{y}`` is where a line stands."""
    yield f'<text x="0" y="{{y}}" font-weight="bold">{escape(ontology.label(graph))}</text>'
    by_space: dict[str, list[str]] = {}
    for kind in kinds:
        by_space.setdefault(split(kind.iri)[0], []).append(f"{prefixed(kind.iri, {})}\u00a0{kind.number:,}")
    for space, names in sorted(by_space.items()):
        for line in textwrap.wrap("   ".join(names), LIST_LETTERS, break_long_words=False, replace_whitespace=False):
            yield f'<text x="0" y="{{y}}" fill="{colours[space]}" xml:space="preserve">{escape(line)}</text>'
