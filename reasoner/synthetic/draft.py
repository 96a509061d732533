"""A synthetic case while it is put together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reasoner.synthetic.lines import pick
from reasoner.terms import BASE, A

if TYPE_CHECKING:
    from random import Random

    from reasoner.synthetic.model import Stock
    from reasoner.synthetic.words import Words


class Draft:
    """What all parts of one case share: its source of choices, its days and its place in the body."""

    def __init__(self, name: str, stock: Stock, words: Words, random: Random) -> None:
        self.stock, self.words, self.random = stock, words, random
        self.case = f"{BASE}cases/{name}/"
        self.lines: list[str] = []
        self.counts: dict[str, int] = {}
        self.decided = random.randint(*words.request["decided-after"])
        """Days from the request to the decision."""
        self.base = random.randint(stock.first, stock.last) - self.decided
        """The day of the request."""
        self.extent = stock.extents[pick(random, stock.extent_weights)]
        self.place = self.extent.places[pick(random, self.extent.weights)]

    def say(self, name: str, stated: str) -> None:
        """State something outside of the documents."""
        self.lines.append(f"<{self.case}{name}> {stated} .\n")

    def extents(self, name: str, upper: str, lower: str) -> None:
        """State a procedure and where it begins and ends."""
        for kind in self.stock.procedure:
            self.say(name, f"<{A}> <{kind}>")
        if self.stock.levels:
            self.say(name, f"<{self.stock.levels[0]}> <{upper}>")
            self.say(name, f"<{self.stock.levels[1]}> <{lower}>")

    def fresh(self, stem: str) -> str:
        """A name that nothing of the case has yet."""
        number = self.counts[stem] = self.counts.get(stem, 0) + 1
        return f"{stem}-{number}"
