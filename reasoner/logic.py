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

    def value(node: Node, wish: bool) -> Truth:  # noqa: FBT001
        base = _leaf(node, leaves, favorably=favorably, wish=wish) if node.operator is None else group(node, wish)
        if node.unless and base is not Truth.TRUE:
            base = best((_waived(base, waiver) for waiver in beside(node.unless, wish)), wish)
        if node.when:
            base = best((_on_condition(base, condition) for condition in beside(node.when, wish)), wish)
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

    return value(node, True)  # noqa: FBT003


def _waived(base: Truth, waiver: Truth) -> Truth:
    return {Truth.TRUE: Truth.NOT_APPLICABLE, Truth.UNKNOWN: Truth.UNKNOWN}.get(waiver, base)


def _on_condition(base: Truth, condition: Truth) -> Truth:
    return {Truth.TRUE: base, Truth.UNKNOWN: Truth.UNKNOWN}.get(condition, Truth.NOT_APPLICABLE)


def join(node: Node, values: list[Truth]) -> Truth:
    """The value of a group from those of its members."""
    values = [v for v in values if v is not Truth.NOT_APPLICABLE]
    if not values:
        return Truth.NOT_APPLICABLE
    true, false, unknown = (sum(v is t for v in values) for t in (Truth.TRUE, Truth.FALSE, Truth.UNKNOWN))
    match node.operator:
        case Operator.ALL:
            return _kleene(is_true=true == len(values), is_false=false > 0)
        case Operator.ANY:
            return _kleene(is_true=true > 0, is_false=false == len(values))
        case Operator.NONE:
            return _kleene(is_true=false == len(values), is_false=true > 0)
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
    return {
        Status.MET: Truth.TRUE, Status.NOT_MET: Truth.FALSE, Status.NOT_APPLICABLE: Truth.NOT_APPLICABLE,
    }.get(status, Truth.UNKNOWN)  # fmt: skip


def status_of(node: Node, leaves: Mapping[Iri, Leaf]) -> Status:
    """The word by which a group is answered: an unknown one conflicts where conflicts alone keep it from being true."""
    truth = fold(node, leaves)
    if truth is Truth.UNKNOWN:
        open_to_favor = fold(node, leaves, favorably=True) is Truth.TRUE
        return Status.CONFLICTING if open_to_favor else Status.NOT_DOCUMENTED
    return {Truth.TRUE: Status.MET, Truth.FALSE: Status.NOT_MET}.get(truth, Status.NOT_APPLICABLE)
