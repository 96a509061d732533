"""Small findings built from what a criterion's shapes ask for, so that an engine can try them on both shapes.

For each kind that the criterion looks for, every combination of what the shapes can tell apart: present or not,
each value asked for and one that is not, each number on, below and above a threshold, and for a count that is known
by its least and its most also those that straddle the threshold.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from itertools import product
from math import prod
from typing import TYPE_CHECKING

from reasoner.author.asked import Asked, asked
from reasoner.rdf import Graph, Iri, Literal, Term, Triple
from reasoner.terms import CORE, XSD, A, local_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from reasoner.guideline.edition import Criterion
    from reasoner.ontology import Ontology

FEW, MOST = 200, 3000
"""Beyond the first number of combinations only what is present or absent is tried, beyond the second nothing."""
LEAST_AND_MOST = ("AtLeast", "AtMost")
_OF_TYPE = {XSD.date: Literal("2020-01-01", XSD.date), XSD.boolean: Literal("true", XSD.boolean)}


Choice = tuple[Triple, ...]
"""What one option for a property states of ``SELF`` and of what it refers to."""
SELF = Iri("urn:candidate:self")


@dataclass(frozen=True, slots=True)
class Candidate:
    """One small finding."""

    iri: Iri
    kind: Iri
    counted: tuple[str, Decimal, Decimal] | None
    """The stem of the count or number that the candidate has, with its least and its most."""
    rest: tuple[int, ...]
    """Which options were chosen for everything else: candidates that differ in the count alone agree in it."""
    triples: tuple[Triple, ...]

    @property
    def values(self) -> Mapping[str, str]:
        """Its literal values, by the property's local name."""
        stated = [t for t in self.triples if t.subject == self.iri]
        return {local_name(p): value.value for _, p, value in stated if isinstance(value, Literal)}


def candidates(criterion: Criterion, graph: Graph, ontology: Ontology, name: str) -> list[Candidate] | None:
    """The findings to try on a criterion or caution, or nothing where there are too many."""
    shapes = [shape for shape in (criterion.supporting, criterion.contrary) if shape]
    named = asked(shapes, graph, ontology).classes
    kinds = sorted({*criterion.looks_for, *(k for k in named if _looked_for(k, criterion, ontology))})
    found: list[Candidate] = []
    for kind in kinds:
        parts = _parts(asked(shapes, graph, ontology, kind), ontology, (CORE.Present, CORE.Absent, CORE.Uncertain))
        if len(found) + _combinations(parts) > FEW:
            parts = _parts(asked(shapes, graph, ontology, kind), ontology, (CORE.Present, CORE.Absent))
        if len(found) + _combinations(parts) > MOST:
            return None
        found += _of_kind(kind, *parts, name=f"{name}/{local_name(kind)}", ontology=ontology)
    return found


_Count = tuple[str, Decimal, Decimal, Choice]
_Parts = tuple[list[list[Choice]], list[list[_Count]]]


def _parts(asks: Asked, ontology: Ontology, presences: Iterable[Iri]) -> _Parts:
    """The options for everything but counts and numbers, and those for each of these."""
    asks.below.setdefault(CORE.presence, Asked()).values.update(presences)
    counts, others = _parted(asks, ontology)
    options = [_options(path, asks.below[path], ontology) for path in others]
    return options, [list(_counted(stem, bounds, ontology)) for stem, bounds in sorted(counts.items())]


def _combinations(parts: _Parts) -> int:
    return prod(map(len, parts[0])) * prod(map(len, parts[1]))


def _of_kind(
    kind: Iri, options: list[list[Choice]], counts: list[list[_Count]], *, name: str, ontology: Ontology
) -> list[Candidate]:
    found: list[Candidate] = []
    for chosen in product(*(range(len(o)) for o in options)):
        for counted in product(*counts):
            stated = [t for o, c in zip(options, chosen, strict=True) for t in o[c]]
            found.append(_candidate(Iri(f"{name}/{len(found)}"), kind, chosen, stated, counted, ontology))
    return found


def _looked_for(kind: Iri, criterion: Criterion, ontology: Ontology) -> bool:
    return any(ontology.is_a(kind, looked) for looked in criterion.looks_for)


def _candidate(
    iri: Iri, kind: Iri, chosen: tuple[int, ...], stated: list[Triple], counted: tuple[_Count, ...], ontology: Ontology
) -> Candidate:  # fmt: skip
    known = [c for c in counted if c[3]]
    for count in known:
        stated.extend(count[3])
    triples = [Triple(_own(iri, t.subject), t.predicate, _own_term(iri, t.object)) for t in stated]
    triples += [Triple(iri, A, above) for above in sorted(ontology.kinds_of(kind))]
    only = (known[0][0], known[0][1], known[0][2]) if len(known) == 1 == len(counted) else None
    return Candidate(iri, kind, only, chosen, tuple(triples))


def _own(iri: Iri, node: Iri) -> Iri:
    return Iri(node.replace(SELF, iri)) if node.startswith(SELF) else node


def _own_term(iri: Iri, term: Term) -> Term:
    return term if isinstance(term, Literal) else _own(iri, term)


def _parted(asks: Asked, ontology: Ontology) -> tuple[dict[str, set[Decimal]], list[Iri]]:
    """The counts and numbers, by the stem of their names, and the paths of everything else."""
    counts: dict[str, set[Decimal]] = {}
    others = []
    for path, asked_of in sorted(asks.below.items()):
        stem = next((path.removesuffix(end) for end in LEAST_AND_MOST if path.endswith(end)), None)
        if stem or asked_of.bounds or XSD.integer in ontology.takes(path):
            counts.setdefault(stem or path, set()).update(asked_of.bounds)
        else:
            others.append(path)
    return counts, others


def _counted(stem: str, bounds: set[Decimal], ontology: Ontology) -> Iterator[_Count]:
    """None, each number on and beside a threshold, and for a count each interval between two of them."""
    interval = Iri(stem + "AtLeast") in ontology.declared
    whole = interval or XSD.decimal not in ontology.takes(Iri(stem))
    step = Decimal(1) if whole else Decimal("0.5")
    beside = (-1, 0, 1) if whole else (-2, -1, 0, 1, 2)
    points = sorted({bound + step * n for bound in bounds or {Decimal(10)} for n in beside})
    yield stem, Decimal(0), Decimal(0), ()
    for least in points:
        for most in points if interval else [least]:
            if least <= most:
                yield stem, least, most, tuple(_stating(stem, least, most, interval=interval))


def _stating(stem: str, least: Decimal, most: Decimal, *, interval: bool) -> Iterator[Triple]:
    ends = zip(LEAST_AND_MOST, (least, most), strict=True) if interval else [("", least)]
    for end, number in ends:
        kind = XSD.integer if number == number.to_integral_value() else XSD.decimal
        text = str(int(number)) if kind == XSD.integer else str(number.normalize())
        yield Triple(SELF, Iri(stem + end), Literal(text, kind))


def _options(path: Iri, asks: Asked, ontology: Ontology) -> list[Choice]:
    """What can be said of a property: nothing, each value asked for, and one that nobody asks for."""
    options: list[Choice] = [] if path == CORE.presence else [()]
    options.extend((Triple(SELF, path, v), *_kinds(v, ontology)) for v in sorted(asks.values, key=str))
    if asks.below:
        options.extend(_nested(path, asks, ontology))
    elif path != CORE.presence:
        options.extend((Triple(SELF, path, v), *_kinds(v, ontology)) for v in _others(path, asks, ontology))
    return options


def _nested(path: Iri, asks: Asked, ontology: Ontology) -> Iterator[Choice]:
    """One thing for each combination of what is asked of it."""
    kinds = sorted(asks.classes) or [k for k in ontology.takes(path) if k in ontology.ancestors][:1] or [CORE.Finding]
    paths = sorted(asks.below)
    if CORE.presence in asks.below:
        asks.below[CORE.presence].values.update((CORE.Present, CORE.Absent))
    per_path = [_options(p, asks.below[p], ontology) for p in paths]
    for kind in kinds:
        for chosen in product(*per_path):
            node = Iri(f"{SELF}/{local_name(path)}")
            inner = [Triple(_own(node, t.subject), t.predicate, _own_term(node, t.object)) for c in chosen for t in c]
            types = [Triple(node, A, above) for above in sorted(ontology.kinds_of(kind))]
            yield (Triple(SELF, path, node), *inner, *types)


def _others(path: Iri, asks: Asked, ontology: Ontology) -> list[Term]:
    """An individual of each class asked for, and a value of the range that is none of those asked for."""
    takes = ontology.takes(path)
    things: list[Term | None] = [_individual(kind, asks.values, ontology) for kind in sorted(asks.classes)]
    wanted: set[Term] = {*asks.values, *(i for k in asks.classes for i in ontology.graph.subjects(A, k))}
    classes = [k for k in takes if k in ontology.ancestors]
    if classes:
        things.append(_individual(classes[0], wanted, ontology))
    elif takes:
        things.append(next((_OF_TYPE[kind] for kind in takes if kind in _OF_TYPE), Literal("something else")))
    else:
        things.append(Iri(f"{SELF}/{local_name(path)}"))
    return [thing for thing in dict.fromkeys(things) if thing is not None]


def _individual(kind: Iri, wanted: Iterable[Term], ontology: Ontology) -> Iri | None:
    """An individual of a class, or of one below it, that is not among those asked for; else a fresh one."""
    among = set(wanted)
    below = [k for k in sorted(ontology.ancestors) if ontology.is_a(k, kind)]
    named = [i for k in below for i in ontology.graph.subjects(A, k)]
    free = [i for i in named if i not in among]
    return next(iter(free), None) if named else Iri(f"{SELF}/{local_name(kind)}")


def _kinds(value: Term, ontology: Ontology) -> list[Triple]:
    """The types of what is referred to, for the engine."""
    if isinstance(value, Literal):
        return []
    if value.startswith(SELF):
        kind = next((k for k in ontology.ancestors if local_name(k) == local_name(value)), CORE.Finding)
        return [Triple(value, A, above) for above in sorted(ontology.kinds_of(kind))]
    kinds = {above for k in ontology.graph.iris(value, A) for above in ontology.kinds_of(k)}
    return [Triple(value, A, kind) for kind in sorted(kinds)]
