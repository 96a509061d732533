"""A request of the SPARQL 1.1 Protocol: what is asked, and of which graphs.

https://www.w3.org/TR/sparql11-protocol/#query-operation
"""

from __future__ import annotations

import re
from typing import NamedTuple
from urllib.parse import parse_qsl

from reasoner.errors import Problem, UsageError
from reasoner.store.guard import guard
from reasoner.workbench.refusal import RefusedError, refused

FORM, QUERY, UPDATE = "application/x-www-form-urlencoded", "application/sparql-query", "application/sparql-update"
GRAPHS = frozenset({"default-graph-uri", "named-graph-uri"})
MAX_FIELDS = 1_000
"""Parameters of a request."""
STATUS = {"syntax": 400, "too-large": 413}
"""What the guard refuses for its form; all else that it refuses is forbidden (403)."""


class Asked(NamedTuple):
    """A query, and of what it is asked."""

    query: str
    graphs: tuple[tuple[str, str], ...] = ()
    """Pairs of a parameter's name and a graph; none for all graphs together."""
    prologue: str = ""
    """Declarations that stand before the query, on its first line."""


def asked(method: str, parameters: str, content_type: str | None, body: bytes) -> Asked:
    """What a GET or POST asks. Raises `RefusedError` for what is no query, is more than one, or does more than read."""
    fields = _fields(parameters)
    if method == "POST":
        fields += _posted(content_type, body)
    names = [name for name, _ in fields]
    if "update" in names:
        raise _writes()
    if names.count("query") != 1:
        words = "There must be one query, and one only."
        raise refused(400, "no-query", words, "Send it as the parameter query, or as the body of a POST.")
    query = dict(fields)["query"]
    _guard(query)
    return Asked(query, tuple(field for field in fields if field[0] in GRAPHS))


def _posted(content_type: str | None, body: bytes) -> list[tuple[str, str]]:
    kind, _, rest = (content_type or "").partition(";")
    kind, charset = kind.strip().lower(), re.search(r"charset\s*=\s*\"?([\w.:-]+)", rest, re.IGNORECASE)
    if kind == UPDATE:
        raise _writes()
    if kind not in {FORM, QUERY} or (charset and charset[1].lower() not in {"utf-8", "utf8"}):
        words = "The body of a POST must say what it is, and be in UTF-8."
        raise refused(415, "content-type", words, f"Send Content-Type: {QUERY}, or {FORM}.")
    text = _text(body)
    return [("query", text)] if kind == QUERY else _fields(text)


def _fields(text: str) -> list[tuple[str, str]]:
    try:
        return parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=MAX_FIELDS)
    except UnicodeDecodeError:
        raise _not_utf8() from None
    except ValueError:
        raise refused(400, "too-many", f"There are more than {MAX_FIELDS:,} parameters.", "Send fewer.") from None


def _text(body: bytes) -> str:
    try:
        return body.decode()
    except UnicodeDecodeError:
        raise _not_utf8() from None


def _guard(query: str) -> None:
    try:
        guard(query, "the query")
    except UsageError as error:
        [problem] = error.problems
        raise RefusedError(STATUS.get(problem.code, 403), problem) from None


def _writes() -> RefusedError:
    fix = "Ask with SELECT, ASK, CONSTRUCT or DESCRIBE; a store is changed by reasoner store."
    return RefusedError(403, Problem("writes", "the request", None, "The workbench only reads.", fix))


def _not_utf8() -> RefusedError:
    return refused(400, "not-utf-8", "The query is not in UTF-8.", "Send it in UTF-8.")
