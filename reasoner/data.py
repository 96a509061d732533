"""Where the files stand that an informaticist edits: ontology, shapes and cases."""

from __future__ import annotations

from pathlib import Path

PACKAGE = Path(__file__).parent


def folder(name: str) -> Path:
    """The folder ``ontology``, ``shapes`` or ``cases``: inside an installed package, beside it in a checkout."""
    installed = PACKAGE / "data" / name
    return installed if installed.is_dir() else PACKAGE.parent / name


def shown(path: Path) -> str:
    """A data file's name as the project writes it, wherever it is installed."""
    for name in ("ontology", "shapes", "cases"):
        if path.is_relative_to(folder(name)):
            return str(Path(name) / path.relative_to(folder(name)))
    return str(path)
