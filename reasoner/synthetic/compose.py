"""A synthetic case by seeded choices among pieces, as text: no graph, no parser, no engine."""

from __future__ import annotations

from bisect import bisect
from datetime import date
from functools import lru_cache
from random import Random
from typing import TYPE_CHECKING, NamedTuple

from reasoner.dates import interval, spoken
from reasoner.rdf import Literal
from reasoner.synthetic.variants import quoted
from reasoner.terms import BASE, CORE, DCTERMS, RDFS, XSD, A

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from reasoner.synthetic.model import Cluster, Extent, Part, Placed, Stock, Variant
    from reasoner.synthetic.words import Breakage, DocumentKind, Words

TRIES = 12
"""How often other pieces are chosen where those chosen end one another or add up to one period."""
SENTENCES_A_PAGE = 4
DAY, MONTH, YEAR = 10, 7, 4
"""How much of a date is written."""
_TYPES = {DAY: XSD.date, MONTH: XSD.gYearMonth, YEAR: XSD.gYear}


class Paper(NamedTuple):
    """A chart document of a case, with its sentences in order."""

    name: str
    kind: int
    label: str
    day: int
    opening: str
    sentences: list[str]


class Chosen(NamedTuple):
    """What a case was made of, so that its answers can be foretold."""

    stock: int
    extent: int
    placed: tuple[tuple[int, tuple[int, ...]], ...]
    """The candidates that count, each with its segments by their place in the request."""
    exact: bool
    """Whether the answers can be foretold from these alone."""


class Made(NamedTuple):
    """A synthetic case."""

    name: str
    quads: str
    """Its statements in N-Quads, together with no other."""
    papers: list[Paper]
    chosen: Chosen
    breakage: Breakage | None


def name_of(seed: int, number: int) -> str:
    """The name of a case, the same in every run."""
    return f"synthetic-{seed}-{number:07d}"


def compose(number: int, seed: int, stocks: Sequence[Stock], words: Words, broken: float = 0.0) -> Made:
    """The case of this number: the same whatever else is made."""
    random = Random(f"{seed}|{number}")  # noqa: S311 - nothing is kept secret by it
    which = random.randrange(len(stocks))
    return _Composer(name_of(seed, number), which, stocks[which], words, random).made(broken)


class _Composer:
    def __init__(self, name: str, which: int, stock: Stock, words: Words, random: Random) -> None:
        self.name, self.which, self.stock, self.words, self.random = name, which, stock, words, random
        self.case = f"{BASE}cases/{name}/"
        self.default: list[str] = []
        self.body: list[str] = []
        self.papers: dict[tuple[int, int | None], Paper] = {}
        self.counts: dict[str, int] = {}
        self.placed: list[tuple[int, tuple[int, ...]]] = []
        self.exact = True
        self.after = random.random() < words.rates["after-decision"]

    def made(self, broken: float) -> Made:
        random, stock = self.random, self.stock
        decided = random.randint(stock.first, stock.last)
        self.decided = random.randint(*self.words.request["decided-after"])
        self.base = decided - self.decided
        self.extent_number = pick(random, stock.extent_weights)
        self.extent = stock.extents[self.extent_number]
        self.place = self.extent.places[pick(random, self.extent.weights)]
        pieces, lacking = self._pieces()
        self._dispute(lacking)
        self._named()
        self._findings(pieces)
        self._irrelevant()
        chosen = Chosen(self.which, self.extent.segments, tuple(self.placed), self.exact)
        papers = list(self.papers.values())
        for paper in papers:
            kind = self.words.documents[paper.kind]
            self.default += paper_lines(kind, self.case, paper.name, paper.label, paper.day)
        breakage = random.choice(self.words.breakages) if broken and random.random() < broken else None
        return Made(self.name, "".join(self.default) + "".join(self.body), papers, chosen, breakage)

    # ---------------------------------------------------------------- Which findings

    def _pieces(self) -> tuple[list[tuple[Placed, Variant]], list[int]]:
        """Findings for every cluster that neither end one another nor add up; at the last, those that say least."""
        for _ in range(TRIES):
            found, lacking = self._drawn()
            if self._one_period(p for p, _ in found):
                if self._clash(v for _, v in found):
                    found = [(p, self.stock.variants[p.candidate][0]) for p, _ in found]
                if not self._clash(v for _, v in found):
                    return found, lacking
        return self._varied([(c, c.rest) for c in self.extent.clusters])

    def _drawn(self) -> tuple[list[tuple[Placed, Variant]], list[int]]:
        random, rate = self.random, self.words.rates
        kindness, quiet = random.choice(rate["kindness"]), rate["quiet"]
        story = random.choice(self.stock.stories)
        options = []
        for cluster, claimed in zip(self.extent.clusters, story, strict=True):
            if claimed and random.random() < kindness:
                options.append((cluster, cluster.wished))
            elif not claimed and random.random() < quiet:
                options.append((cluster, cluster.rest))
            else:
                options.append((cluster, pick(random, cluster.weights)))
        return self._varied(options)

    def _varied(self, options: list[tuple[Cluster, int]]) -> tuple[list[tuple[Placed, Variant]], list[int]]:
        random, variants = self.random, self.stock.variants
        found: list[tuple[Placed, Variant]] = []
        for cluster, option in options:
            way = random.random()
            for placed in random.choice(cluster.options[option]):
                ways = variants[placed.candidate]
                found.append((placed, ways[int(way * len(ways))]))
        return found, [criterion for cluster, option in options for criterion in cluster.lacking[option]]

    def _one_period(self, placed: Iterable[Placed]) -> bool:
        return len({self.stock.derived[p.candidate] for p in placed} - {0}) < 2  # noqa: PLR2004

    def _clash(self, variants: Iterable[Variant]) -> bool:
        states = [v.state for v in variants if v.state >= 0]
        return any((a, b) in self.stock.clashes for n, a in enumerate(states) for b in states[:n])

    # ---------------------------------------------------------------- Where they stand

    def _findings(self, pieces: list[tuple[Placed, Variant]]) -> None:
        random, rate, stock = self.random, self.words.rates, self.stock
        vague = random.randrange(len(pieces)) if pieces and random.random() < rate["imprecise-date"] else -1
        away = random.randrange(len(pieces)) if pieces and random.random() < rate["wrong-level-moved"] else -1
        late = random.randrange(len(pieces)) if pieces and random.random() < rate["late-document"] else -1
        for number, (placed, variant) in enumerate(pieces):
            precision = DAY
            if number == vague and any(part.dates for part in variant.parts):
                precision, self.exact = random.choice((MONTH, YEAR)), False
            if number == away and placed.candidate in stock.movable and self.place[3]:
                self.finding(variant, (random.choice(self.place[3]),), precision, disagrees=placed.disagrees)
                continue
            sites = self._sites(placed, variant)
            if number == late:
                self.finding(variant, self._at(sites), precision, late=True)
                continue
            self.placed.append((placed.candidate, sites))
            self.finding(variant, self._at(sites), precision, disagrees=placed.disagrees)

    def _sites(self, placed: Placed, variant: Variant) -> tuple[int, ...]:
        """The segments that it must be at, else any of those requested if it is somewhere at all."""
        if placed.sites or not variant.located:
            return placed.sites
        count = self.extent.segments
        return tuple(range(count)) if self.random.random() < 0.5 else (self.random.randrange(count),) if count else ()

    def _at(self, sites: tuple[int, ...]) -> tuple[str, ...]:
        return tuple(self.place[2][n] for n in sites)

    def _named(self) -> None:
        """What the request must name, as its class demands."""
        for predicate, variant in self.stock.named:
            sites = self.place[2] if variant.located else ()
            name = self.finding(variant, sites)
            self._say("request", f"{predicate}<{self.case}{name}>")

    def _irrelevant(self) -> None:
        random, stock = self.random, self.stock
        for variant in random.sample(stock.irrelevant, random.randint(*self.words.counts["irrelevant"])):
            self.finding(variant, (random.choice(self.place[2]),) if variant.located and self.place[2] else ())
        if stock.movable and self.place[3] and random.random() < self.words.rates["wrong-level-added"]:
            variant = random.choice(stock.variants[random.choice(stock.movable)])
            self.finding(variant, (random.choice(self.place[3]),))

    def finding(
        self, variant: Variant, sites: Sequence[str], precision: int = DAY, *, disagrees: bool = False,
        late: bool = False,
    ) -> str:  # fmt: skip
        """Write a finding into a document that can hold it; its name."""
        paper = self._paper(variant, disagrees=disagrees, late=late)
        where = self._where(sites)
        extra = self._study(variant, paper)
        first = ""
        names = [self._name(part.stem) for part in variant.parts]
        frames = self.words.documents[paper.kind].frames
        for part, name in zip(variant.parts, names, strict=True):
            self.body += part_lines(part, self.case, (name, paper.name, names), sites, self.base, precision)
            if part.phrase:
                told = [said_of(self.base + days, precision) for _, days in part.dates]
                said = self.random.choice(frames).replace("{said}", part.phrase.format(where, *told))
                self.body += self._quote(name, paper, said, extra)
            first = first or name
        return first

    def _quote(self, name: str, paper: Paper, said: str, extra: str) -> list[str]:
        paper.sentences.append(said)
        page = (len(paper.sentences) - 1) // SENTENCES_A_PAGE + 1
        subject, graph = f"<{self.case}{name}> ", f" <{self.case}{paper.name}> .\n"
        quote = quoted(said)
        lines = [f'{subject}<{CORE.page}> "{page}"^^<{XSD.integer}>{graph}', f"{subject}<{CORE.quote}> {quote}{graph}"]
        return [*lines, f"{subject}<{CORE.concerns}> <{self.case}{extra}>{graph}"] if extra else lines

    def _where(self, sites: Sequence[str]) -> str:
        if not sites:
            return ""
        names = [self.stock.site_names[site] for site in sites]
        listed: str = self.words.said["and"].join(names)
        where: str = self.words.said["where"].replace("{sites}", listed)
        return where

    def _name(self, stem: str) -> str:
        number = self.counts[stem] = self.counts.get(stem, 0) + 1
        return f"{stem}-{number}"

    # ---------------------------------------------------------------- Documents

    def _paper(self, variant: Variant, *, disagrees: bool, late: bool) -> Paper:
        """The document for a finding: of its kind, and of its day where it reports a study."""
        kind = variant.second if disagrees else variant.document
        told = self.words.documents[kind]
        seen = max((d for p in variant.parts for _, d in p.dates), default=None)
        random = self.random
        key: tuple[int, int | None]
        if late:
            day = self.stock.as_of + random.randint(1, 30)
            key = (kind, day)
        elif told.days is None:
            day = -random.choice(self.words.observed) if seen is None else min(seen, self.stock.as_of)
            key = (kind, seen)
        else:
            day = -random.randint(*told.days)
            if self.after:
                self.after, day = False, random.randint(self.decided + 1, self.stock.as_of)
            key = (kind, None)
        paper = self.papers.get(key)
        if paper is None:
            label, opening = random.choice(told.labels), random.choice(told.opening)
            paper = Paper(self._name(told.name), kind, label, self.base + day, opening, [])
            self.papers[key] = paper
        elif seen is not None and not late and told.days is not None and self.base + seen > paper.day:
            paper = self.papers[key] = paper._replace(day=self.base + min(seen, self.stock.as_of))
        return paper

    def _study(self, variant: Variant, paper: Paper) -> str:
        """The study that a finding is a reading of; both readers of one name the same."""
        told = self.words.documents[variant.document]
        seen = max((d for p in variant.parts for _, d in p.dates), default=None)
        if told.study is None or seen is None:
            return ""
        name = f"{told.name}-study-{-seen}"
        if name not in self.counts:
            self.counts[name] = 1
            label = told.study_label.replace("{date}", said_of(self.base + seen, DAY))
            self._say(name, f"<{A}> <{told.study}>")
            self._say(name, f"<{RDFS.label}> {quoted(label)}")
        return name

    # ---------------------------------------------------------------- The dispute

    def _say(self, name: str, stated: str) -> None:
        self.default.append(f"<{self.case}{name}> {stated} .\n")

    def _dispute(self, lacking: list[int]) -> None:
        stock, random, case = self.stock, self.random, self.case
        self._say("request", f"<{A}> <{CORE.TreatmentRequest}>")
        self._say("request", f"<{RDFS.comment}> {quoted(self.words.notice)}")
        self._extent("request", self.place[0], self.place[1])
        self._say("request", f"<{CORE.patient}> <{case}patient>")
        if stock.jurisdiction:
            self._say("request", f"<{CORE.jurisdiction}> <{stock.jurisdiction}>")
        for predicate, days in stock.days:
            self._say("request", f"{predicate}{dated(self.base + days, DAY)}")
        self._patient()
        self._say("decision", f"<{A}> <{CORE.UtilizationReviewDecision}>")
        self._say("decision", f"<{CORE.decidedOn}> {dated(self.base + self.decided, DAY)}")
        self._say("decision", f"<{CORE.decides}> <{case}request>")
        self._grounds(lacking)
        if self.extent.segments > 1 and random.random() < self.words.rates["parts"]:
            self._parts()
        if random.random() < self.words.rates["appeal"]:
            self._appeal()

    def _extent(self, name: str, upper: str, lower: str) -> None:
        for kind in self.stock.procedure:
            self._say(name, f"<{A}> <{kind}>")
        if self.stock.levels:
            self._say(name, f"<{self.stock.levels[0]}> <{upper}>")
            self._say(name, f"<{self.stock.levels[1]}> <{lower}>")

    def _patient(self) -> None:
        random, told = self.random, self.words.patient
        self._say("patient", f"<{A}> <{CORE.Patient}>")
        self._say("patient", f'<{CORE.age}> "{random.randint(*told["age"])}"^^<{XSD.integer}>')
        self._say("patient", f"<{CORE.sex}> {quoted(random.choice(told['sexes']))}")
        self._say("patient", f"<{CORE.occupation}> {quoted(random.choice(told['occupations']))}")
        if random.random() < self.words.rates["injury"]:
            day = self.base - random.randint(*told["injured-before"])
            self._say("patient", f"<{CORE.injuredOn}> {dated(day, random.choice((DAY, DAY, MONTH, YEAR)))}")

    def _grounds(self, lacking: list[int]) -> None:
        """What the decision says: mostly what is not as it should be, at times something else."""
        random, grounds = self.random, self.stock.grounds
        count = random.randint(*self.words.counts["grounds"])
        chosen = dict.fromkeys([*random.sample(lacking, min(count, len(lacking))), random.randrange(len(grounds))])
        for number, criterion in enumerate([c for c in chosen if grounds[c]][:count], 1):
            self._say("decision", f"<{CORE.ground}> <{self.case}ground-{number}>")
            self._say(f"ground-{number}", f"<{A}> <{CORE.Ground}>")
            for stated in random.choice(grounds[criterion]):
                self._say(f"ground-{number}", stated)

    def _parts(self) -> None:
        single = self.stock.extents[0].places
        for number, segment in enumerate(self.place[2], 1):
            upper, lower = next((p[0], p[1]) for p in single if p[2] == (segment,))
            self._say(f"part-{number}", f"<{A}> <{CORE.TreatmentRequest}>")
            self._say(f"part-{number}", f"<{CORE.partOf}> <{self.case}request>")
            self._extent(f"part-{number}", upper, lower)

    def _appeal(self) -> None:
        random = self.random
        day = self.decided + random.randint(*self.words.request["appealed-after"])
        self._say("appeal", f"<{A}> <{CORE.Appeal}>")
        self._say("appeal", f"<{CORE.appeals}> <{self.case}decision>")
        self._say("appeal", f"<{CORE.appealedOn}> {dated(self.base + day, DAY)}")
        if self.stock.levels and random.random() < self.words.rates["appeal-asks-otherwise"]:
            other: Extent = random.choice(self.stock.extents)
            upper, lower = random.choice(other.places)[:2]
            self._say("appeal", f"<{CORE.asksFor}> <{self.case}service>")
            self._say("service", f"<{A}> <{CORE.AppealedService}>")
            self._extent("service", upper, lower)


def finding_lines(variant: Variant, case: str, paper: str, sites: Sequence[str], base: int) -> list[str]:
    """A finding by itself, without its words."""
    names = [f"{part.stem}-{n}" for n, part in enumerate(variant.parts)]
    parts = zip(variant.parts, names, strict=True)
    return [line for part, name in parts for line in part_lines(part, case, (name, paper, names), sites, base, DAY)]


def part_lines(
    part: Part, case: str, named: tuple[str, str, Sequence[str]], sites: Sequence[str], base: int, precision: int
) -> list[str]:
    """The statements of one part of a finding, but for its page and quote."""
    name, paper, names = named
    subject, graph = f"<{case}{name}>", f" <{case}{paper}> .\n"
    lines = [subject + stated + graph for stated in part.stated]
    for predicate, days in part.dates:
        lines.append(subject + predicate + dated(base + days, precision) + graph)
    for predicate, place in part.links:
        lines.append(f"{subject}{predicate}<{case}{names[place]}>{graph}")
    if part.phrase:
        lines += [f"{subject} <{CORE.site}> <{site}>{graph}" for site in sites]
    return lines


def paper_lines(kind: DocumentKind, case: str, name: str, label: str, day: int) -> list[str]:
    """The statements that list a chart document."""
    subject = f"<{case}{name}>"
    return [
        f"{subject} <{A}> <{kind.kind}> .\n",
        f"{subject} <{RDFS.label}> {quoted(label)} .\n",
        f"{subject} <{DCTERMS.date}> {dated(day, DAY)} .\n",
        f"{subject} <{CORE.authorRole}> <{kind.role}> .\n",
    ]


def pick(random: Random, sums: Sequence[float]) -> int:
    """A place in a list of running sums, by weight."""
    return bisect(sums, random.random() * sums[-1], 0, len(sums) - 1)


@lru_cache(maxsize=65536)
def dated(day: int, precision: int) -> str:
    """A day, month or year in N-Quads."""
    return f'"{date.fromordinal(day).isoformat()[:precision]}"^^<{_TYPES[precision]}>'


@lru_cache(maxsize=65536)
def said_of(day: int, precision: int) -> str:
    """A day, month or year as clinicians write it."""
    return spoken(interval(Literal(date.fromordinal(day).isoformat()[:precision], _TYPES[precision])))
