"""Builds beside Hugo's, in pairs: `make bench-build`.

Every case is timed for one generator right after the other, on a RAM file
system where there is one; printed are medians and the median of the ratios,
which other work on the machine changes least. Plain Pelican is our own
`--full`: the same theme and plugin without any of the shortcuts. The theme
`tests/bench/plain` says what Hugo's templates here say, and no more.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import psutil

from blogs import make

TIPSBLOG = str(Path(sys.executable).with_name("tipsblog"))


def run(command: list[str], folder: Path) -> float:
    started = time.perf_counter()
    subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - started


def peak(command: list[str], folder: Path) -> float:
    """Return the most memory, in MB, of all processes of a run together."""
    process = psutil.Popen(command, cwd=folder, stdout=subprocess.DEVNULL)
    most = 0.0
    while process.poll() is None:
        total = 0
        try:
            for one in [process, *process.children(recursive=True)]:
                total += one.memory_full_info().pss
        except psutil.Error:
            continue
        most = max(most, total / 1e6)
        time.sleep(0.05)
    return most


class Pair:
    """The same blog for both; each case prepares both before they are timed."""

    def __init__(self, folder: Path, hugo: str) -> None:
        self.ours, self.theirs = folder / "ours", folder / "hugo"
        self.hugo = [hugo, "--quiet"]
        self.count = 0

    def posts(self) -> list[str]:
        return sorted(path.stem for path in (self.ours / "content/articles").glob("*.md"))

    def chosen(self) -> str:
        names = self.posts()
        return names[(len(names) // 2 + 7 * self.count) % len(names)]

    def no_change(self) -> None:
        pass

    def one_comment(self) -> None:
        name = self.chosen()
        text = (  # that the filter lets pass, so that there is something to draw
            "I did this with my daughter on Sunday, and the third step saved us an hour. "
            f"What glue do you take, number {self.count}?"
        )
        folder = self.ours / "content/comments" / name
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"new-{self.count}.md").write_text(
            f"Author: Mia Berg\nDate: 2024-12-01T10:{self.count:02}:00+00:00\n\n{text}\n"
        )
        file = self.theirs / "data/comments" / f"{name}.json"
        entry = f'{{"id":"new-{self.count}","author":"Mia Berg","url":"","date":"2024-12-01",'
        entry += f'"html":"<p>{text}</p>"}}]'
        before = file.read_text().rstrip().removesuffix("]").rstrip()
        file.write_text(before + ("," if before != "[" else "") + entry)

    def one_edit(self) -> None:
        name = self.chosen()
        for file in (
            self.ours / "content/articles" / f"{name}.md",
            self.theirs / "content/posts" / f"{name}.md",
        ):
            with file.open("a") as text:
                text.write(f"\nAn edited sentence, number {self.count}.\n")

    def new_article(self) -> None:
        date = f"2024-07-01 10:{self.count:02}"
        body = "Some words for a new article.\n" * 20
        (self.ours / f"content/articles/new-{self.count}.md").write_text(
            f"Title: New {self.count}\nDate: {date}\nCategory: Kitchen\nTags: new\n"
            f"Slug: new-{self.count}\nSummary: News.\n\n{body}"
        )
        (self.theirs / f"content/posts/new-{self.count}.md").write_text(
            f'{{"title": "New {self.count}", "date": "{date.replace(" ", "T")}:00Z", '
            f'"categories": ["Kitchen"], "tags": ["new"], "authors": ["Mara Lindqvist"], '
            f'"slug": "new-{self.count}", "summary": "News."}}\n\n{body}'
        )
        (self.theirs / f"data/comments/new-{self.count}.json").write_text("[]")

    def output_deleted(self) -> None:
        for folder in (self.ours / "output", self.theirs / "public"):
            shutil.rmtree(folder, ignore_errors=True)

    def cold(self) -> None:
        self.output_deleted()
        for folder in (self.ours / ".tipsblog", self.theirs / "resources"):
            shutil.rmtree(folder, ignore_errors=True)


CASES = {
    "no change": Pair.no_change,
    "one comment": Pair.one_comment,
    "one edit of a body": Pair.one_edit,
    "new article at the top": Pair.new_article,
    "output deleted, cache kept": Pair.output_deleted,
    "cold": Pair.cold,
}


def compare(pair: Pair, prepare: Callable[[Pair], None], times: int) -> tuple[float, float, float]:
    """Return the medians of ours, of Hugo's and of the ratios."""
    ours, theirs = [], []
    for _ in range(times):
        pair.count += 1
        prepare(pair)
        ours.append(run([TIPSBLOG, "build"], pair.ours))
        theirs.append(run(pair.hugo, pair.theirs))
    ratios = [one / other for one, other in zip(ours, theirs, strict=True)]
    return statistics.median(ours), statistics.median(theirs), statistics.median(ratios)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("hugo", help="the hugo program")
    parser.add_argument("sizes", nargs="*", type=int, default=[100, 1000])
    parser.add_argument("--times", type=int, default=5)
    parser.add_argument("--theme", type=Path, help="a theme for ours other than the project's")
    parser.add_argument("--plain", action="store_true", help="time plain Pelican, too")
    given = parser.parse_args()
    memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    for size in given.sizes:
        folder = Path(tempfile.mkdtemp(prefix="bench-build-", dir=memory))
        try:
            make(size, folder, theme=given.theme)
            pair = Pair(folder, str(Path(given.hugo).absolute()))
            most = peak([TIPSBLOG, "build"], pair.ours), peak(pair.hugo, pair.theirs)
            print(f"\n{size} articles; load {os.getloadavg()[0]:.1f}")
            print(f"{'':28}{'ours s':>9}{'Hugo s':>9}{'ratio':>8}")
            time.sleep(2.5)
            run([TIPSBLOG, "build"], pair.ours)  # stamps have settled
            for name, prepare in CASES.items():
                times = max(1, given.times // 3) if name == "cold" and size > 3000 else given.times
                ours, theirs, ratio = compare(pair, prepare, times)
                print(f"{name:28}{ours:9.3f}{theirs:9.3f}{ratio:8.2f}", flush=True)
            if given.plain:
                seconds = run([TIPSBLOG, "build", "--full"], pair.ours)
                print(f"{'plain Pelican':28}{seconds:9.3f}")
            print(f"{'peak memory, MB':28}{most[0]:9.0f}{most[1]:9.0f}{most[0] / most[1]:8.2f}")
        finally:
            shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
