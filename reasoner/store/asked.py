"""The process in which one query is asked: it reads the store, writes the answer, and has an end in any case."""

from __future__ import annotations

import json
import math
import resource
import signal
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from reasoner.errors import Problem, UsageError
from reasoner.rdf import DiskStore, SyntaxFault
from reasoner.store.answer import written
from reasoner.store.asking import TOLD
from reasoner.store.forms import Form

MEMORY = 8 << 30
"""Bytes of address space: a query that needs more ends, and not the machine."""
ANSWER = 4 << 30
"""Bytes of an answer."""


def serve() -> None:
    """Answer the query that is told on standard input; problems go to the error stream as JSON."""
    told: dict[str, Any] = json.load(sys.stdin)
    _limit(told["seconds"])
    try:
        _answer(told)
    except UsageError as error:
        _fail(*error.problems)
    except SyntaxFault as fault:
        fix = "Mend it at this place or just before it."
        _fail(Problem("syntax", told["name"], fault.line, f"This is not SPARQL: {fault}.", fix))
    except (OSError, RuntimeError, ValueError) as error:
        fix = "Ask for less, or see whether the store can be read: reasoner store info."
        _fail(Problem("cannot-answer", told["name"], None, f"The query cannot be answered: {error}.", fix))


def _limit(seconds: float) -> None:
    """See to it that the process ends by itself, even when whoever began it is gone."""
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.alarm(math.ceil(seconds) + 1)
    for kind, most in ((resource.RLIMIT_AS, MEMORY), (resource.RLIMIT_FSIZE, ANSWER), (resource.RLIMIT_CORE, 0)):
        hard = resource.getrlimit(kind)[1]
        resource.setrlimit(kind, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))


def _answer(told: dict[str, Any]) -> None:
    store = DiskStore(Path(told["store"]), read_only=True)
    found = store.query(told["query"], told["prefixes"])
    for piece in written(found, Form(told["form"]), told["prefixes"]):
        sys.stdout.buffer.write(piece.encode())
    sys.stdout.flush()


def _fail(*problems: Problem) -> None:
    sys.stderr.write(json.dumps([asdict(problem) for problem in problems]))
    sys.exit(TOLD)
