"""What it means when a server does not do what it was asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reasoner.errors import Problem, UsageError
from reasoner.remote.http import quoted

if TYPE_CHECKING:
    from reasoner.remote.endpoint import Endpoint
    from reasoner.remote.http import Reply

MOVED, UNKNOWN, REFUSED, FAILED = range(300, 400), frozenset({401, 403, 407}), range(400, 500), range(500, 600)


def refused(reply: Reply, endpoint: Endpoint) -> UsageError:
    """The error that a status stands for, with the server's words where it gives a reason in plain text."""
    status = reply.status
    if status in MOVED:
        to = quoted(reply.moved_to.partition("?")[0], endpoint) or "another address"
        fix = "No redirect is followed: if that is where you want to ask, give its whole address."
        return _error(endpoint, "moved", f"It sends on to {to} (status {status}).", fix)
    if status in UNKNOWN:
        fix = "Give the header that lets you in with --header-from, or ask whoever keeps the server."
        return _error(endpoint, "not-let-in", f"It does not let you in (status {status}).", fix)
    said = f"status {status}" + (f": {words}" if (words := reply.said()) else "")
    if status in REFUSED:
        return _error(endpoint, "endpoint-refuses", f"It refuses ({said}).", "Check the address, and what is asked.")
    if status in FAILED:
        fix = "Try again later, or look into the server's log."
        return _error(endpoint, "endpoint-failed", f"It failed ({said}).", fix)
    return _error(endpoint, "endpoint-refuses", f"It did not do it ({said}).", "Look into the server's log.")


def _error(endpoint: Endpoint, code: str, words: str, fix: str) -> UsageError:
    return UsageError(Problem(code, endpoint.shown, None, words, fix))
