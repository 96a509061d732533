"""pyshifty: the fast engine. Its extension is loaded by itself, for its wrapper costs more than it does."""

from __future__ import annotations

import importlib.util
from functools import cache
from importlib.machinery import EXTENSION_SUFFIXES, ExtensionFileLoader
from pathlib import Path
from typing import Any

from reasoner.rdf import Quad, parse


class EngineFault(Exception):  # noqa: N818 - carries the engine's own words
    """Shapes that the engine cannot run."""


def installed() -> bool:
    """Whether the fast engine can be used."""
    return _extension_file() is not None


def report(data: bytes, shapes: bytes) -> list[Quad]:
    """The validation report of N-Triples data against N-Triples shapes, as quads."""
    result = _run("validate_w3c", data, shapes)
    return parse(result._report_ntriples.encode(), ".nt")  # noqa: SLF001 - the one form that needs no rdflib


def pairs(data: bytes, shapes: bytes) -> list[tuple[str, str]]:
    """Each shape with a target and each focus node, as N-Triples writes it, for which the shape has a result.

    Five times as fast as a report, which it does not write. Of shapes that ask the same it names one.
    """
    return [(found.shape_name or "", found.focus_node) for found in _run("validate_algebra", data, shapes).violations]


def failures(data: bytes, shapes: bytes) -> list[tuple[str, str]]:
    """The same, of every shape that asks it: dearer for one graph, as it takes in the shapes anew, cheaper for 12."""
    try:
        session = _session(data, shapes)
        _, failed = session.find_failures()
    except Exception as error:  # noqa: BLE001 - whatever the extension raises is its refusal
        raise EngineFault(str(error)) from None
    if session.diagnostics:
        raise EngineFault("; ".join(session.diagnostics))
    names = _names(shapes)
    return [(names[statement], pair.focus) for pair in failed for statement in pair.source_statements]


@cache
def _names(shapes: bytes) -> dict[int, str]:
    """The shape that each statement of some shapes is made from; shapes that the engine cannot run are refused here."""
    pairs(b"", shapes)
    return {s.source_statement_id: s.shape_name or "" for s in _session(b"", shapes).validate().statements}


def _session(data: bytes, shapes: bytes) -> Any:
    return _extension().EvidenceSession(
        shapes=shapes, shapes_format="nt", data=data, data_format="nt", run_infer=False, graph_mode="data"
    )


def _run(way: str, data: bytes, shapes: bytes) -> Any:
    try:
        result = getattr(_prepared(shapes), way)(
            data=data, data_format="nt", graph_mode="data", run_infer=False,
            minimum_severity="info", sort_results=False, on_unsupported="error",
        )  # fmt: skip
    except Exception as error:  # noqa: BLE001 - whatever the extension raises is its refusal
        raise EngineFault(str(error)) from None
    if result.diagnostics:
        raise EngineFault("; ".join(result.diagnostics))
    return result


@cache
def _prepared(shapes: bytes) -> Any:
    try:
        prepared = _extension().PreparedValidator(shapes=shapes, shapes_format="nt")
    except Exception as error:  # noqa: BLE001 - whatever the extension raises is its refusal
        raise EngineFault(str(error)) from None
    if prepared.diagnostics:
        raise EngineFault("; ".join(prepared.diagnostics))
    return prepared


def _extension_file() -> Path | None:
    spec = importlib.util.find_spec("shifty")
    if spec is None or spec.origin is None:
        return None
    folder = Path(spec.origin).parent
    return next((folder / f"_shifty{s}" for s in EXTENSION_SUFFIXES if (folder / f"_shifty{s}").exists()), None)


@cache
def _extension() -> Any:
    file = _extension_file()
    if file is None:
        message = "pyshifty is not installed"
        raise EngineFault(message)
    loader = ExtensionFileLoader("shifty._shifty", str(file))
    spec = importlib.util.spec_from_file_location("shifty._shifty", file, loader=loader)
    if spec is None:
        message = "pyshifty's extension cannot be loaded"
        raise EngineFault(message)
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    return module
