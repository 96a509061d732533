"""Which edition governs a request, with the ground of every rung on the way to it."""

from __future__ import annotations

from enum import StrEnum
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from reasoner.data import folder
from reasoner.dates import Interval, spoken
from reasoner.errors import InputRefusedError, Problem, UsageError
from reasoner.guideline.edition_file import all_editions, editions_of, read_edition, span
from reasoner.guideline.ladder import Ladder, Rung, ladders
from reasoner.terms import BASE, GUIDELINE, RDFS
from reasoner.vocabulary import prefixed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reasoner.guideline.edition import Edition
    from reasoner.ontology import Ontology
    from reasoner.rdf import Iri


class Reply(StrEnum):
    """What a rung answers."""

    GOVERNS = "governs"
    SILENT = "silent"
    NOT_IN_FORCE = "not in force"
    OUT_OF_SCOPE = "out of scope"


class Step(NamedTuple):
    """One authority that was asked, and its reply."""

    rung: Rung | None
    guideline: Iri
    authority: str
    edition: Edition | None
    reply: Reply
    ground: str


class Selection(NamedTuple):
    """The edition that a request is judged by, and how it was found."""

    edition: Edition
    ladder: Ladder | None
    steps: tuple[Step, ...]
    day: Interval
    in_force: bool

    @property
    def by_name(self) -> bool:
        """Whether the edition was asked for by name instead of found on a ladder."""
        return self.ladder is None


class Asked(NamedTuple):
    """What a selection needs to know of a case."""

    case_file: str
    jurisdiction: Iri | None
    kinds: frozenset[Iri]
    dates: dict[Iri, Interval]
    """The dates that a ladder or edition may be keyed on, by property."""
    day: Interval
    """The utilization review decision, else the request."""


def by_ladder(asked: Asked, ontology: Ontology) -> Selection:
    """Ask each rung in turn, and never step down without a ground.

    Raises `InputRefusedError` where no ladder is in force, where an authority's text for the day is not known
    here, or where no authority governs.
    """
    ladder = _ladder(asked, ontology)
    day = asked.dates[ladder.keyed_on]
    steps: list[Step] = []
    for rung in ladder.rungs:
        for guideline in rung.guidelines:
            step = _ask(rung, guideline, day, asked, ladder, ontology)
            steps.append(step)
            if step.reply is Reply.GOVERNS and step.edition:
                return Selection(step.edition, ladder, tuple(steps), day, in_force=True)
    grounds = " ".join(step.ground for step in steps)
    raise _refused("no-governing-edition", asked, f"No authority of {ladder.label} governs the request. {grounds}",
                   "Name an edition with --guideline to see how it would be judged.")  # fmt: skip


def by_name(name: str, asked: Asked, ontology: Ontology) -> Selection:
    """Take the edition that is asked for by name, in force or as a contrast.

    Raises `UsageError` for a name that means no edition or several, `InputRefusedError` where the edition has no
    criterion for the request or is not about it.
    """
    edition = packaged_edition(name, asked.day, ontology)
    in_force = edition.in_force.covers(asked.day)
    reply, ground = _reply(edition, asked, ontology)
    if reply is not Reply.GOVERNS:
        raise _refused("not-about-request", asked, ground, "Name an edition that addresses the request.")
    if not in_force:
        reply, ground = (
            Reply.NOT_IN_FORCE,
            f"{edition.title} ({_dates(edition)}) was not in force on {spoken(asked.day)}.",
        )
    step = Step(None, edition.guideline, edition.label, edition, reply, ground)
    return Selection(edition, None, (step,), asked.day, in_force)


def find_edition(name: str, day: Interval, ontology: Ontology) -> Edition:
    """The edition that a path, part of a path, IRI or notation names; of several in one guideline the one in force.

    Raises `UsageError` for a name that means no edition or several.
    """
    if Path(name).suffix == ".ttl" and Path(name).is_file():
        return read_edition(Path(name), ontology)
    return _in_force(name, _named(name, ontology), day)


def packaged_edition(name: str, day: Interval, ontology: Ontology) -> Edition:
    """The same, for many cases: what a name means is looked up once, unless it is a file's."""
    if Path(name).suffix == ".ttl":
        return find_edition(name, day, ontology)
    return _in_force(name, _packaged(name, ontology), day)


def _named(name: str, ontology: Ontology) -> Mapping[str, Edition]:
    """The editions that a name other than a file's can mean, by their places in the folder of shapes."""
    wanted = name.removeprefix(BASE).removeprefix("shapes/").removesuffix(".ttl").lower()
    paths = _places()
    found = [stem for stem in paths if stem == wanted] or [stem for stem in paths if wanted in stem]
    editions = {stem: read_edition(path, ontology) for stem, path in paths.items() if not found or stem in found}
    return editions if found else {s: e for s, e in editions.items() if wanted in {n.lower() for n in e.notations}}


_packaged = lru_cache(maxsize=1024)(_named)


def _places() -> dict[str, Path]:
    """The file of every packaged edition by its place in the folder of shapes."""
    return {str(path.relative_to(folder("shapes")).with_suffix("")): path for path in all_editions()}


def _in_force(name: str, editions: Mapping[str, Edition], day: Interval) -> Edition:
    found = list(editions.values())
    if len(found) > 1 and len({e.guideline for e in found}) == 1:
        found = [e for e in found if e.in_force.covers(day)]
    if len(found) == 1:
        return found[0]
    raise UsageError(
        Problem(
            "no-such-edition",
            "--guideline",
            None,
            f"{name!r} names {len(editions) or 'no'} edition(s).",
            f"Name one of: {', '.join(editions or _places())}.",
        )
    )


def _ladder(asked: Asked, ontology: Ontology) -> Ladder:
    if asked.jurisdiction is None:
        raise _refused(
            "no-jurisdiction",
            asked,
            "The request states no jurisdiction, so no order of authorities is known.",
            f"Add core:jurisdiction ({_known_jurisdictions(ontology)}), or name an edition with --guideline.",
        )
    there = [ladder for ladder in ladders(ontology) if ladder.jurisdiction == asked.jurisdiction]
    dated = [ladder for ladder in there if ladder.keyed_on in asked.dates]
    if there and not dated:
        raise _refused(
            "no-key-date",
            asked,
            f"In {ontology.label(asked.jurisdiction)} the order of authorities depends on a date that the case lacks.",
            f"State {prefixed(there[0].keyed_on, {})}, or name an edition with --guideline.",
        )
    for ladder in dated:
        if ladder.in_force.covers(asked.dates[ladder.keyed_on]):
            return ladder
    raise _refused(
        "no-ladder",
        asked,
        f"No order of authorities of {ontology.label(asked.jurisdiction)} is encoded for the date of this dispute.",
        "Name an edition with --guideline, or add the ladder under shapes/ladders/.",
    )


def _known_jurisdictions(ontology: Ontology) -> str:
    return ", ".join(sorted({prefixed(ladder.jurisdiction, {}) for ladder in ladders(ontology)}))


@cache
def _editions(guideline: Iri, ontology: Ontology) -> list[Edition]:
    return [read_edition(path, ontology) for path in editions_of(guideline)]


def _ask(rung: Rung, guideline: Iri, day: Interval, asked: Asked, ladder: Ladder, ontology: Ontology) -> Step:
    editions = _editions(guideline, ontology)
    for edition in editions:
        if edition.in_force.covers(day):
            reply, ground = _reply(edition, asked, ontology)
            if reply is Reply.GOVERNS and edition.logic is None:
                raise _refused(
                    "not-encoded",
                    asked,
                    f"{edition.title} addresses this request and its criteria are not encoded here, so no authority "
                    "below it may be consulted.",
                    "Encode what it says of such requests in a new edition file.",
                )
            return Step(rung, guideline, edition.label, edition, reply, ground)
    _refuse_unknown_text(editions, day, rung, asked, ladder)
    name = next((e.graph.text(guideline, RDFS.label) for e in editions), rung.label)
    return Step(rung, guideline, name, None, Reply.NOT_IN_FORCE, f"{name} was not in force on {spoken(day)}.")


def _refuse_unknown_text(editions: list[Edition], day: Interval, rung: Rung, asked: Asked, ladder: Ladder) -> None:
    for edition in editions:
        for known in edition.graph.iris(edition.guideline, GUIDELINE.unencodedEdition):
            if span(known, edition.graph).covers(day):
                label = edition.graph.text(known, RDFS.label)
                raise _refused(
                    "not-known-for-this-date",
                    asked,
                    f"Under {ladder.label}, {rung.label} comes next. What was in force on {spoken(day)} is {label}, "
                    "whose text is not known here for this date; no other edition is stretched over it, and no "
                    "authority below it may be consulted.",
                    "Encode that edition, or name another with --guideline as a contrast.",
                )


def _reply(edition: Edition, asked: Asked, ontology: Ontology) -> tuple[Reply, str]:
    excluded = [k for k in edition.excludes if k in asked.kinds]
    if excluded or not asked.kinds.intersection(edition.scope):
        scope = " or ".join(ontology.label(k) for k in edition.scope)
        return Reply.OUT_OF_SCOPE, f"{edition.title} is about {scope}, not about this request."
    silent = [k for k in edition.silent_on if k in asked.kinds]
    if silent:
        return Reply.SILENT, f"{edition.title} makes no specific recommendation on {ontology.label(silent[0])}."
    return (
        Reply.GOVERNS,
        f"{edition.title} addresses {ontology.label(next(k for k in edition.scope if k in asked.kinds))}.",
    )


def _dates(edition: Edition) -> str:
    first, last = edition.in_force.first, edition.in_force.last
    return f"in force from {spoken(first) if first else 'an unknown day'}" + (f" to {spoken(last)}" if last else "")


def _refused(code: str, asked: Asked, problem: str, fix: str) -> InputRefusedError:
    return InputRefusedError(Problem(code, asked.case_file, None, problem, fix))
