"""The statements of synthetic cases in N-Quads."""

from __future__ import annotations

from bisect import bisect
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING

from reasoner.dates import interval, spoken
from reasoner.rdf import Literal
from reasoner.synthetic.variants import quoted
from reasoner.terms import CORE, DCTERMS, RDFS, XSD, A

if TYPE_CHECKING:
    from collections.abc import Sequence
    from random import Random

    from reasoner.synthetic.model import Part, Variant
    from reasoner.synthetic.words import DocumentKind

DAY, MONTH, YEAR = 10, 7, 4
"""How much of a date is written."""
_TYPES = {DAY: XSD.date, MONTH: XSD.gYearMonth, YEAR: XSD.gYear}


def finding_lines(variant: Variant, case: str, paper: str, sites: Sequence[str], base: int) -> list[str]:
    """A finding by itself, without its words."""
    names = [f"{part.stem}-{n}" for n, part in enumerate(variant.parts)]
    parts = zip(variant.parts, names, strict=True)
    return [line for part, name in parts for line in part_lines(part, case, (name, paper, names), sites, base, DAY)]


def part_lines(
    part: Part, case: str, named: tuple[str, str, Sequence[str]], sites: Sequence[str], base: int, precision: int
) -> list[str]:
    """The statements of one part of a finding, but for its page and quote."""
    name, paper, names = named
    subject, graph = f"<{case}{name}>", f" <{case}{paper}> .\n"
    lines = [subject + stated + graph for stated in part.stated]
    for predicate, days in part.dates:
        lines.append(subject + predicate + dated(base + days, precision) + graph)
    for predicate, place in part.links:
        lines.append(f"{subject}{predicate}<{case}{names[place]}>{graph}")
    if part.phrase:
        lines += [f"{subject} <{CORE.site}> <{site}>{graph}" for site in sites]
    return lines


def paper_lines(kind: DocumentKind, case: str, name: str, label: str, day: int) -> list[str]:
    """The statements that list a chart document."""
    subject = f"<{case}{name}>"
    return [
        f"{subject} <{A}> <{kind.kind}> .\n",
        f"{subject} <{RDFS.label}> {quoted(label)} .\n",
        f"{subject} <{DCTERMS.date}> {dated(day, DAY)} .\n",
        f"{subject} <{CORE.authorRole}> <{kind.role}> .\n",
    ]


def pick(random: Random, sums: Sequence[float]) -> int:
    """A place in a list of running sums, by weight."""
    return bisect(sums, random.random() * sums[-1], 0, len(sums) - 1)


@lru_cache(maxsize=65536)
def dated(day: int, precision: int) -> str:
    """A day, month or year in N-Quads."""
    return f'"{date.fromordinal(day).isoformat()[:precision]}"^^<{_TYPES[precision]}>'


@lru_cache(maxsize=65536)
def said_of(day: int, precision: int) -> str:
    """A day, month or year as clinicians write it."""
    return spoken(interval(Literal(date.fromordinal(day).isoformat()[:precision], _TYPES[precision])))
