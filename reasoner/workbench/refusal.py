"""What a request gets instead of an answer."""

from __future__ import annotations

from reasoner.errors import Problem


class RefusedError(Exception):
    """A request that is not answered: the HTTP status, and what is wrong in words."""

    def __init__(self, status: int, problem: Problem) -> None:
        self.status, self.problem = status, problem
        super().__init__(str(problem))


def refused(status: int, code: str, words: str, fix: str) -> RefusedError:
    """A refusal that is told of the request as a whole."""
    return RefusedError(status, Problem(code, "the request", None, words, fix))
