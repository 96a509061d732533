"""pySHACL on rdflib memory graphs: the reference engine, and the only module that imports either."""

from __future__ import annotations

import logging

import rdflib
from pyshacl import validate
from pyshacl.errors import ConstraintLoadError, ReportableRuntimeError, ShapeLoadError

from reasoner.rdf import Quad, parse

# pySHACL warns of what the checks before it already refuse, on a logger of its own.
logging.getLogger("pyshacl").setLevel(logging.CRITICAL)


class EngineFault(Exception):  # noqa: N818 - carries the engine's own words
    """Shapes that the engine cannot run."""


def report(data: bytes, shapes: bytes) -> list[Quad]:
    """The validation report of N-Triples data against N-Triples shapes, as quads."""
    data_graph = rdflib.Graph().parse(data=data, format="nt")
    shapes_graph = rdflib.Graph().parse(data=shapes, format="nt")
    try:
        _, found, _ = validate(
            data_graph, shacl_graph=shapes_graph, inplace=True, advanced=False, js=False,
            inference="none", meta_shacl=False, do_owl_imports=False,
        )  # fmt: skip
    except (ShapeLoadError, ConstraintLoadError, ReportableRuntimeError, ValueError, RecursionError) as error:
        raise EngineFault(str(error)) from None
    if not isinstance(found, rdflib.Graph):
        raise EngineFault(str(found))
    return parse(found.serialize(format="nt", encoding="utf-8"), ".nt")
