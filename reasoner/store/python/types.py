"""What a column of an answer is in Python: numbers, days and truth values where all of it is, else text."""

from __future__ import annotations

from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import TYPE_CHECKING

from reasoner.rdf import Literal
from reasoner.terms import XSD

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from reasoner.rdf import Iri, Term

Value = str | int | float | bool | Decimal | date | None
"""A cell; nothing where it is unbound."""


class Type(StrEnum):
    """What the cells of a column are."""

    TEXT = "text"
    INTEGER = "integer"
    DECIMAL = "decimal"
    FLOAT = "float"
    BOOLEAN = "boolean"
    DATE = "date"


_TYPES: dict[Iri, Type] = {
    **dict.fromkeys(
        (
            XSD.integer, XSD.int, XSD.long, XSD.short, XSD.byte, XSD.nonNegativeInteger, XSD.positiveInteger,
            XSD.nonPositiveInteger, XSD.negativeInteger, XSD.unsignedInt, XSD.unsignedLong, XSD.unsignedShort,
            XSD.unsignedByte,
        ),
        Type.INTEGER,
    ),
    XSD.decimal: Type.DECIMAL, XSD.double: Type.FLOAT, XSD.float: Type.FLOAT,
    XSD.boolean: Type.BOOLEAN, XSD.date: Type.DATE,
}  # fmt: skip
_NUMBERS = (Type.INTEGER, Type.DECIMAL, Type.FLOAT)
"""Each holds what those before it hold."""
_TRUTH = {"true": True, "1": True, "false": False, "0": False}
WIDEST = {Type.INTEGER: Decimal(1 << 63), Type.DECIMAL: Decimal(10) ** 20}
"""Numbers must be smaller than these, or the column is text."""
PLACES = 18
"""Digits after the point of a decimal, as the engine has them."""


def typed(terms: Sequence[Term | None]) -> tuple[Type, list[Value]]:
    """The type of a column and its cells. Cells of several types are text, but numbers are of the widest type."""
    found = {_type(term) for term in terms if term is not None}
    kind = found.pop() if len(found) == 1 else Type.TEXT
    if found and kind is Type.TEXT and found <= set(_NUMBERS):
        kind = max(found, key=_NUMBERS.index)
    try:
        return kind, [None if term is None else _READERS[kind](_value(term)) for term in terms]
    except (ValueError, KeyError, InvalidOperation):
        return Type.TEXT, [None if term is None else _value(term) for term in terms]


def _type(term: Term) -> Type:
    return _TYPES.get(term.datatype, Type.TEXT) if isinstance(term, Literal) else Type.TEXT


def _value(term: Term) -> str:
    return term.value if isinstance(term, Literal) else term


def _integer(text: str) -> int:
    found = int(text)
    if not -WIDEST[Type.INTEGER] <= found < WIDEST[Type.INTEGER]:
        raise ValueError
    return found


def _decimal(text: str) -> Decimal:
    found = Decimal(text)
    if not found.is_finite() or abs(found) >= WIDEST[Type.DECIMAL] or found != round(found, PLACES):
        raise ValueError
    return found


_READERS: dict[Type, Callable[[str], Value]] = {
    Type.TEXT: str,
    Type.INTEGER: _integer,
    Type.DECIMAL: _decimal,
    Type.FLOAT: float,
    Type.BOOLEAN: _TRUTH.__getitem__,
    Type.DATE: date.fromisoformat,
}
