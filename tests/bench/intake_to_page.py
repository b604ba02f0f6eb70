"""Seconds from a post to the comment standing in the published file.

`make bench-intake` runs it, for blogs of 100 and 1,000 articles with the
settings as they come: the blog's own build, at once for a lone comment.
"""

from __future__ import annotations

import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import urlencode
from urllib.request import Request, urlopen

from intake_peers import WORDS, free_port, sentence

ROOT = Path(__file__).parents[2]
RUNS = 5


def make_blog(root: Path, articles: int) -> None:
    chance = random.Random(articles)
    for name in ("theme", "plugins"):
        (root / name).symlink_to(ROOT / name)
    for name in ("extra", "images"):  # the pages link to this blog's own articles
        shutil.copytree(ROOT / "content" / name, root / "content" / name)
    settings = (ROOT / "pelicanconf.py").read_text(encoding="utf-8")
    (root / "pelicanconf.py").write_text(f'{settings}\nTIPSBLOG_INTAKE_URL = "/intake"\n')
    (root / "content" / "articles").mkdir()
    for n in range(articles):
        text = "\n\n".join(
            f"## Stop {k}\n\n{' '.join(chance.choices(WORDS, k=150))}" for k in "abcd"
        )
        (root / "content" / "articles" / f"a{n}.md").write_text(
            f"Title: Article {n}\nSlug: a{n}\nDate: 2026-01-{n % 28 + 1:02} 10:00\n\n{text}\n"
        )


def main() -> None:
    print("| articles | seconds, median | best | worst |\n|---|---|---|---|")
    for articles in (100, 1_000):
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder)
            make_blog(root, articles)
            subprocess.run([sys.executable, "-m", "tipsblog", "build"], cwd=root, check=True)
            port = free_port()
            command = [sys.executable, "-m", "tipsblog", "intake", "--bind", f"127.0.0.1:{port}"]
            service = subprocess.Popen(command, cwd=root)
            time.sleep(3)
            page = root / "output" / "2026" / "01" / "a7.html"
            took = []
            for n in range(RUNS):
                text = f"{sentence(random.Random(n))} Number {n}."
                fields = {"article": "a7", "author": f"Reader {n}", "body": text}
                begun = time.perf_counter()
                # Its own pages' origin, so that only the filter has a say.
                headers = {"Origin": f"http://127.0.0.1:{port}", "Accept": "application/json"}
                url = f"http://127.0.0.1:{port}/intake/comments"
                urlopen(Request(url, urlencode(fields).encode(), headers)).close()
                while f"Number {n}." not in page.read_text(encoding="utf-8"):
                    time.sleep(0.02)
                    if time.perf_counter() - begun > 120:
                        raise SystemExit("it never came to stand there")
                took.append(time.perf_counter() - begun)
                time.sleep(2)
            service.terminate()
            service.wait()
            print(
                f"| {articles:,} | {statistics.median(took):.2f} | {min(took):.2f} "
                f"| {max(took):.2f} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
