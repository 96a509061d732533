"""What the shapes of two editions demand of a finding, compared demand by demand."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from reasoner.author.demands import Demand, demands
from reasoner.author.diff_change import Change
from reasoner.terms import GUIDELINE, SH

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from reasoner.author.diff_change import Side
    from reasoner.ontology import Ontology

SIDES = {SH.qualifiedValueShape: "supporting", GUIDELINE.raisedBy: "raising", GUIDELINE.contraryShape: "contrary"}
_Place = tuple[str, ...]
_Demands = dict[_Place, set[Demand]]


def demanded(names: Mapping[str, str], old: Side, new: Side, ontology: Ontology) -> Iterator[Change]:
    """What each criterion or caution that is in both editions asks of findings otherwise than before."""
    for was, now in names.items():
        before, after = (_demands(s, n, ontology) for s, n in ((old, was), (new, now)))
        lines, label = (old.line(old.things[was]), new.line(new.things[now])), new.label(now)
        if before != after and _swapped(before) == after:
            yield Change("demand", now, label, "supporting and contrary shape swapped", "", "", *lines)
            continue
        moved: dict[tuple[str, str], list[_Place]] = {}
        for place, gone, came in _differences(before, after):
            if len(gone) == len(came) == 1 and place[-1] in ("lower bound", "upper bound"):
                moved.setdefault(_shift(*gone, *came), []).append(place)
            else:
                texts = [" , ".join(sorted(d.said for d in side)) for side in (gone, came)]
                yield Change("demand", now, label, f"{' > '.join(place[:-1])}: {place[-1]}", texts[0], texts[1], *lines)
        for (one, other), at in moved.items():
            yield Change("threshold", now, label, f"threshold moved ({_threshold(at)})", one, other, *lines)


def _differences(before: _Demands, after: _Demands) -> Iterator[tuple[_Place, set[Demand], set[Demand]]]:
    """Where the demands differ; what is within an alternative that came or went as a whole is not told again."""
    whole: list[_Place] = []
    for place in sorted({*before, *after}, key=lambda p: (len(p), p)):
        gone, came = (
            before.get(place, set()) - after.get(place, set()),
            after.get(place, set()) - before.get(place, set()),
        )
        if any(place[: len(arm)] == arm for arm in whole) or not (gone or came):
            continue
        if place[-1] in ("one of", "all of"):
            whole += [(*place[:-1], f"{place[-1]} {d.said}") for d in (*gone, *came)]
        yield place, gone, came


def _swapped(found: _Demands) -> _Demands:
    """The demands with those of the supporting (or raising) and of the contrary shape in each other's place."""
    first = next((p[0] for p in found if not p[0].startswith("contrary")), "")
    other = {first: "contrary shape", "contrary shape": first}
    return {
        (other[place[0]], *place[1:]): {replace(d, place=(other[d.place[0]], *d.place[1:])) for d in held}
        for place, held in found.items()
    }


def _shift(old: Demand, new: Demand) -> tuple[str, str]:
    """Two bounds, with how they are compared where that differs."""
    compared = [d.said.removesuffix(d.bound) for d in (old, new)]
    return (old.bound, new.bound) if compared[0] == compared[1] else (old.said, new.said)


def _threshold(places: list[_Place]) -> str:
    """The properties that a bound is set for, and in which of the shapes."""
    properties = sorted({place[-2] for place in places})
    sides = dict.fromkeys(place[0].removesuffix(" shape") for place in sorted(places, reverse=True))
    return f"{', '.join(properties)}; {' and '.join(sides)}"


def _demands(side: Side, name: str, ontology: Ontology) -> _Demands:
    found: _Demands = {}
    for predicate, word in SIDES.items():
        for shape in side.edition.graph.iris(side.things[name], predicate):
            for demand in demands(shape, (f"{word} shape",), side.edition.graph, side.text, ontology):
                found.setdefault((*demand.place, demand.component), set()).add(demand)
    return found
