"""What a synthetic case says before any document is read: request, patient, decision, appeal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reasoner.synthetic.lines import DAY, MONTH, YEAR, dated
from reasoner.synthetic.variants import quoted
from reasoner.terms import CORE, RDFS, XSD, A

if TYPE_CHECKING:
    from reasoner.synthetic.draft import Draft


class Dispute:
    """Writes the dispute of one case."""

    def __init__(self, draft: Draft) -> None:
        self.draft = draft

    def write(self, lacking: list[int]) -> None:
        """The request with its dates, the patient, the decision with its grounds, parts and appeal."""
        stock, random, case = self.draft.stock, self.draft.random, self.draft.case
        self.draft.say("request", f"<{A}> <{CORE.TreatmentRequest}>")
        self.draft.say("request", f"<{RDFS.comment}> {quoted(self.draft.words.notice)}")
        self.draft.extents("request", self.draft.place[0], self.draft.place[1])
        self.draft.say("request", f"<{CORE.patient}> <{case}patient>")
        if stock.jurisdiction:
            self.draft.say("request", f"<{CORE.jurisdiction}> <{stock.jurisdiction}>")
        for predicate, days in stock.days:
            self.draft.say("request", f"{predicate}{dated(self.draft.base + days, DAY)}")
        self._patient()
        self.draft.say("decision", f"<{A}> <{CORE.UtilizationReviewDecision}>")
        self.draft.say("decision", f"<{CORE.decidedOn}> {dated(self.draft.base + self.draft.decided, DAY)}")
        self.draft.say("decision", f"<{CORE.decides}> <{case}request>")
        self._grounds(lacking)
        if self.draft.extent.segments > 1 and random.random() < self.draft.words.rates["parts"]:
            self._parts()
        if random.random() < self.draft.words.rates["appeal"]:
            self._appeal()

    def _patient(self) -> None:
        random, told = self.draft.random, self.draft.words.patient
        self.draft.say("patient", f"<{A}> <{CORE.Patient}>")
        self.draft.say("patient", f'<{CORE.age}> "{random.randint(*told["age"])}"^^<{XSD.integer}>')
        self.draft.say("patient", f"<{CORE.sex}> {quoted(random.choice(told['sexes']))}")
        self.draft.say("patient", f"<{CORE.occupation}> {quoted(random.choice(told['occupations']))}")
        if random.random() < self.draft.words.rates["injury"]:
            day = self.draft.base - random.randint(*told["injured-before"])
            self.draft.say("patient", f"<{CORE.injuredOn}> {dated(day, random.choice((DAY, DAY, MONTH, YEAR)))}")

    def _grounds(self, lacking: list[int]) -> None:
        """What the decision says: mostly what is not as it should be, at times something else."""
        random, grounds = self.draft.random, self.draft.stock.grounds
        count = random.randint(*self.draft.words.counts["grounds"])
        chosen = dict.fromkeys([*random.sample(lacking, min(count, len(lacking))), random.randrange(len(grounds))])
        for number, criterion in enumerate([c for c in chosen if grounds[c]][:count], 1):
            self.draft.say("decision", f"<{CORE.ground}> <{self.draft.case}ground-{number}>")
            self.draft.say(f"ground-{number}", f"<{A}> <{CORE.Ground}>")
            for stated in random.choice(grounds[criterion]):
                self.draft.say(f"ground-{number}", stated)

    def _parts(self) -> None:
        for number, segment in enumerate(self.draft.place[2], 1):
            _, upper, lower = self.draft.stock.sites[segment]
            self.draft.say(f"part-{number}", f"<{A}> <{CORE.TreatmentRequest}>")
            self.draft.say(f"part-{number}", f"<{CORE.partOf}> <{self.draft.case}request>")
            self.draft.extents(f"part-{number}", upper, lower)

    def _appeal(self) -> None:
        random = self.draft.random
        day = self.draft.decided + random.randint(*self.draft.words.request["appealed-after"])
        self.draft.say("appeal", f"<{A}> <{CORE.Appeal}>")
        self.draft.say("appeal", f"<{CORE.appeals}> <{self.draft.case}decision>")
        self.draft.say("appeal", f"<{CORE.appealedOn}> {dated(self.draft.base + day, DAY)}")
        if self.draft.stock.levels and random.random() < self.draft.words.rates["appeal-asks-otherwise"]:
            upper, lower = random.choice(random.choice(self.draft.stock.extents).places)[:2]
            self.draft.say("appeal", f"<{CORE.asksFor}> <{self.draft.case}service>")
            self.draft.say("service", f"<{A}> <{CORE.AppealedService}>")
            self.draft.extents("service", upper, lower)
