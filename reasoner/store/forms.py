"""The forms of an answer, kept apart from what writes them so that --help loads nothing."""

from __future__ import annotations

from enum import StrEnum


class Form(StrEnum):
    """The forms of an answer."""

    TABLE = "table"
    CSV = "csv"
    TSV = "tsv"
    JSON = "json"
    TURTLE = "turtle"
