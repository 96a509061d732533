"""Cases that are broken on purpose, to see that a batch outlives them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reasoner.synthetic.words import term

if TYPE_CHECKING:
    from reasoner.synthetic.model import Made

_NAME = re.compile(r"\{([a-z]+:[A-Za-z]+)\}")


def broken(made: Made, text: str, *, prefixed: bool) -> str:
    """The text of a case, broken in its way where it has one; terms stand with prefixes or as whole IRIs."""
    breakage = made.breakage
    if breakage is None:
        return text

    def told(words: str) -> str:
        return _NAME.sub(lambda m: m[1] if prefixed else f"<{term(m[1])}>", words)

    at = text.find(told(breakage.find))
    if at < 0:
        return text
    after = text[at + len(told(breakage.find)) :]
    return text[:at] + told(breakage.put) + ("\n" if breakage.cut else after)
