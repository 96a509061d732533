"""Values for the parameters of the library's questions, drawn from the store: of each kind the one with the most cases.

So that a question is measured where it has most to do. A text is asked of the store before anything is measured.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reasoner.store.python.handle import Handle
    from reasoner.store.question import Question

SUMMARY = "GRAPH <https://w3id.org/guideline-reasoner/store/summary>"
FIRST_CASE = "cases"
"""The question whose first row with a determination names the case that is looked up."""


def most(kind: str, key: str, also: str = "", number: str = "cases") -> str:
    """The text that gives the value of a summary's column with the highest numbers."""
    rows = f"?row a store:{kind} ; store:{key} ?value ; store:{number} ?number . {also}"
    return f"SELECT ?value {{ {SUMMARY} {{ {rows} }} }} GROUP BY ?value ORDER BY DESC(SUM(?number)) ?value LIMIT 1"


NOT_MET = most("AnswerCount", "criterion", "?row store:status determination:NotMet")
TEXTS = {
    "criterion": NOT_MET,
    "caution": most("CautionCount", "caution", "?row store:raised true"),
    "about": most("GroundCount", "about", '?row store:reply "contradicted"', "grounds"),
    "kind": most("FindingCount", "kind", number="findings"),
    "outcome": most("OutcomeCount", "outcome"),
    "edition": (
        f"SELECT ?value {{ {SUMMARY} {{ ?row a store:OutcomeCount ; store:edition ?made ; store:cases ?number }} "
        "?made skos:notation ?value } GROUP BY ?value ORDER BY DESC(SUM(?number)) ?value LIMIT 1"
    ),
}
"""By parameter."""
ROLES = "?row store:roleFor core:Radiologist ; store:roleAgainst core:Surgeon"
OTHER_TEXTS = {
    ("cases-on-stale-imaging", "criterion"): most(
        "EvidenceAgeCount", "criterion", "?row store:imaging true", "findings"
    ),
    ("conflicts", "criterion"): most("ConflictCount", "criterion", ROLES),
    ("misplaced-findings", "criterion"): most("MisplacedFindingCount", "criterion"),
    ("one-criterion-short", "criterion"): most("SoleObstacleCount", "criterion"),
    ("pass-elsewhere", "edition"): (
        f"SELECT ?value {{ {SUMMARY} {{ ?row a store:ContrastCount ; store:underOther ?made ; store:cases ?number }} "
        "?made skos:notation ?value } GROUP BY ?value ORDER BY DESC(SUM(?number)) ?value LIMIT 1"
    ),
}
"""By question and parameter, where another value is the heaviest."""
CASE = "case"


class Values:
    """What each question is given."""

    def __init__(self, store: Handle) -> None:
        self._store = store
        self._known: dict[str, str | None] = {}
        judged = (row for row in store.query(FIRST_CASE) if row["edition"])
        self._case = next((str(row["case"]) for row in judged), None)

    def of(self, asked: Question) -> dict[str, str] | None:
        """Values of the parameters that have no default, or whose default is not the heaviest; nothing if none fit."""
        found = {}
        for parameter in asked.parameters:
            text = OTHER_TEXTS.get((asked.name, parameter.name)) or TEXTS.get(parameter.name)
            value = self._case if parameter.name == CASE else self._value(text) if text else parameter.default
            value = parameter.default if value is None else value
            if value is None:
                return None
            found[parameter.name] = value
        return found

    def _value(self, text: str) -> str | None:
        if text not in self._known:
            rows = self._store.query(text)
            self._known[text] = str(rows[0]["value"]) if len(rows) else None
        return self._known[text]


def is_lookup(asked: Question) -> bool:
    """Whether a question is about one case."""
    return any(parameter.name == CASE for parameter in asked.parameters)
