"""The smallest plan that still fails."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from reasoner.author.plan import Plan


def shrunk(plan: Plan, fails: Callable[[Plan], bool]) -> Plan:
    """A plan that fails as this one does and from which no finding can be taken without its passing.

    ``fails`` is true of the plan given.
    """
    smaller = _without_one(plan, fails)
    while smaller:
        plan, smaller = smaller, _without_one(smaller, fails)
    return plan


def _without_one(plan: Plan, fails: Callable[[Plan], bool]) -> Plan | None:
    fewer = (replace(plan, chosen=plan.chosen[:i] + plan.chosen[i + 1 :]) for i in range(len(plan.chosen)))
    return next((candidate for candidate in fewer if fails(candidate)), None)
