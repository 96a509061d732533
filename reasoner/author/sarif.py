"""Findings in SARIF 2.1.0, the form that code hosts and editors show at the line they stand on."""

from __future__ import annotations

import json
from importlib.metadata import version
from pathlib import PurePath
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from reasoner.author.lint_rules import Level, rules

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reasoner.author.lint import Finding
    from reasoner.author.lint_rules import Rule

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


def lint_sarif(findings: Sequence[Finding]) -> str:
    """The findings as one SARIF run, with the words of every rule. SARIF 2.1.0, sections 3.13 and 3.27."""
    codes = list(rules())
    driver = {
        "name": "reasoner",
        "version": version("guideline-reasoner"),
        "informationUri": "https://w3id.org/guideline-reasoner/",
        "rules": [_rule(rule) for rule in rules().values()],
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(finding, codes) for finding in findings],
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2, ensure_ascii=False) + "\n"


def _rule(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.code,
        "shortDescription": {"text": rule.message},
        "fullDescription": {"text": rule.why},
        "help": {"text": f"{rule.fix}\n\nWrong:\n{rule.bad}\n\nRight:\n{rule.good}"},
        "defaultConfiguration": {"level": str(rule.level)},
    }


def _result(finding: Finding, codes: list[str]) -> dict[str, Any]:
    place: dict[str, Any] = {"artifactLocation": {"uri": _uri(finding.file)}}
    if finding.line:
        place["region"] = {"startLine": finding.line}
    found: dict[str, Any] = {
        "ruleId": finding.code,
        "level": finding.level if finding.level in list(Level) else Level.ERROR.value,
        "message": {"text": " ".join(filter(None, (finding.problem, finding.fix)))},
        "locations": [{"physicalLocation": place}],
    }
    return {**found, "ruleIndex": codes.index(finding.code)} if finding.code in codes else found


def _uri(file: str) -> str:
    """A relative reference for a path below the working folder, else a file URI."""
    path = PurePath(file)
    return quote(path.as_posix()) if not path.is_absolute() else "file://" + quote(path.as_posix())
