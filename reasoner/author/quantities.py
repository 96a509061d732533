"""Numbers and days that bounds allow."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from reasoner.author.ways import Ask
from reasoner.rdf import Iri, Literal
from reasoner.terms import XSD

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from reasoner.author.ways import Demand

LONGER = Decimal(30)
"""How much further from a threshold, beside the value on it, a finding is made."""


def number_literal(number: Decimal, takes: Sequence[Iri]) -> Literal:
    """A number in a datatype that the property takes."""
    if number == number.to_integral_value() and (XSD.integer in takes or not takes):
        return Literal(str(int(number)), XSD.integer)
    return Literal(f"{number:f}", XSD.decimal)


def span_of(demands: Iterable[Demand]) -> tuple[Decimal | None, Decimal | None]:
    """The least and the greatest number that the bounds allow, by whole steps from a bound that is left out."""
    least, most = [], []
    for demand in demands:
        match demand.ask:
            case Ask.FROM:
                least.append(demand.number)
            case Ask.ABOVE:
                least.append(demand.number + 1)
            case Ask.TO:
                most.append(demand.number)
            case Ask.BELOW:
                most.append(demand.number - 1)
    return max(least, default=None), min(most, default=None)


def numbers(demands: Iterable[Demand]) -> list[Decimal]:
    """Numbers within the bounds: those on them, and one further in."""
    least, most = span_of(demands)
    if least is None and most is None:
        return [Decimal(1)]
    if least is not None and most is not None:
        return list(dict.fromkeys([least, most])) if least <= most else [(least + most) / 2]
    return [least, least + LONGER] if least is not None else [most, most - 1] if most is not None else []


def days_within(latest: date | None, earliest: date | None, usual: date) -> list[date]:
    """Days from the earliest to the latest: the outermost, and one further in."""
    if latest and earliest:
        return list(dict.fromkeys([latest, earliest])) if earliest <= latest else []
    further = timedelta(days=int(LONGER))
    if latest:
        return [latest, latest - further]
    return [earliest, earliest + timedelta(days=1)] if earliest else [usual - further]
