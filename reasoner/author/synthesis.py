"""Synthesis: a whole case from a choice of a status for every criterion, and the law that it must obey.

The chosen statuses come back exactly, and changing one criterion changes that one alone. This tests the machinery,
not the meaning: what a criterion means only hand-written rows say.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from reasoner.assess import assess, report
from reasoner.author.inventory import inventory
from reasoner.author.plan import Plan, Stuck, planned, predicted, seeded
from reasoner.author.profile import Profile, draw, moved, profile
from reasoner.author.scene import case_of
from reasoner.errors import Problem, ReasonerError, UsageError
from reasoner.guideline.probes import run, untrustworthy
from reasoner.judge import prepare, settled
from reasoner.terms import local_name
from reasoner.validate import default_engine

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from random import Random

    from reasoner.assess import Answer
    from reasoner.author.inventory import Inventory
    from reasoner.guideline.edition import Edition
    from reasoner.load import Case
    from reasoner.ontology import Ontology
    from reasoner.rdf import Graph, Iri
    from reasoner.record import Record
    from reasoner.status import Status
    from reasoner.validate import Engine, Result


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """A case judged by an edition, whatever the ladder says and whether or not the edition is in force."""

    graph: Graph
    record: Record
    results: tuple[Result, ...]
    answers: Mapping[Iri, Mapping[Iri, Answer]] = field(hash=False)
    """The answers by request or part, then by criterion."""


@dataclass(frozen=True, slots=True)
class Failure:
    """A case that is not answered as its findings are one by one."""

    edition: str
    what: str
    wanted: Mapping[str, str] = field(hash=False)
    """The criteria that went wrong, by name, and the status that each should have."""
    got: Mapping[str, str] = field(hash=False)
    trig: str

    def __str__(self) -> str:
        turns = [
            f"  {name}: {wanted} was wanted, {self.got.get(name, 'none')} came back"
            for name, wanted in self.wanted.items()
        ]
        return "\n".join([f"{self.edition}: {self.what}", *turns, self.trig])


def judged(case: Case, edition: Edition, ontology: Ontology, engine: Engine) -> Judged:
    """A case with every criterion of an edition answered for each of its requests."""
    prepared = prepare(case, ontology, engine)
    graph, known = settled(prepared, prepared.record(ontology), edition, ontology)
    results = run(edition, graph, engine)
    found, distrusted = report(results), untrustworthy(edition, ontology, engine)
    return Judged(graph, known, results, {r.iri: assess(r, edition, found, known, distrusted) for r in known.requests})


def statuses(case: Case, edition: Edition, ontology: Ontology, engine: Engine) -> dict[Iri, Status]:
    """The status of every criterion for the whole request."""
    found = judged(case, edition, ontology, engine)
    return {iri: answer.computed for iri, answer in found.answers[found.record.whole.iri].items()}


def synthesize(edition: Edition, wanted: Mapping[Iri, Status], ontology: Ontology, seed: int) -> Case:
    """The smallest case that gives these statuses; a criterion that is not named says as little as it can.

    Raises `UsageError` where no case can give them, with the criterion and the reason.
    """
    stock = inventory(edition, ontology, default_engine())
    known = profile(stock)
    found = planned({**known.rest, **wanted}, stock, seed)
    if isinstance(found, Stuck):
        raise UsageError(_problem(found, {**known.rest, **wanted}, edition))
    return _case(found, stock)


def law(edition: Edition, ontology: Ontology, engine: Engine, seed: int, count: int) -> tuple[Failure, ...]:
    """Where the law fails in so many cases drawn by a seed, each with the smallest case that shows it."""
    known = profile(inventory(edition, ontology, engine))
    return tuple(f for number in range(count) for f in _tried(known, seeded(seed, number), number, engine))


def drawn(edition: Edition, ontology: Ontology, engine: Engine, seed: int, count: int) -> Iterator[Case]:
    """So many synthetic cases of an edition, the same for the same seed."""
    known = profile(inventory(edition, ontology, engine))
    for number in range(count):
        found = planned(draw(known, seeded(seed, number)), known.stock, number)
        if isinstance(found, Plan):
            yield _case(found, known.stock)


def _case(plan: Plan, stock: Inventory) -> Case:
    return case_of(stock.scene, plan.placements, plan.extent, stock.ontology)


def _tried(known: Profile, random: Random, seed: int, engine: Engine) -> Iterator[Failure]:
    """A case and its neighbour, in which one criterion is changed."""
    first = draw(known, random)
    second = moved(first, known, random)
    for wanted in (first, second) if second else (first,):
        found = planned(wanted, known.stock, seed)
        if isinstance(found, Stuck):
            what = f"{local_name(found.criterion)} cannot be had with the others: {found.reason}"
            yield Failure(known.stock.edition.label, what, _by_name(wanted), {}, "")
        elif failure := tried(found, known.stock, engine):
            yield failure


def tried(plan: Plan, stock: Inventory, engine: Engine) -> Failure | None:
    """What goes wrong with a plan, in the smallest case in which the same goes wrong."""

    def wrong(plan: Plan) -> tuple[Mapping[Iri, Status], str]:
        wanted = predicted(plan, stock)
        try:
            got = statuses(_case(plan, stock), stock.edition, stock.ontology, engine)
        except ReasonerError as error:
            return {}, str(error)
        return {iri: status for iri, status in got.items() if status is not wanted[iri]}, ""

    if not any(wrong(plan)):
        return None
    least = shrunk(plan, lambda smaller: any(wrong(smaller)))
    got, error = wrong(least)
    wanted = predicted(least, stock)
    return Failure(
        stock.edition.label, error or "A case is not answered as its findings are one by one.",
        _by_name({iri: wanted[iri] for iri in got}), _by_name(got), _case(least, stock).content.decode(),
    )  # fmt: skip


def _by_name(statuses: Mapping[Iri, Status]) -> dict[str, str]:
    return {local_name(iri): status.value for iri, status in sorted(statuses.items())}


def _problem(stuck: Stuck, wanted: Mapping[Iri, Status], edition: Edition) -> Problem:
    name = local_name(stuck.criterion)
    status = wanted.get(stuck.criterion)
    return Problem(
        "cannot-synthesize", edition.file, edition.line_of(stuck.criterion),
        f"{name} cannot be made {status.value if status else 'so'} together with the others: {stuck.reason}.",
        "Choose other statuses, or give the criteria findings that answer one of them alone.",
    )  # fmt: skip


def shrunk(plan: Plan, fails: Callable[[Plan], bool]) -> Plan:
    """A plan that fails as this one does and from which no finding can be taken without its passing.

    ``fails`` is true of the plan given.
    """
    smaller = _without_one(plan, fails)
    while smaller:
        plan, smaller = smaller, _without_one(smaller, fails)
    return plan


def _without_one(plan: Plan, fails: Callable[[Plan], bool]) -> Plan | None:
    fewer = (replace(plan, chosen=plan.chosen[:i] + plan.chosen[i + 1 :]) for i in range(len(plan.chosen)))
    return next((candidate for candidate in fewer if fails(candidate)), None)
