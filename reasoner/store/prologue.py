"""The prefixes that a query uses and does not declare, declared for it where they are ours."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reasoner.store.tokens import COMMENT, NAME, SPACE, WORD, tokens

if TYPE_CHECKING:
    from collections.abc import Mapping


def prologue(query: str, prefixes: Mapping[str, str]) -> str:
    """The declarations that a query lacks, in one line so that its own lines keep their numbers."""
    used: set[str] = set()
    declared: set[str] = set()
    before = ""
    for token in tokens(query):
        if token.kind == NAME:
            prefix, _, local = token.text.partition(":")
            (declared if before == "PREFIX" and not local else used).add(prefix)
        if token.kind not in {SPACE, COMMENT}:
            before = token.word if token.kind == WORD else ""
    lacking = sorted((used - declared) & prefixes.keys())
    return "".join(f"PREFIX {prefix}: <{prefixes[prefix]}> " for prefix in lacking)
