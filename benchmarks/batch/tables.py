"""What was measured of batches, as tables."""

from __future__ import annotations

from typing import Any


def _growth(found: dict[str, Any]) -> list[str]:
    names = ("cases", "wall s", "CPU s", "ms a case", "a second", "and core", "PSS MiB", "RSS MiB", "main", "worker")
    lines = ["Growth: whole `reasoner batch` commands, start-up included", "".join(f"{name:>10}" for name in names)]
    return lines + [
        f"{run['cases']:>10,}{run['wall_s']:>10,.1f}{run['cpu_s']:>10,.1f}{run['ms_a_case']:>10.3f}"
        f"{run['cases_a_second']:>10,.0f}{run['cases_a_second_and_core']:>10,.0f}"
        f"{run['peak_pss_mib']:>10,}{run['peak_mib']:>10,}{run['peak_main_mib']:>10,}{run['peak_worker_mib']:>10,}"
        for run in sorted(found.values(), key=lambda run: run["cases"])
    ]


def _beside(found: dict[str, Any]) -> list[str]:
    drawn = f"{found['rounds']} rounds of {found['cases_a_round']} cases not met before"
    size = f"{found['triples_a_prepared_case']} triples a prepared case"
    lines = [f"Beside: {drawn}, in one process, in turn; {size}", _heading("CPU ms a case")]
    lines += _spreads(found["ms_a_case"])
    for label, times in found["by_edition"].items():
        lines.append(f"  {label}: " + ", ".join(f"{name} {t['median']:.2f}" for name, t in times.items()))
    lines += [_heading("ratio, round by round"), *_spreads(found["ratio"])]
    lines.append("pyshifty's calls, a case at a time")
    for name, call in found["pyshifty_calls"].items():
        every = "every witness" if call["every_witness"] else "not every witness"
        lines.append(f"{name:<48}{call['ms_a_case']:>9.3f}  {every}")
    return lines


def _heading(words: str) -> str:
    return f"{words:<48}{'median':>9}{'min':>9}{'max':>9}"


def _spreads(found: dict[str, Any]) -> list[str]:
    return [f"{name:<48}{t['median']:>9.3f}{t['min']:>9.3f}{t['max']:>9.3f}" for name, t in found.items()]


def _stages(found: dict[str, Any]) -> list[str]:
    taken = f"{found['ms_a_case']:.3f} CPU ms a case"
    lines = [f"Stages: {found['cases']} cases in one process, from file to Parquet, {taken}"]
    return lines + [
        f"{name:<24}{found['ms'][name]:>9.3f} ms{share * 100:>7.1f} %" for name, share in found["share"].items()
    ]


def _options(found: dict[str, Any]) -> list[str]:
    lines = [f"Options: {found['cases']} cases, {found['pairs']} runs of each in turn"]
    for name, wall in found["wall_s"].items():
        walls, cpus = ("  ".join(f"{t:.1f}" for t in times) for times in (wall, found["cpu_s"][name]))
        lines.append(f"{name:<24}wall s {walls}   CPU s {cpus}")
    skipped = ("cases", "pairs", "wall_s", "cpu_s")
    return lines + [f"{name:<48}{value:>9.2f}" for name, value in found.items() if name not in skipped]


TABLES = {"growth": _growth, "beside": _beside, "stages": _stages, "options": _options}
