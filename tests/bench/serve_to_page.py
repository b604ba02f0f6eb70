"""From "saved in the editor" to "reloaded in the browser", under `tipsblog serve`.

    python tests/bench/serve_to_page.py [N ...]

A real browser shows an article of a made-up blog of N articles while its file,
or a comment on it, is saved again and again. Printed are medians, in seconds
after saving: when the browser began to load the page again, and when the page
stood there with the new words.
"""

from __future__ import annotations

import argparse
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from blogs import make

TIPSBLOG = str(Path(sys.executable).with_name("tipsblog"))
CHROMIUM = "/usr/bin/chromium"
_TIMES = """() => {
  const entry = performance.getEntriesByType("navigation")[0];
  return [performance.timeOrigin, performance.timeOrigin + entry.domContentLoadedEventEnd];
}"""


def edit(article: Path, comments: Path, words: str) -> None:
    with article.open("a", encoding="utf-8") as file:
        file.write(f"\n{words}\n")


def comment(article: Path, comments: Path, words: str) -> None:
    path = comments / f"new-{words.split()[-1]}.md"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(  # that the filter lets pass
        f"Author: Mia Berg\nDate: 2024-12-01T10:{words.split()[-1]:0>2}:00+00:00\n\n"
        "I did this with my daughter on Sunday, and the third step saved us an hour. "
        f"What glue do you take, {words}?\n"
    )


def measure(page: Page, save: Callable[[], None], words: str) -> tuple[float, float]:
    saved = time.time()
    save()
    page.get_by_text(words).first.wait_for(state="attached", timeout=60_000)
    began, stood = page.evaluate(_TIMES)
    return began / 1000 - saved, stood / 1000 - saved


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sizes", nargs="*", type=int, default=[100, 1000])
    parser.add_argument("--times", type=int, default=7)
    given = parser.parse_args()
    memory = "/dev/shm" if Path("/dev/shm").is_dir() else None
    print("| articles | saved | reload begins, s | page stands, s | best | worst |")
    print("|---|---|---|---|---|---|")
    for size in given.sizes:
        folder = Path(tempfile.mkdtemp(prefix="bench-serve-", dir=memory))
        make(size, folder)
        root = folder / "ours"
        server = subprocess.Popen(
            [TIPSBLOG, "serve", "--port", "0"], cwd=root, stdout=subprocess.PIPE, text=True
        )
        try:
            assert server.stdout
            address = next(
                found[0] for line in server.stdout if (found := re.search(r"http://[^ ]+/", line))
            )
            article = sorted((root / "content/articles").glob("*.md"))[size // 2]
            comments = root / "content/comments" / article.stem
            built = next((root / "output").rglob(f"{article.stem}.html"))
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(
                    executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"]
                )
                page = browser.new_page()
                page.goto(address + built.relative_to(root / "output").as_posix())
                for name, change in (("an article", edit), ("a comment", comment)):
                    took = []
                    for number in range(given.times + 1):
                        time.sleep(1)
                        words = f"{name} with number {number}"
                        save = partial(change, article, comments, words)
                        took.append(measure(page, save, words))
                    began, stood = zip(*took[1:], strict=True)
                    print(
                        f"| {size:,} | {name} | {statistics.median(began):.2f} "
                        f"| {statistics.median(stood):.2f} | {min(stood):.2f} | {max(stood):.2f} |",
                        flush=True,
                    )
                browser.close()
        finally:
            server.kill()
            server.wait()
            shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
