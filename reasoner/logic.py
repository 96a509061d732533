"""The fold of an edition's logic: Kleene's strong three values, where what does not apply drops out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reasoner.guideline.edition import Node, Operator, Requirement
from reasoner.status import Status, Truth

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from reasoner.rdf import Iri

Leaf = tuple[Status, Requirement]

WISHED = {
    True: (Truth.TRUE, Truth.NOT_APPLICABLE, Truth.UNKNOWN, Truth.FALSE),
    False: (Truth.FALSE, Truth.NOT_APPLICABLE, Truth.UNKNOWN, Truth.TRUE),
}
"""What serves the request best comes first; inside a ``noneOf`` it wishes for false."""


def fold(
    node: Node, leaves: Mapping[Iri, Leaf], *, favorably: bool = False, stands: Callable[[Node], bool] = bool
) -> Truth:
    """The value of the logic under a node.

    With ``favorably`` every conflict is resolved as the request would wish. ``stands`` tells which members of an
    ``anyOf`` are counted, as long as one is. Raises `ValueError` on a criterion that was not evaluated.
    """
    return _values(node, leaves, favorably=favorably, stands=stands)[node.iri]


def folds(root: Node, leaves: Mapping[Iri, Leaf]) -> Mapping[Iri, Truth]:
    """The value of every node under a node, the node itself and waivers and conditions included."""
    return _values(root, leaves, favorably=False, stands=bool)


def _values(
    root: Node, leaves: Mapping[Iri, Leaf], *, favorably: bool, stands: Callable[[Node], bool]
) -> Mapping[Iri, Truth]:
    """The value of each node where it was reached last; the root is reached once."""
    found: dict[Iri, Truth] = {}

    def value(node: Node, wish: bool) -> Truth:  # noqa: FBT001
        base = _leaf(node, leaves, favorably=favorably, wish=wish) if node.operator is None else group(node, wish)
        if node.unless:
            base = best((_waived(base, waiver) for waiver in beside(node.unless, wish)), wish)
        if node.when:
            base = best((_on_condition(base, condition) for condition in beside(node.when, wish)), wish)
        found[node.iri] = base
        return base

    def beside(node: Node, wish: bool) -> list[Truth]:  # noqa: FBT001
        """A waiver or condition as it stands, or resolved either way: which way the request would wish depends."""
        return [value(node, either) for either in ((True, False) if favorably else (wish,))]

    def best(values: Iterable[Truth], wish: bool) -> Truth:  # noqa: FBT001
        return min(values, key=WISHED[wish].index)

    def group(node: Node, wish: bool) -> Truth:  # noqa: FBT001
        counted = tuple(filter(stands, node.members)) if node.operator is Operator.ANY else ()
        inner = wish is not (node.operator is Operator.NONE)
        return join(node, [value(member, inner) for member in counted or node.members])

    value(root, True)  # noqa: FBT003
    return found


def could_be_true(node: Node, leaves: Mapping[Iri, Leaf]) -> bool:
    """Whether a node of unknown value is true once conflicts are resolved as the request would wish."""
    conflicts = any(leaves[iri][0] is Status.CONFLICTING for iri in node.names & leaves.keys())
    return conflicts and fold(node, leaves, favorably=True) is Truth.TRUE


def _waived(base: Truth, waiver: Truth) -> Truth:
    if base is Truth.TRUE:
        return base
    return {Truth.TRUE: Truth.NOT_APPLICABLE, Truth.UNKNOWN: Truth.UNKNOWN}.get(waiver, base)


def _on_condition(base: Truth, condition: Truth) -> Truth:
    return {Truth.TRUE: base, Truth.UNKNOWN: Truth.UNKNOWN}.get(condition, Truth.NOT_APPLICABLE)


def join(node: Node, values: list[Truth]) -> Truth:
    """The value of a group from those of its members."""
    true, false, unknown = values.count(Truth.TRUE), values.count(Truth.FALSE), values.count(Truth.UNKNOWN)
    total = true + false + unknown
    if not total:
        return Truth.NOT_APPLICABLE
    match node.operator:
        case Operator.ALL:
            return _kleene(is_true=true == total, is_false=false > 0)
        case Operator.ANY:
            return _kleene(is_true=true > 0, is_false=false == total)
        case Operator.NONE:
            return _kleene(is_true=false == total, is_false=true > 0)
        case _:
            return _kleene(is_true=true >= node.count, is_false=true + unknown < node.count)


def _kleene(*, is_true: bool, is_false: bool) -> Truth:
    return Truth.TRUE if is_true else Truth.FALSE if is_false else Truth.UNKNOWN


def _leaf(node: Node, leaves: Mapping[Iri, Leaf], *, favorably: bool, wish: bool) -> Truth:
    status, requirement = leaves[node.iri]
    if status is Status.NOT_EVALUATED:
        message = f"{node.iri} was not evaluated and must not be folded"
        raise ValueError(message)
    if status is Status.NOT_DOCUMENTED and requirement is Requirement.EXCLUSION:
        return Truth.TRUE
    if status is Status.CONFLICTING and favorably:
        return Truth.TRUE if wish else Truth.FALSE
    return _VALUES.get(status, Truth.UNKNOWN)


_VALUES = {Status.MET: Truth.TRUE, Status.NOT_MET: Truth.FALSE, Status.NOT_APPLICABLE: Truth.NOT_APPLICABLE}


def status_of(node: Node, leaves: Mapping[Iri, Leaf]) -> Status:
    """The word by which a group is answered: an unknown one conflicts where conflicts alone keep it from being true."""
    return status_of_truth(node, fold(node, leaves), leaves)


def status_of_truth(node: Node, truth: Truth, leaves: Mapping[Iri, Leaf]) -> Status:
    """The same word, where the group's value is known already."""
    if truth is Truth.UNKNOWN:
        return Status.CONFLICTING if could_be_true(node, leaves) else Status.NOT_DOCUMENTED
    return {Truth.TRUE: Status.MET, Truth.FALSE: Status.NOT_MET}.get(truth, Status.NOT_APPLICABLE)
