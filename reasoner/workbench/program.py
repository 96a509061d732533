"""The program that is the engine: the Oxigraph server of the package index."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from reasoner.errors import Problem, UsageError

PACKAGE = "oxigraph"


def program() -> Path:
    """The server that the extra `serve` installs. Raises `UsageError` where it is not there."""
    try:
        files = distribution(PACKAGE).files or []
    except PackageNotFoundError:
        files = []
    found = [Path(str(file.locate())) for file in files if file.parent.name in {"bin", "Scripts"}]
    if not found or not found[0].is_file():
        words, fix = f"The package {PACKAGE} is not installed.", "Install the extra: pip install '.[serve]'"
        raise UsageError(Problem("no-engine", PACKAGE, None, words, fix))
    return found[0].resolve()
