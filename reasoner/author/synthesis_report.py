"""What synthesis found of an edition, for people and as JSON."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from reasoner.author.boundaries import boundaries, boundary_law
from reasoner.author.inventory import inventory
from reasoner.author.plan import MET, NOT_MET, STATUSES
from reasoner.author.profile import Profile, profile
from reasoner.author.synthesis import law
from reasoner.ontology import load_ontology
from reasoner.tables import table
from reasoner.terms import local_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from reasoner.author.synthesis import Failure
    from reasoner.guideline.edition import Edition
    from reasoner.rdf import Iri
    from reasoner.status import Status
    from reasoner.validate import Engine


def synthesis_report(edition: Edition, seed: int, count: int, engine: Engine, *, as_json: bool) -> tuple[str, bool]:
    """What can be synthesized, what cannot and why, and where the law fails; and whether all is well.

    All is well where nothing fails and every criterion can be met and not met.
    """
    ontology = load_ontology()
    known = profile(inventory(edition, ontology, engine))
    failures = (*law(edition, ontology, engine, seed, count), *boundary_law(edition, ontology, engine))
    found = {
        "edition": edition.iri, "seed": seed, "cases": count, "boundaries": len(boundaries(edition, ontology)),
        **_reached(known), "failures": [_failure(f) for f in failures],
    }  # fmt: skip
    well = not failures and not any(u.status in {MET, NOT_MET} for u in known.unattainable)
    return (json.dumps(found, indent=2, ensure_ascii=False) + "\n" if as_json else _text(found, known, failures)), well


def _reached(known: Profile) -> dict[str, Any]:
    return {
        "criteria": [{"name": local_name(i), "statuses": _words(s)} for i, s in sorted(known.attainable.items())],
        "entangled": [
            {"criterion": local_name(e.criterion), "status": e.status, "others": _named(e.others), "reason": e.reason}
            for e in known.entangled
        ],
        "unattainable": [
            {"criterion": local_name(u.criterion), "status": u.status, "reason": u.reason} for u in known.unattainable
        ],
        "refused": sorted({f"{local_name(s.kind)}: {why}" for s, why in known.stock.refused.items()}),
    }


def _words(statuses: tuple[Status, ...]) -> list[str]:
    return [status.value for status in STATUSES if status in statuses]


def _named(statuses: Mapping[Iri, Status]) -> dict[str, str]:
    return {local_name(iri): status.value for iri, status in sorted(statuses.items())}


def _failure(failure: Failure) -> dict[str, Any]:
    return {"what": failure.what, "wanted": dict(failure.wanted), "got": dict(failure.got), "trig": failure.trig}


def _text(found: Mapping[str, Any], known: Profile, failures: tuple[Failure, ...]) -> str:
    rows = [
        (local_name(iri), *("yes" if status in reached else "no" for status in STATUSES))
        for iri, reached in sorted(known.attainable.items())
    ]
    headings = ("criterion", *(status.value for status in STATUSES))
    return "\n".join([table(headings, rows, known.stock.edition.label), *_lines(found, known), *map(str, failures), ""])


def _lines(found: Mapping[str, Any], known: Profile) -> Iterator[str]:
    yield (
        f"{found['cases']} cases by seed {found['seed']}, each also with one criterion changed; "
        f"{found['boundaries']} findings on and beside thresholds."
    )
    yield f"{len(found['failures'])} failed." if found["failures"] else "None failed."
    for one in known.unattainable:
        yield f"{local_name(one.criterion)} is never {one.status.value}: {one.reason}."
    for pair in known.entangled:
        others = ", ".join(f"{name} {status}" for name, status in _named(pair.others).items())
        yield f"{local_name(pair.criterion)} {pair.status.value} comes with {others}: {pair.reason}."
    for line in found["refused"]:
        yield f"Intake refuses a finding made for it: {line}"
