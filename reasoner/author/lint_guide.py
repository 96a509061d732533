"""The page on the rules of lint, made from their own data."""

from __future__ import annotations

from reasoner.author.lint_rules import rules
from reasoner.writing.templating import fill


def lint_guide() -> str:
    """Give docs/lint.md: what each rule asks, why, how to mend it, and an example of both."""
    return fill("lint.md.j2", rules=list(rules().values()))
