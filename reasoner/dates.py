"""Dates that may be imprecise: a year or a month is the interval of its days."""

from __future__ import annotations

import calendar
import re
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from reasoner.terms import XSD

if TYPE_CHECKING:
    from reasoner.rdf import Literal

_FORMS = {
    XSD.date: re.compile(r"(\d{4})-(\d\d)-(\d\d)"),
    XSD.gYearMonth: re.compile(r"(\d{4})-(\d\d)"),
    XSD.gYear: re.compile(r"(\d{4})"),
}


class Interval(NamedTuple):
    """All days on which something can have been, from first to last."""

    first: date
    last: date

    def certainly_after(self, other: Interval) -> bool:
        """Whether every day of this interval is later than every day of the other."""
        return self.first > other.last

    def overlaps(self, other: Interval) -> bool:
        return self.first <= other.last and other.first <= self.last

    def days_before(self, anchor: date) -> tuple[int, int]:
        """The smallest and the largest number of whole days by which the interval lies before a day."""
        return (anchor - self.last).days, (anchor - self.first).days


@lru_cache(maxsize=8192)
def interval(literal: Literal) -> Interval:
    """The interval that an ``xsd:date``, ``xsd:gYearMonth`` or ``xsd:gYear`` stands for.

    Raises `ValueError` for any other datatype and for a day that no calendar has.
    """
    form = _FORMS.get(literal.datatype)
    match = form.fullmatch(literal.value) if form else None
    if match is None:
        message = f"{literal.value!r} is not a day, month or year"
        raise ValueError(message)
    return _whole(*map(int, match.groups()))


def _whole(year: int, month: int | None = None, day: int | None = None) -> Interval:
    if month is None:
        return Interval(date(year, 1, 1), date(year, 12, 31))
    if day is None:
        return Interval(date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1]))
    return Interval(date(year, month, day), date(year, month, day))


def spoken(span: Interval) -> str:
    """The date as clinicians write it: 12/19/2014, 12/2020 or 2009."""
    if span.first == span.last:
        return f"{span.first:%m/%d/%Y}"
    if (span.first.month, span.last.month) == (1, 12):
        return str(span.first.year)
    return f"{span.first:%m/%Y}"
