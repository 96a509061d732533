"""What was measured of stores and questions, as tables."""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence


def _builds(found: Sequence[dict[str, Any]]) -> list[str]:
    names = (
        "cases",
        "wall s",
        "CPU s",
        "ms a case",
        "PSS MiB",
        "main",
        "worker",
        "statements",
        "a case",
        "MiB",
        "KiB/case",
    )
    lines = ["Builds: whole `reasoner store build` commands", "".join(f"{name:>12}" for name in names)]
    return lines + [_build(built) for built in sorted(found, key=lambda built: built["cases"])]


def _build(built: dict[str, Any]) -> str:
    keys = ("wall_s", "cpu_s", "ms_a_case", "peak_pss_mib", "peak_main_mib", "peak_worker_mib")
    taken = "".join(f"{built[key]:>12,}" if key in built else f"{'-':>12}" for key in keys)
    holds = f"{built['statements']:>12,}{built['statements_a_case']:>12,}{built['bytes'] >> 20:>12,}"
    remarks = "".join(f"  {word}" for word in ("resumed", "not_measured") if built.get(word))
    return f"{built['cases']:>12,}{taken}{holds}{built['kib_a_case']:>12,}{remarks}"


def _questions(found: dict[str, Any]) -> list[str]:
    asked = found["asked"]
    lines = [
        f"Questions of a store of {found['cases']:,} cases, {found['statements']:,} statements; median wall seconds",
        "command: a whole `reasoner query`; Python: store.query, in a process of its own",
        "inside: of a store that is open in the same process, the first time and the median",
        f"{'':<28}{'command':>9}{'Python':>9}{'first':>9}{'inside':>9}{'CPU':>9}{'MiB':>7}{'rows':>9}",
    ]
    lines += map(_question, asked)
    beyond = [told["name"] for told in asked if told.get("beyond")]
    lines.append(f"Beyond what it may take: {', '.join(beyond) if beyond else 'none'}.")
    return lines


def _question(told: dict[str, Any]) -> str:
    name = ("lookup " if told.get("lookup") else "") + told["name"]
    if told.get("no_value"):
        return f"{name:<28}  no value in the store to ask it with"
    command, python, inside = (told[way] for way in ("command", "python", "inside"))
    if "failed" in told["beyond"]:
        error = next(way["error"] for way in (command, python, inside) if "error" in way)
        return f"{name:<28}  FAILED: {error}"
    times = (
        command["wall_s"]["median"], python["wall_s"]["median"],
        inside["wall_s"]["first"], inside["wall_s"]["median"], inside["cpu_s"]["median"],
    )  # fmt: skip
    marks = "".join(f"  {mark.upper()}" for mark in told["beyond"])
    peak = max(command["peak_mib"], inside["peak_mib"])
    return f"{name:<28}" + "".join(f"{time:>9.3f}" for time in times) + f"{peak:>7,}{command['rows']:>9,}{marks}"


def _cross_join(found: dict[str, Any]) -> list[str]:
    limit, after = found["limit_s"], found["stopped_after_s"]
    return [
        f"Cross join, --limit-seconds {limit:g}: over after {after} s with exit code {found['code']}",
        found["said"],
    ]


def _rdflib(found: dict[str, Any]) -> list[str]:
    asked = found["questions"]
    lines = [
        f"Beside rdflib in memory: {found['cases']} cases, {found.get('statements', 0):,} statements",
        f"parsed in {found.get('parse_cpu_s')} CPU s to {found.get('peak_mib')} MiB; CPU seconds, start-up left out",
        f"{'':<28}{'ours':>10}{'rdflib':>10}{'ratio':>10}{'rows':>9}{'theirs':>9}",
    ]
    lines += [_pair(told, found["limit_s"]) for told in asked]
    ratios = [told["ratio"] for told in asked if "ratio" in told]
    if ratios:
        stopped = sum(told.get("at_least", False) for told in asked)
        lines.append(
            f"Median ratio {median(ratios):,.1f}; {stopped} of {len(asked)} stopped after {found['limit_s']:g} s"
        )
    return lines


def _pair(told: dict[str, Any], limit: float) -> str:
    if "ratio" not in told:
        return f"{told['name']:<28}  {told.get('error') or told.get('their_error')}"
    least = ">" if told.get("at_least") else ""
    theirs = f">{limit:g}" if least else f"{told['their_cpu_s']:.4f}"
    rows = "-" if told["their_rows"] is None else f"{told['their_rows']:,}"
    other = "" if told["their_rows"] in {None, told["rows"]} else "  OTHER ROWS"
    ratio = f"{least}{told['ratio']:,.1f}"
    return f"{told['name']:<28}{told['cpu_s']:>10.4f}{theirs:>10}{ratio:>10}{told['rows']:>9,}{rows:>9}{other}"


TABLES = {"builds": _builds, "questions": _questions, "cross_join": _cross_join, "rdflib": _rdflib}
