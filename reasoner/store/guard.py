"""What a query may not do: call out, read files, write. It is looked for in the query's tokens, not in its text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reasoner.errors import Problem, UsageError
from reasoner.store.tokens import MARK, WORD, tokens

if TYPE_CHECKING:
    from reasoner.store.tokens import Token

MAX_QUERY = 100_000
"""Characters of a query."""
CALLS_OUT = {
    "SERVICE": "asks another server", "LOAD": "reads a file or an address", "FROM": "names graphs to be read",
}  # fmt: skip
"""Keywords that no query of ours needs; looked for anywhere in a word, for the engine asks for no blank after one."""
WRITES = frozenset({"INSERT", "DELETE", "CLEAR", "DROP", "CREATE", "COPY", "MOVE", "ADD"})


def guard(query: str, name: str) -> None:
    """Raise `UsageError` for a query that does more than read the store."""
    if len(query) > MAX_QUERY:
        raise _refused("too-large", name, None, f"The query has more than {MAX_QUERY:,} characters.", "Shorten it.")
    for token in tokens(query):
        if token.kind == MARK and token.text in "\"'":
            fix = "Close its quotation mark; a text of several lines needs three of them."
            raise _refused("syntax", name, token.line, "A text is not ended.", fix)
        _refuse_word(token, name)


def _refuse_word(token: Token, name: str) -> None:
    for keyword, does in CALLS_OUT.items():
        if keyword in token.word:
            words = f"The query holds {keyword}, which {does}."
            fix = "A query reads the store and nothing else; to name a graph, write GRAPH <...> { ... }."
            raise _refused("calls-out", name, token.line, words, fix)
    if token.kind == WORD and token.word in WRITES:
        words = f"The query holds {token.word}, which changes a store."
        fix = "Ask with SELECT, ASK, CONSTRUCT or DESCRIBE; a store is changed by reasoner store."
        raise _refused("writes", name, token.line, words, fix)


def _refused(code: str, name: str, line: int | None, words: str, fix: str) -> UsageError:
    return UsageError(Problem(code, name, line, words, fix))
