"""The forms of a store's description, kept apart from what writes them so that --help loads nothing."""

from __future__ import annotations

from enum import StrEnum


class DescriptionForm(StrEnum):
    """The forms of a description."""

    TURTLE = "turtle"
    SVG = "svg"
