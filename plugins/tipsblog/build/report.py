"""What a build did, and how that is told to people."""

from __future__ import annotations

from dataclasses import dataclass, field

from .changes.note import UNCHANGED


@dataclass(slots=True)
class Report:
    """What a build did, for people. Paths are relative to the output folder.

    swift: without Pelican; why_not_swift: what took Pelican, if that is known.
    """

    changed: list[str] = field(default_factory=list)
    parsed: int = 0
    sources: int = 0
    written: list[str] = field(default_factory=list)
    kept: int = 0
    removed: list[str] = field(default_factory=list)
    why_all: str = ""
    swift: bool = False
    why_not_swift: str = ""

    @property
    def nothing(self) -> bool:
        return not (self.changed or self.written or self.removed)


def summary(report: Report) -> str:
    """Say in one line what was done."""
    return (
        f"{len(report.written)} of {len(report.written) + report.kept} outputs written, "
        f"{len(report.removed)} removed, {report.parsed} of {report.sources} sources parsed"
    )


def conclusion(report: Report, seconds: float) -> str:
    """Say what was done in how much time."""
    if report.nothing:
        return UNCHANGED
    return f"{summary(report)} in {seconds:.2f} s."


def explained(report: Report) -> str:
    """Say what was done and why, in at most a few dozen lines."""
    lines = [f"everything is looked at again: {report.why_all}"] if report.why_all else []
    if report.swift:
        what = "only comments and articles changed: what shows them is drawn again"
        lines.append(f"{what}, without a build of Pelican's")
    elif report.why_not_swift:
        lines.append(f"not without Pelican: {report.why_not_swift}")
    for title, paths in (
        ("changed", report.changed),
        ("written", report.written),
        ("removed", report.removed),
    ):
        lines += [f"{title}: {path}" for path in paths[:10]]
        if len(paths) > 10:
            lines.append(f"{title}: and {len(paths) - 10} more")
    return "\n".join(lines)
