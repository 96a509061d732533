"""Whether a case is plainly free of faults, by patterns of statements that were checked before.

What is wrong with a statement, seen by itself, turns on few things: its property, the kinds of its subject, and the
kinds of its value or its datatype. A statement of a pattern that was once checked and found right needs no second
check. What is not plain is left to the full check, which finds the faults and their words.
"""

from __future__ import annotations

from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

from reasoner.intake import ranges, structure, usage
from reasoner.intake.draft import Draft, above
from reasoner.intake.faults import BLANK
from reasoner.load import NOWHERE
from reasoner.rdf import STRING, Iri, Literal, Quad
from reasoner.terms import CORE, A
from reasoner.vocabulary import is_ours

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from reasoner.ontology import Ontology

Kinds = frozenset[Iri]
Pattern = tuple[Iri, Kinds, object, bool]
MAX_PATTERNS = 100_000
"""More than the ontology has, so that cases of strangers do not fill the memory."""


def plain(quads: Sequence[Quad], ontology: Ontology) -> Draft | None:
    """The draft of a case in which no statement, seen by itself, is at fault; nothing where that is not plain."""
    screen = _screen(ontology)
    drafted = _drafted(quads, screen)
    if drafted is None:
        return None
    kinds, right, declared = drafted.kinds, screen.right, ontology.declared
    new: dict[Pattern, Quad] = {}
    for quad in quads:
        subject, predicate, value, graph = quad
        form: object
        if isinstance(value, Literal):
            form = value if predicate == CORE.unit else value.datatype
            if not (_is_said(value) if value.datatype == STRING else _is_valid(value)):
                return None
        elif predicate == A or value in declared:
            form = value
        elif (form := kinds.get(value)) is None:
            return None
        if graph and graph not in kinds:
            return None
        pattern = (predicate, kinds[subject], form, graph is None)
        if pattern not in right:
            new.setdefault(pattern, quad)
    return drafted if screen.learns(new, drafted) and _levels_right(drafted) else None


def _drafted(quads: Sequence[Quad], screen: _Screen) -> Draft | None:
    """The draft of quads whose subjects all have names of the case's own and kinds that go together."""
    stated: dict[Iri, list[Iri]] = {}
    for subject, predicate, value, _ in quads:
        if predicate == A and not isinstance(value, Literal):
            stated.setdefault(subject, []).append(value)
    kinds = {subject: screen.kinds(tuple(found)) for subject, found in stated.items()}
    for subject, found in kinds.items():
        foreign = subject in screen.ontology.declared or is_ours(subject) or subject.startswith(_NO_NAMES)
        if foreign or not screen.go_together(found):
            return None
    if not kinds.keys() >= {quad[0] for quad in quads}:
        return None
    return Draft(quads, {s: tuple(found) for s, found in stated.items()}, kinds, frozenset(), screen.ontology)


class _Screen:
    """What was found right so far."""

    def __init__(self, ontology: Ontology) -> None:
        self.ontology = ontology
        self.right: set[Pattern] = set()
        self._kinds: dict[tuple[Iri, ...], Kinds] = {}
        self._together: dict[Kinds, bool] = {}

    def kinds(self, stated: tuple[Iri, ...]) -> Kinds:
        """Stated kinds and all above them."""
        if stated not in self._kinds:
            _make_room(self._kinds)
            self._kinds[stated] = frozenset[Iri]().union(*map(self.ontology.kinds_of, stated))
        return self._kinds[stated]

    def go_together(self, kinds: Kinds) -> bool:
        """Whether something can be of these kinds."""
        if kinds not in self._together:
            _make_room(self._together)
            node = Iri("urn:node")
            alone = Draft((), {node: tuple(kinds)}, {node: kinds}, frozenset(), self.ontology)
            self._together[kinds] = not any(structure.faults(alone))
        return self._together[kinds]

    def learns(self, new: Mapping[Pattern, Quad], drafted: Draft) -> bool:
        """Whether the first statements of new patterns are right; if so, the patterns are."""
        if not new:
            return True
        firsts = Draft([*new.values()], drafted.stated, drafted.kinds, drafted.unsure, self.ontology)
        used = usage.check(firsts.quads, self.ontology)
        right = not used.faults and not any(ranges.faults(firsts)) and not any(structure.faults(firsts))
        if right:
            _make_room(self.right)
            self.right.update(new)
        return right


_screen = cache(_Screen)
_NO_NAMES = ("_:", BLANK, NOWHERE)


def _make_room(found: set[Pattern] | dict[Any, Any]) -> None:
    if len(found) >= MAX_PATTERNS:
        found.clear()


def _levels_right(drafted: Draft) -> bool:
    """Whether every request goes from above down, which takes two statements to see."""
    levels = level_properties(drafted.ontology)
    stated = [quad for quad in drafted.quads if quad[1] in levels]
    only = Draft(stated, drafted.stated, drafted.kinds, drafted.unsure, drafted.ontology)
    return not any(structure.levels(only))


@cache
def level_properties(ontology: Ontology) -> frozenset[Iri]:
    """The properties by which a request says where it begins and ends."""
    ends = {CORE.fromLevel, CORE.toLevel}
    return frozenset(ends | {p for p, wider in above(ontology).items() if wider & ends})


def _is_said(value: Literal) -> bool:
    return ranges.is_valid(value.value, value.datatype)


_is_valid = lru_cache(maxsize=8192)(_is_said)
"""The same, remembered: for numbers and dates, which come again as texts do not."""
