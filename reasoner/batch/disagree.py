"""Two rows of one case, by two engines: what differs, in words, and the row that says so."""

from __future__ import annotations

from typing import Any

from reasoner.batch.row import CriterionRow, ProblemRow, Row
from reasoner.status import Outcome, Review, Status

CODE = "engines-disagree"
"""The code of cases on which the engines disagree."""
TEXTS = ("determination", "rationale")
"""What is not compared: it is made from what is."""
KEYS = {
    "rungs": ("authority",), "requests": ("request",), "criteria": ("name", "request"),
    "cautions": ("caution", "request"), "discrepancies": ("sentence",), "problems": ("code", "file", "line"),
}  # fmt: skip
"""By what a member of a row's list is found in another row's, and named."""
MEMBERS = {"criteria": "criterion", "discrepancies": "discrepancy"}
"""What a member is called where its list's name does more than end in s."""
MOST = 12
"""Differences that are told one by one."""
FIX = "Have a person decide the case, and report it: one of the engines is wrong. Or judge by --engine reference."


def differences(ours: Row, theirs: Row) -> list[str]:
    """What the fast and the reference engine have of one case, where it is not the same."""
    found: list[str] = []
    # Where one of them judged the case and the other did not, the rest of the row says no more than that.
    names = Row._fields if bool(ours.outcome) == bool(theirs.outcome) else ("outcome", "problems")
    for name in names:
        one, other = getattr(ours, name), getattr(theirs, name)
        if name not in TEXTS and one != other:
            found += _of_members(name, one, other) if name in KEYS else [_differ(name.replace("_", " "), one, other)]
    return found


def _of_members(name: str, ours: tuple[Any, ...], theirs: tuple[Any, ...]) -> list[str]:
    one, other = ({tuple(getattr(m, k) for k in KEYS[name]): m for m in members} for members in (ours, theirs))
    found: list[str] = []
    for key in dict.fromkeys((*one, *other)):
        named = key if "request" in KEYS[name] else key[:1]
        called = f"{MEMBERS.get(name, name[:-1])} {' for '.join(map(_said, named))}"
        if key not in one or key not in other:
            found.append(f"{called} only by the {'fast' if key in one else 'reference'} engine")
        else:
            found += _of_fields(called, one[key], other[key])
    return found or [f"{name} in another order"]


def _of_fields(called: str, ours: Any, theirs: Any) -> list[str]:
    return [
        _differ(f"{called}, {field}", one, other)
        for field, one, other in zip(ours._fields, ours, theirs, strict=True)
        if one != other
    ]


def _differ(what: str, ours: object, theirs: object) -> str:
    return f"{what}: {_said(ours)} by the fast engine, {_said(theirs)} by the reference engine"


def _said(value: object) -> str:
    """A value in few words: of an IRI its last part."""
    if isinstance(value, tuple):
        return ", ".join(map(_said, value)) or "none"
    text = "none" if value is None else str(value)
    return text.rstrip("/#").replace("#", "/").rpartition("/")[2] if text.startswith(("http:", "https:")) else text


def marked(ours: Row, theirs: Row) -> Row:
    """The row with a problem that tells what differs, needing adjudication, without anything that was disputed."""
    agreed = set(theirs.criteria)
    raised = {(c.request, c.caution) for c in (*ours.cautions, *theirs.cautions) if c.raised}
    return ours._replace(
        outcome=Outcome.ADJUDICATE.value, reason=None, review=Review.UNDECIDED.value, granted=(),
        requests=tuple(r._replace(outcome=Outcome.ADJUDICATE.value, reason=None) for r in ours.requests),
        criteria=tuple(c if c in agreed else _not_evaluated(c) for c in ours.criteria),
        cautions=tuple(c._replace(raised=(c.request, c.caution) in raised) for c in ours.cautions),
        problems=(*ours.problems, _problem(ours.file, differences(ours, theirs))),
        determination=None, rationale=None,
    )  # fmt: skip


def _not_evaluated(criterion: CriterionRow) -> CriterionRow:
    status = Status.NOT_EVALUATED.value
    return criterion._replace(
        status=status, computed=status, supporting=(), contrary=(), elsewhere=(), adjudications=()
    )  # fmt: skip


def _problem(file: str, found: list[str]) -> ProblemRow:
    more = [f"and {len(found) - MOST} more"] if len(found) > MOST else []
    return ProblemRow(CODE, file, None, f"The engines disagree: {'; '.join([*found[:MOST], *more])}.", FIX)
