"""An end for a request, however slowly a server answers: a timeout of a socket begins anew with every byte."""

from __future__ import annotations

import signal
from contextlib import contextmanager
from typing import TYPE_CHECKING

from reasoner.errors import Problem, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reasoner.remote.endpoint import Endpoint


class _LateError(Exception):
    pass


@contextmanager
def within(seconds: float, endpoint: Endpoint) -> Iterator[None]:
    """Raise `UsageError` when the block takes longer. For the main thread of a command."""
    before = signal.signal(signal.SIGALRM, _late)
    try:
        signal.setitimer(signal.ITIMER_REAL, seconds)
        yield
    except _LateError:
        words, fix = f"It did not answer within {seconds:g} seconds.", "Try again, or give it longer: --limit-seconds."
        raise UsageError(Problem("out-of-time", endpoint.shown, None, words, fix)) from None
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _late(*_: object) -> None:
    raise _LateError
