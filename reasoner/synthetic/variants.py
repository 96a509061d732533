"""A synthetic finding in the several ways in which a chart may state it: dated, measured, worded."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from reasoner.author.scene import Sketch, day_of
from reasoner.rdf import Iri, Literal, Term
from reasoner.synthetic.model import Part, Variant
from reasoner.terms import CORE, XSD, A

if TYPE_CHECKING:
    from collections.abc import Iterator
    from random import Random

    from reasoner.ontology import Ontology
    from reasoner.synthetic.words import Words

UNNAMED = "Synthetic."
"""What stands in a sketch for a text that no shape compares."""


class Writer:
    """Writes sketches for one edition, whose scene says on which day the request was made."""

    def __init__(self, requested: date, ontology: Ontology, words: Words) -> None:
        self.requested, self.ontology, self.words = requested, ontology, words
        self.papers = {d.name: number for number, d in enumerate(words.documents)}

    def variants(self, sketch: Sketch, number: int, random: Random) -> list[Variant]:
        """The sketch as it is, then dated, measured and with an earlier state that it ended."""
        sketches = dict.fromkeys([sketch, *self._decorated(sketch, random)])
        return [self.variant(s, number, random) for s in sketches]

    def variant(self, sketch: Sketch, number: int, random: Random) -> Variant:
        """A sketch as it is written, without a state number."""
        main, parts = self._main(sketch), self._parts(sketch, random)
        paper = self._paper(main)
        second = self.papers[self.words.documents[paper].second]
        if sketch.role:
            paper = second = self._of_role(sketch.role, paper)
        return Variant(number, paper, second, tuple(parts), self.located(main.kind), -1)

    def located(self, kind: Iri) -> bool:
        """Whether findings of a kind say where they are."""
        graph = self.ontology.graph
        return any(graph.text(k, CORE.located) == "true" for k in self.ontology.kinds_of(kind))

    def said(self, kind: Iri, presence: Term | None) -> str:
        """How a finding of a kind is named in a sentence."""
        predicate = CORE.saidAbsent if presence == CORE.Absent else CORE.saidPresent
        graph = self.ontology.graph
        nearest = sorted(self.ontology.kinds_of(kind), key=lambda k: (-len(self.ontology.kinds_of(k)), k))
        return next((text for k in nearest if (text := graph.text(k, predicate))), self.ontology.label(kind))

    def _decorated(self, sketch: Sketch, random: Random) -> Iterator[Sketch]:
        for _ in range(int(self.words.counts["variants"])):
            made = self._measured(sketch, random)
            if not any(isinstance(v, Literal) and v.datatype == XSD.date for _, v in sketch.values):
                made = self._dated(made, random)
            yield made
            if random.random() < self.words.rate("history"):
                yield from self._history(made, random)

    def _measured(self, sketch: Sketch, random: Random) -> Sketch:
        values = dict(sketch.values)
        if values.get(CORE.presence) != CORE.Present:
            return sketch
        for predicate, (least, most) in self.words.numbers.get(sketch.kind, {}).items():
            values.setdefault(predicate, Literal(str(random.randint(least, most)), XSD.integer))
        unit = next((u for k in self._above(sketch.kind) if (u := self.ontology.graph.text(k, CORE.inUnit))), "1")
        if CORE.value in values:
            values.setdefault(CORE.unit, Literal(unit))
        return replace(sketch, values=tuple(values.items()))

    def _dated(self, sketch: Sketch, random: Random) -> Sketch:
        if random.random() < self.words.rate("undated"):
            return sketch
        day = day_of(self.requested - timedelta(days=random.choice(self.words.observed)))
        return replace(sketch, values=(*sketch.values, (CORE.observedOn, day)))

    def _history(self, sketch: Sketch, random: Random) -> Iterator[Sketch]:
        """The finding with the state that it ended, and that with the state before it."""
        if once := self._before(sketch, random):
            yield replace(once, ender=sketch)
            if twice := self._before(once, random):
                yield replace(twice, ender=replace(once, ender=sketch))

    def _before(self, sketch: Sketch, random: Random) -> Sketch | None:
        """An earlier state that a present, dated finding ends."""
        day = dict(sketch.values).get(CORE.observedOn)
        present = dict(sketch.values).get(CORE.presence) == CORE.Present
        before = [e for k in self._above(sketch.kind) for e in self.ontology.graph.iris(k, CORE.supersedes)]
        if not (before and present and isinstance(day, Literal)):
            return None
        earlier = date.fromisoformat(day.value) - timedelta(days=random.choice(self.words.earlier))
        return Sketch(before[0], ((CORE.presence, CORE.Present), (CORE.observedOn, day_of(earlier))))

    def _above(self, kind: Iri) -> list[Iri]:
        return sorted(self.ontology.kinds_of(kind))

    def _main(self, sketch: Sketch) -> Sketch:
        """The finding at the end of a history."""
        return self._main(sketch.ender) if sketch.ender else sketch

    def _paper(self, sketch: Sketch) -> int:
        kinds = self.ontology.kinds_of(sketch.kind)
        exact = (n for n, d in enumerate(self.words.documents) if sketch.kind in d.holds)
        wider = (n for n, d in enumerate(self.words.documents) if d.holds & kinds)
        return next(exact, next(wider, len(self.words.documents) - 1))

    def _of_role(self, role: Iri, otherwise: int) -> int:
        fitting = [n for n, d in enumerate(self.words.documents) if d.role == role]
        return otherwise if otherwise in fitting else fitting[-1] if fitting else otherwise

    def _parts(self, sketch: Sketch, random: Random, first: int = 0) -> list[Part]:
        """The sketch, what it names and what ends it; each names others by their place."""
        below: list[Part] = []
        links = []
        for predicate, inner in sketch.below:
            links.append((f" <{predicate}> ", first + 1 + len(below)))
            below += self._parts(inner, random, first + 1 + len(below))
        values = [(p, self._told(p, v, random)) for p, v in sketch.values]
        part = Part(
            slug(self.ontology.label(sketch.kind)),
            (f" <{A}> <{sketch.kind}>", *(f" <{p}> {written(v)}" for p, v in values if not _is_day(v))),
            tuple((f" <{p}> ", self._offset(v)) for p, v in values if isinstance(v, Literal) and _is_day(v)),
            tuple(links), self._phrase(sketch, values),
        )  # fmt: skip
        ender = self._parts(sketch.ender, random, first + 1 + len(below)) if sketch.ender else []
        return [part, *below, *ender]

    def _told(self, predicate: Iri, value: Term, random: Random) -> Term:
        if isinstance(value, Literal) and value.value == UNNAMED:
            return Literal(random.choice(self.words.texts.get(predicate, (UNNAMED,))))
        return value

    def _offset(self, value: Literal) -> int:
        return (date.fromisoformat(value.value) - self.requested).days

    def _phrase(self, sketch: Sketch, values: list[tuple[Iri, Term]]) -> str:
        if not self.ontology.is_a(sketch.kind, CORE.Finding):
            return ""
        holes = {p: f"{{{n}}}" for n, p in enumerate((p for p, v in values if _is_day(v)), 1)}
        told = {p: holes.get(p) or braced(self._name(v)) for p, v in values if p != CORE.presence}
        told.update(dict.fromkeys((p for p, _ in sketch.below), ""))
        order = [*(p for p in self.words.values if p in told), *(p for p in told if p not in self.words.values)]
        ways = {p: self.words.values.get(p) or f", {braced(self.ontology.label(p))} {{value}}" for p in order}
        said = braced(self.said(sketch.kind, dict(values).get(CORE.presence)))
        return said + "{0}" + "".join(ways[p].replace("{value}", told[p]) for p in order)

    def _name(self, value: Term) -> str:
        return value.value if isinstance(value, Literal) else self.ontology.label(value)


def slug(words: str) -> str:
    """Words as part of a name."""
    return "-".join("".join(c if c.isalnum() else " " for c in words.lower()).split())


def braced(words: str) -> str:
    """Words that stand for themselves in a template."""
    return words.replace("{", "{{").replace("}", "}}")


def written(value: Term) -> str:
    """A term in N-Quads."""
    if not isinstance(value, Literal):
        return f"<{value}>"
    text = quoted(value.value)
    return text if value.datatype == XSD.string else f"{text}^^<{value.datatype}>"


def quoted(text: str) -> str:
    """A text in N-Quads, in quotation marks."""
    inner = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\r", "\\r")
    return f'"{inner}"'


def _is_day(value: Term) -> bool:
    return isinstance(value, Literal) and value.datatype == XSD.date
