"""A synthetic case by seeded choices among pieces, as text: no graph, no parser, no engine."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

from reasoner.synthetic.chart import Chart
from reasoner.synthetic.dispute import Dispute
from reasoner.synthetic.draft import Draft
from reasoner.synthetic.lines import DAY, MONTH, YEAR, pick
from reasoner.synthetic.model import Chosen, Made

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from reasoner.synthetic.model import Cluster, Placed, Stock, Variant
    from reasoner.synthetic.words import Words

TRIES = 12
"""How often other pieces are chosen where those chosen end one another or add up to one period."""


def name_of(seed: int, number: int) -> str:
    """The name of a case, the same in every run."""
    return f"synthetic-{seed}-{number:07d}"


def compose(number: int, seed: int, stocks: Sequence[Stock], words: Words, broken: float = 0.0) -> Made:
    """The case of this number: the same whatever else is made."""
    random = Random(f"{seed}|{number}")  # noqa: S311 - nothing is kept secret by it
    which = random.randrange(len(stocks))
    name = name_of(seed, number)
    draft = Draft(name, stocks[which], words, random)
    composer = _Composer(draft)
    composer.write()
    breakage = random.choice(words.breakages) if broken and random.random() < broken else None
    chosen = Chosen(which, draft.extent.segments, tuple(composer.placed), composer.exact)
    lines = [*draft.lines, *composer.chart.listed(), *composer.chart.lines]
    return Made(name, "".join(lines), list(composer.chart.papers.values()), chosen, breakage)


class _Composer:
    """Chooses the findings of one case and where they stand."""

    def __init__(self, draft: Draft) -> None:
        self.draft, self.chart = draft, Chart(draft)
        self.placed: list[tuple[int, tuple[int, ...]]] = []
        self.exact = True

    def write(self) -> None:
        """Write the dispute and the record."""
        pieces, lacking = self._pieces()
        Dispute(self.draft).write(lacking)
        self._named()
        self._findings(pieces)
        self._irrelevant()

    def _pieces(self) -> tuple[list[tuple[Placed, Variant]], list[int]]:
        """Findings for every cluster that neither end one another nor add up; at the last, those that say least."""
        for _ in range(TRIES):
            found, lacking = self._drawn()
            if self._one_period(p for p, _ in found):
                if self._clash(v for _, v in found):
                    found = [(p, self.draft.stock.variants[p.candidate][0]) for p, _ in found]
                if not self._clash(v for _, v in found):
                    return found, lacking
        return self._varied([(c, c.rest) for c in self.draft.extent.clusters])

    def _drawn(self) -> tuple[list[tuple[Placed, Variant]], list[int]]:
        random, rate = self.draft.random, self.draft.words.rates
        kindness, quiet = random.choice(rate["kindness"]), rate["quiet"]
        story = random.choice(self.draft.stock.stories)
        options = []
        for cluster, claimed in zip(self.draft.extent.clusters, story, strict=True):
            if claimed and random.random() < kindness:
                options.append((cluster, cluster.wished))
            elif not claimed and random.random() < quiet:
                options.append((cluster, cluster.rest))
            else:
                options.append((cluster, pick(random, cluster.weights)))
        return self._varied(options)

    def _varied(self, options: list[tuple[Cluster, int]]) -> tuple[list[tuple[Placed, Variant]], list[int]]:
        random, variants = self.draft.random, self.draft.stock.variants
        found: list[tuple[Placed, Variant]] = []
        for cluster, option in options:
            way = random.random()
            for placed in random.choice(cluster.options[option]):
                ways = variants[placed.candidate]
                found.append((placed, ways[int(way * len(ways))]))
        return found, [criterion for cluster, option in options for criterion in cluster.lacking[option]]

    def _one_period(self, placed: Iterable[Placed]) -> bool:
        return len({self.draft.stock.derived[p.candidate] for p in placed} - {0}) < 2  # noqa: PLR2004

    def _clash(self, variants: Iterable[Variant]) -> bool:
        states = [v.state for v in variants if v.state >= 0]
        return any((a, b) in self.draft.stock.clashes for n, a in enumerate(states) for b in states[:n])

    def _findings(self, pieces: list[tuple[Placed, Variant]]) -> None:
        random, rate, stock = self.draft.random, self.draft.words.rates, self.draft.stock
        vague = random.randrange(len(pieces)) if pieces and random.random() < rate["imprecise-date"] else -1
        away = random.randrange(len(pieces)) if pieces and random.random() < rate["wrong-level-moved"] else -1
        late = random.randrange(len(pieces)) if pieces and random.random() < rate["late-document"] else -1
        for number, (placed, variant) in enumerate(pieces):
            precision = DAY
            if number == vague and any(part.dates for part in variant.parts):
                precision, self.exact = random.choice((MONTH, YEAR)), False
            if number == away and placed.candidate in stock.movable and self.draft.place[3]:
                self.chart.finding(
                    variant, (random.choice(self.draft.place[3]),), precision, disagrees=placed.disagrees
                )
                continue
            sites = self._sites(placed, variant)
            if number == late:
                self.chart.finding(variant, self._at(sites), precision, late=True)
                continue
            self.placed.append((placed.candidate, sites))
            self.chart.finding(variant, self._at(sites), precision, disagrees=placed.disagrees)

    def _sites(self, placed: Placed, variant: Variant) -> tuple[int, ...]:
        """The segments that it must be at, else any of those requested if it is somewhere at all."""
        if placed.sites or not variant.located:
            return placed.sites
        count = self.draft.extent.segments
        if self.draft.random.random() < self.draft.words.rates["everywhere"]:
            return tuple(range(count))
        return (self.draft.random.randrange(count),) if count else ()

    def _at(self, sites: tuple[int, ...]) -> tuple[str, ...]:
        return tuple(self.draft.place[2][n] for n in sites)

    def _named(self) -> None:
        """What the request must name, as its class demands."""
        for predicate, variant in self.draft.stock.named:
            sites = self.draft.place[2] if variant.located else ()
            name = self.chart.finding(variant, sites)
            self.draft.say("request", f"{predicate}<{self.draft.case}{name}>")

    def _irrelevant(self) -> None:
        random, stock = self.draft.random, self.draft.stock
        for variant in random.sample(stock.irrelevant, random.randint(*self.draft.words.counts["irrelevant"])):
            self.chart.finding(
                variant, (random.choice(self.draft.place[2]),) if variant.located and self.draft.place[2] else ()
            )
        if stock.movable and self.draft.place[3] and random.random() < self.draft.words.rates["wrong-level-added"]:
            variant = random.choice(stock.variants[random.choice(stock.movable)])
            self.chart.finding(variant, (random.choice(self.draft.place[3]),))
