"""A query cut into tokens as the SPARQL 1.1 grammar has them, so that words in texts, names and comments are not words.

The engine's parser needs no blank between tokens: ``SERVICEex:a`` calls out. So a word is all that stands before a
name's colon, and whoever looks for a keyword must look for it anywhere within. SPARQL 1.1, sections 19.2 to 19.8.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

SPACE, COMMENT, IRI, TEXT, VARIABLE, NAME, WORD, MARK = (
    "space", "comment", "iri", "text", "variable", "name", "word", "mark"
)  # fmt: skip

_LOCAL = r"(?:[\w:]|%[0-9A-Fa-f]{2}|\\[_~.\-!$&'()*+,;=/?#@%])"
_LOCAL_MORE = r"(?:[\w:.\-]|%[0-9A-Fa-f]{2}|\\[_~.\-!$&'()*+,;=/?#@%])"
_KINDS = (
    (SPACE, r"\s+"),
    (COMMENT, r"#[^\r\n]*"),
    (IRI, r'<(?:[^\x00-\x20<>"{}|^`\\]|\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8})*>'),
    (TEXT, r'"""(?:(?:"|"")?(?:[^"\\]|\\.))*"""|' + r"'''(?:(?:'|'')?(?:[^'\\]|\\.))*'''"
           + r'|"(?:[^"\\\r\n]|\\.)*"' + r"|'(?:[^'\\\r\n]|\\.)*'"),
    (VARIABLE, r"[?$]\w+"),
    (NAME, rf"(?:\w(?:[\w.\-]*\w)?)?:(?:{_LOCAL}(?:{_LOCAL_MORE}*{_LOCAL})?)?"),
    (WORD, r"\w+"),
    (MARK, r"."),
)  # fmt: skip
_TOKEN = re.compile("|".join(f"(?P<{kind}>{form})" for kind, form in _KINDS), re.DOTALL)


class Token(NamedTuple):
    """A piece of a query, what kind of piece it is, and on which line it begins."""

    kind: str
    text: str
    line: int

    @property
    def word(self) -> str:
        """What of it the engine could read as a keyword, in capitals."""
        if self.kind == NAME:
            return self.text.partition(":")[0].upper()
        return self.text.upper() if self.kind == WORD else ""


def tokens(query: str) -> Iterator[Token]:
    """The tokens of a query; put together again they are the query."""
    line = 1
    for match in _TOKEN.finditer(query):
        yield Token(str(match.lastgroup), match[0], line)
        line += match[0].count("\n")
