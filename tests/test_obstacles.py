"""What stands in the way of a request, and what it turns on."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from reasoner.assess import Answer
from reasoner.determine import Determination, verdict
from reasoner.guideline.edition import Node, Operator, Requirement
from reasoner.obstacles import Obstacles, obstacles
from reasoner.rdf import Iri
from reasoner.status import Outcome, Review, Status

if TYPE_CHECKING:
    from collections.abc import Mapping

STATUS = {"+": Status.MET, "-": Status.NOT_MET, "?": Status.NOT_DOCUMENTED, "!": Status.CONFLICTING}


def leaf(name: str) -> Node:
    return Node(Iri(name))


def group(name: str, operator: Operator, *members: Node, count: int = 0) -> Node:
    return Node(Iri(name), operator, members, count)


EITHER = group("root", Operator.ALL, leaf("a"), group("either", Operator.ANY, leaf("b"), leaf("c")))
BOTH = group("root", Operator.ALL, leaf("a"), group("both", Operator.ALL, leaf("b"), leaf("c")))
TWO = group("root", Operator.AT_LEAST, leaf("a"), leaf("b"), leaf("c"), count=2)


def edition(logic: Node, remedied: str = "") -> Any:
    names = logic.names
    return SimpleNamespace(
        logic=logic, file="", line_of=lambda _: None,
        criteria={n: SimpleNamespace(iri=n, name=n, requirement=Requirement.REQUIRED) for n in names},
        groups={n: SimpleNamespace(iri=n, remedy=n == remedied, phrases={}) for n in names},
    )  # fmt: skip


def answers(statuses: str, unclaimed: str) -> Mapping[Iri, Answer]:
    """The answers to a, b and c; every one rests on a finding but those that nobody claims."""
    found = {}
    for name, sign in zip("abc", statuses, strict=True):
        witness = frozenset() if name in unclaimed else frozenset({Iri("finding")})
        found[Iri(name)] = Answer(Iri(name), STATUS[sign], STATUS[sign], {}, witness, *[frozenset[Iri]()] * 3)
    return found


def found(logic: Node, *parts: str, remedied: str = "", unclaimed: str = "") -> Obstacles:
    of = edition(logic, remedied)
    verdicts = tuple(verdict(SimpleNamespace(iri=Iri(p)), of, answers(p, unclaimed), ()) for p in parts)  # type: ignore[arg-type]
    whole = Determination(verdicts[0], verdicts[1:] and verdicts, Outcome.NOT_NECESSARY, None, (), Review.UPHELD)
    return obstacles(whole, of)


@pytest.mark.parametrize(
    ("logic", "statuses", "stands", "alone"),
    [
        (EITHER, "+++", "", ""),
        (EITHER, "+-+", "", ""),
        (EITHER, "-++", "a", "a"),
        (EITHER, "?+-", "a", "a"),
        (EITHER, "!+-", "a", "a"),
        (EITHER, "+-?", "b c", "b c"),
        (EITHER, "--?", "a b c", ""),
        (BOTH, "+-+", "b", "b"),
        (BOTH, "+--", "b c", ""),
        (TWO, "+--", "b c", "b c"),
        (TWO, "---", "a b c", ""),
    ],
)
def test_a_request_turns_on_what_alone_would_make_it_necessary(
    logic: Node, statuses: str, stands: str, alone: str
) -> None:
    assert found(logic, statuses) == (tuple(stands.split()), tuple(alone.split()))


def test_a_group_that_is_answered_like_a_criterion_stands_in_the_way_as_one() -> None:
    assert found(BOTH, "+--", remedied="both") == (("both",), ("both",))


def test_an_alternative_that_nobody_claims_does_not_stand_in_the_way() -> None:
    assert found(EITHER, "+-?", unclaimed="c") == (("b",), ("b",))


def test_a_request_in_parts_turns_on_what_every_part_turns_on() -> None:
    assert found(EITHER, "-++", "-++") == (("a",), ("a",))
    assert found(EITHER, "-++", "+++") == (("a",), ("a",))
    assert found(EITHER, "-++", "+--") == (("a", "b", "c"), ())
