"""Where a term stands in the text of a case, so that an error can name its line."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from reasoner.terms import A

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(slots=True)
class Places:
    """Lines (from 1) of every term: as a subject, anywhere, and within the statements of a subject."""

    subjects: dict[str, int] = field(default_factory=dict)
    anywhere: dict[str, int] = field(default_factory=dict)
    within: dict[tuple[str, str], int] = field(default_factory=dict)
    prefixes: dict[str, str] = field(default_factory=dict)
    namespaces: dict[str, int] = field(default_factory=dict)
    blank: int | None = None
    triple_term: int | None = None


def line_of(content: bytes, iri: str) -> int | None:
    """The line where the IRI begins a statement, else where it first stands, else nothing."""
    found = places(content)
    return found.subjects.get(iri) or found.anywhere.get(iri)


def line_within(content: bytes, subject: str, term: str) -> int | None:
    """The line where a term first stands in a statement about the subject, else the subject's."""
    return places(content).within.get((subject, term)) or line_of(content, subject)


@lru_cache(maxsize=4)
def places(content: bytes) -> Places:
    """Every term's place in Turtle, TriG, N-Triples, N-Quads or JSON-LD."""
    text = content.decode("utf-8", errors="replace")
    return _of_json(text) if re.match(r"\s*[{\[]\s*[\"{}\[\]]", text) else _of_turtle(text)


# Texts, which `re` compiles when a place is first asked for: most cases have no error.
_TURTLE = r"""(?xs)
       (?P<skip>\#[^\n]*|\"{3}(?:[^"\\]|\\.|\"{1,2}(?!"))*\"{3}|'{3}(?:[^'\\]|\\.|'{1,2}(?!'))*'{3}
          |"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|\^\^|@(?!prefix\b|base\b)[A-Za-z][\w-]*)
      |(?P<iri><[^\x00-\x20<>"{}|^`]*>)
      |(?P<name>(?:\w(?:[\w\-.]*[\w\-])?)?:(?:[\w\-:]|%[0-9A-Fa-f]{2}|\\.|\.+(?=[\w\-:%\\]))*)
      |(?P<number>[+-]?(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?)
      |(?P<word>@?[A-Za-z][\w-]*)
      |(?P<mark><<|[.;,{}\[\]()])"""
_ESCAPE = r"(?s)\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))"


def _lines(pattern: str, text: str) -> Iterator[tuple[int, str, str]]:
    line, at = 1, 0
    for match in re.finditer(pattern, text):
        line += text.count("\n", at, match.start())
        at = match.start()
        yield line, str(match.lastgroup), match.group()


def _of_turtle(text: str) -> Places:
    reader = _TurtleReader()
    for line, kind, written in _lines(_TURTLE, text):
        if kind == "skip":
            reader.fresh = reader.fresh and written.startswith("#")
        else:
            getattr(reader, kind)(line, written)
    return reader.found


class _TurtleReader:
    """Follows statements: a term is a subject where a statement is fresh and no ``{`` comes after it."""

    def __init__(self) -> None:
        self.found = Places()
        self.fresh = True
        self.subject = ""
        self.candidate: tuple[str, int] | None = None
        self.directive = ""
        self.declared = ""
        self.base = ""

    def iri(self, line: int, written: str) -> None:
        value = _unescaped(written[1:-1])
        if self.base and ":" not in value.partition("/")[0]:
            value = urljoin(self.base, value)
        if self.directive == "base":
            self.base = value
        elif self.directive == "prefix":
            self.found.prefixes[self.declared] = value
            self.found.namespaces.setdefault(value, line)
        else:
            self._term(line, value)
        if self.directive:
            self.directive, self.fresh = "", True

    def name(self, line: int, written: str) -> None:
        prefix, _, local = written.partition(":")
        if self.directive == "prefix":
            self.declared = prefix
        elif prefix == "_":
            self._blank(line)
        elif prefix in self.found.prefixes:
            self._term(line, self.found.prefixes[prefix] + _unescaped(local))
        else:
            self.fresh = False

    def number(self, line: int, written: str) -> None:  # noqa: ARG002 - one form for all kinds of written
        self.fresh = False

    def word(self, line: int, written: str) -> None:
        word = written.lower().lstrip("@")
        if word in {"prefix", "base"} and (self.fresh or written.startswith("@")):
            self.directive = word
        elif written == "a":
            self._term(line, A)
        elif word != "graph":
            self.fresh = False

    def mark(self, line: int, written: str) -> None:
        if written in "{}.":
            self._settle(written != "{")
            self.fresh = True
        elif written == "<<":
            self.found.triple_term = self.found.triple_term or line
        elif written in "[(":
            self._blank(line)

    def _term(self, line: int, value: str) -> None:
        if self.fresh:
            self.candidate = (value, line)
        else:
            self._settle(keep=True)
            self.found.within.setdefault((self.subject, value), line)
        self.found.anywhere.setdefault(value, line)
        self.fresh = False

    def _settle(self, keep: bool) -> None:  # noqa: FBT001
        if self.candidate and keep:
            self.subject, line = self.candidate
            self.found.subjects.setdefault(self.subject, line)
        self.candidate = None

    def _blank(self, line: int) -> None:
        self.found.blank = self.found.blank or line
        self.fresh = False


def _unescaped(text: str) -> str:
    def character(match: re.Match[str]) -> str:
        code = match[1] or match[2]
        return chr(min(int(code, 16), 0x10FFFF)) if code else str(match[3])

    return re.sub(_ESCAPE, character, text) if "\\" in text else text


_JSON = r"""(?s)(?P<text>"(?:[^"\\]|\\.)*")|(?P<mark>[{}\[\]:,])|(?P<skip>[^\s"{}\[\]:,]+)"""


def _of_json(text: str) -> Places:
    tokens = list(_lines(_JSON, text))
    found = Places(prefixes=_json_prefixes(tokens))
    frames: list[tuple[str, int, list[tuple[str, int]]]] = []
    for at, (line, _, written) in enumerate(tokens):
        if written == "{":
            frames.append(("", line, []))
        elif written == "}" and frames:
            _close(found, *frames.pop())
        elif written.startswith('"'):
            value = _json_expanded(found, written)
            is_key, key = _around(tokens, at)
            found.anywhere.setdefault(A if value == "@type" else value, line)
            if frames and key == "@id":
                frames[-1] = (value, line, frames[-1][2])
            elif frames:
                frames[-1][2].append((A if value == "@type" and is_key else value, line))
    return found


def _around(tokens: list[tuple[int, str, str]], at: int) -> tuple[bool, str]:
    """Whether the text is a key, and otherwise the key it is the value of."""
    if at + 1 < len(tokens) and tokens[at + 1][2] == ":":
        return True, ""
    return False, tokens[at - 2][2].strip('"') if at > 1 and tokens[at - 1][2] == ":" else ""


def _close(found: Places, subject: str, line: int, terms: list[tuple[str, int]]) -> None:
    if subject and any(term != "@id" for term, _ in terms):
        found.subjects.setdefault(subject, line)
        for term, at in terms:
            found.within.setdefault((subject, term), at)
    elif not subject and any(term == A for term, _ in terms):
        found.blank = found.blank or line


def _json_prefixes(tokens: list[tuple[int, str, str]]) -> dict[str, str]:
    texts = [written if kind != "skip" else "" for _, kind, written in tokens]
    return {
        _unescaped(key[1:-1]): _unescaped(value[1:-1])
        for key, colon, value in zip(texts, texts[1:], texts[2:], strict=False)
        if colon == ":" and key.startswith('"') and re.match(r'"https?:.*[#/:]"', value) and not key.startswith('"@id')
    }


def _json_expanded(found: Places, written: str) -> str:
    value = _unescaped(written[1:-1])
    prefix, colon, local = value.partition(":")
    if colon and prefix in found.prefixes and not local.startswith("//"):
        return found.prefixes[prefix] + local
    if not colon and not value.startswith("@"):
        return found.prefixes.get("@vocab", "") + value
    return value
