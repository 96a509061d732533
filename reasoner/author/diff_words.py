"""The differences of two editions, each told as its author would tell it. No I/O.

Criteria, groups and cautions are known again by name, else by notation or label; shapes by what they demand, not
by what they are called.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reasoner.author.diff_change import Change, Side, type_of
from reasoner.author.diff_shapes import SIDES, demanded
from reasoner.author.shape_text import text_of
from reasoner.terms import DCTERMS, GUIDELINE, RDFS, SH, SKOS, A, local_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from reasoner.guideline.edition import Edition, Node
    from reasoner.ontology import Ontology
    from reasoner.rdf import Iri

LOGIC = (
    GUIDELINE.allOf,
    GUIDELINE.anyOf,
    GUIDELINE.noneOf,
    GUIDELINE.of,
    GUIDELINE.atLeast,
    GUIDELINE.unless,
    GUIDELINE.when,
)
TOLD_ELSEWHERE = (A, *SIDES, *LOGIC, SH.path, SH.qualifiedMinCount, GUIDELINE.logic, GUIDELINE.duty, GUIDELINE.caution)
KINDS: Mapping[Iri, tuple[str, str]] = {
    RDFS.label: ("label", "label"),
    SKOS.notation: ("notation", "notation"),
    DCTERMS.source: ("source", "source"),
    GUIDELINE.looksFor: ("kinds looked for", "kinds looked for"),
    GUIDELINE.holdsFor: ("segments", "segments it must hold for"),
    GUIDELINE.bothMeans: ("both means", "meaning of findings for and against"),
    SH.targetClass: ("target", "what it is asked of"),
    GUIDELINE.requirement: ("requirement", "requirement"),
    GUIDELINE.remedy: ("remedy", "remedy"),
    GUIDELINE.scope: ("scope", "scope"),
    GUIDELINE.excludes: ("scope", "excluded"),
    GUIDELINE.silentOn: ("scope", "silent on"),
    GUIDELINE.divisible: ("scope", "divisible"),
    GUIDELINE.conflictPolicy: ("conflict policy", "conflict policy"),
    GUIDELINE.inForceFrom: ("in force", "in force from"),
    GUIDELINE.inForceUntil: ("in force", "in force until"),
}


def changes(old: Edition, new: Edition, ontology: Ontology) -> tuple[Change, ...]:
    """Every difference between two editions, in order of the new one's lines."""
    before, after = _side(old), _side(new)
    names = _pairs(before, after)
    found = [
        *_renamed(names, before, after), *_come_and_gone(names, before, after), *_said(names, before, after),
        *demanded(names, before, after, ontology), *_placed(names, before, after),
    ]  # fmt: skip
    return tuple(sorted(dict.fromkeys(found), key=lambda c: (c.new_line or c.old_line or 0, c.subject, c.what)))


def _side(edition: Edition) -> Side:
    shapes = {SH.NodeShape}
    things = {
        local_name(s): s
        for s in edition.graph.all_subjects()
        if not s.startswith("_:") and not shapes.intersection(edition.graph.iris(s, A))
    }
    things.pop(local_name(edition.iri), None)
    return Side(edition, text_of(edition), {**things, EDITION: edition.iri}, dict(_places(edition)))


EDITION = "edition"


def _pairs(old: Side, new: Side) -> dict[str, str]:
    """The new name of each thing that is in both editions, by its old one."""
    names = {name: name for name in old.things if name in new.things}
    for predicate in (SKOS.notation, RDFS.label):
        came = {_key(new, n, predicate): n for n in new.things if n not in names.values()}
        gone = [n for n in old.things if n not in names]
        for name in gone:
            key = _key(old, name, predicate)
            if key[1] and key in came:
                names[name] = came.pop(key)
    return names


def _key(side: Side, name: str, predicate: Iri) -> tuple[str, str]:
    iri = side.things[name]
    return type_of(iri, side.edition), side.edition.graph.text(iri, predicate)


def _renamed(names: Mapping[str, str], old: Side, new: Side) -> Iterator[Change]:
    for was, now in names.items():
        if was != now:
            lines = old.line(old.things[was]), new.line(new.things[now])
            yield Change("renamed", now, new.label(now), "named", was, now, *lines)


def _come_and_gone(names: Mapping[str, str], old: Side, new: Side) -> Iterator[Change]:
    for name, iri in new.things.items():
        if name not in names.values():
            what = f"{type_of(iri, new.edition)} {name} added{_where(new, name)}"
            yield Change("added", name, new.label(name), what, "", name, None, new.line(iri))
    for name, iri in old.things.items():
        if name not in names:
            what = f"{type_of(iri, old.edition)} {name} removed{_where(old, name)}"
            yield Change("removed", name, old.label(name), what, name, "", old.line(iri), None)


def _where(side: Side, name: str) -> str:
    return f", {_plain(side.places[name])}" if name in side.places else ""


def _said(names: Mapping[str, str], old: Side, new: Side) -> Iterator[Change]:
    """What is stated of each thing beside its shapes and its place."""
    for was, now in names.items():
        before, after = (s.edition.graph.predicates(s.things[n]) for s, n in ((old, was), (new, now)))
        for predicate in sorted({*before, *after} - set(TOLD_ELSEWHERE)):
            said = [[s.say(v) for v in stated.get(predicate, [])] for s, stated in ((old, before), (new, after))]
            texts = [" , ".join(sorted(names.get(v, v) for v in said[0])), " , ".join(sorted(said[1]))]
            if texts[0] != texts[1]:
                kind, what = KINDS.get(predicate, _phrase(predicate))
                lines = old.line(old.things[was], predicate), new.line(new.things[now], predicate)
                yield Change(kind, now, new.label(now), what, texts[0], texts[1], *lines)


def _phrase(predicate: Iri) -> tuple[str, str]:
    words = "".join(f" {c.lower()}" if c.isupper() else c for c in local_name(predicate))
    return ("wording", f"{words} reworded") if words.startswith(("phrase", "note", "reason")) else ("statement", words)


def _placed(names: Mapping[str, str], old: Side, new: Side) -> Iterator[Change]:
    """Where each criterion and group of both editions stands, and how each group joins its members."""
    for was, now in names.items():
        before, after = old.places.get(was, ""), new.places.get(now, "")
        lines = old.line(old.things[was]), new.line(new.things[now])
        for one, other in names.items():
            before = before.replace(f"<{one}>", f"<{other}>")
        if before != after:
            yield Change("logic", now, new.label(now), "moved", _plain(before), _plain(after), *lines)
        joins = [_joins(s.edition, s.things[n]) for s, n in ((old, was), (new, now))]
        if joins[0] != joins[1]:
            yield Change("logic", now, new.label(now), "members joined by", joins[0], joins[1], *lines)


def _plain(place: str) -> str:
    return place.replace("<", "").replace(">", "")


def _joins(edition: Edition, iri: Iri) -> str:
    node = next((n for n in edition.logic.below() if n.iri == iri), None) if edition.logic else None
    if node is None or node.operator is None:
        return ""
    return f"at least {node.count}" if node.operator == "atLeast" else str(node.operator)


def _places(edition: Edition) -> Iterator[tuple[str, str]]:
    for duty in edition.duties:
        yield local_name(duty), "a duty outside the logic"
    for caution in edition.cautions:
        yield local_name(caution), "a caution"
    if edition.logic:
        yield local_name(edition.logic.iri), "the root of the logic"
        yield from _below(edition.logic)


def _below(node: Node) -> Iterator[tuple[str, str]]:
    name = local_name(node.iri)
    roles = [
        *((m, "a member of") for m in node.members),
        (node.unless, "the waiver of"),
        (node.when, "the condition of"),
    ]
    for below, role in roles:
        if below:
            yield local_name(below.iri), f"{role} <{name}>"
            yield from _below(below)
