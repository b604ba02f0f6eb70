"""Posts a second beside Isso, with few and with many comments stored.

`make bench-intake` runs it: both services in turn on one disk, the same
clients, the same words. Prints posts a second, p50 and p99 in milliseconds, and
resident megabytes after the start and at the end.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlencode

import psutil

from tipsblog.comments import manifest
from tipsblog.comments.document import unparse
from tipsblog.comments.model import Comment

ARTICLES = 100
WORDS = """
brief trial week assistant invoice hour zone mail answer sample ceiling reason list team
paid late early good hard long short first second learned wrong right again never always
client work hand far away morning evening friend money trust check call read write tell
""".split()  # noqa: SIM905 - a list to read


def sentence(chance: random.Random) -> str:
    return " ".join(chance.choices(WORDS, k=30)).capitalize() + "."


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
        return port


@dataclass
class Peer:
    """A service under load: how to start it and what a post looks like."""

    name: str
    port: int
    command: list[str]
    folder: Path
    request: Callable[[int, str], bytes]
    environment: dict[str, str]

    def start(self) -> psutil.Process:
        process = subprocess.Popen(
            self.command,
            cwd=self.folder,
            env={**os.environ, **self.environment},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for _ in range(6000):
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                return psutil.Process(process.pid)
            except OSError:
                time.sleep(0.05)
        raise SystemExit(f"{self.name} did not start")


def http(port: int, path: str, kind: str, body: bytes) -> bytes:
    lines = [
        f"POST {path} HTTP/1.1",
        f"Host: 127.0.0.1:{port}",
        f"Origin: http://127.0.0.1:{port}",
        "Accept: application/json",
        f"Content-Type: {kind}",
        f"Content-Length: {len(body)}",
    ]
    return "\r\n".join([*lines, "", ""]).encode() + body


def ours(folder: Path, stored: int) -> Peer:
    (folder / "content" / "articles").mkdir(parents=True)
    (folder / ".tipsblog").mkdir()
    (folder / "pelicanconf.py").write_text(
        'PATH = "content"\nARTICLE_PATHS = ["articles"]\nTIPSBLOG_INTAKE_URL = "/intake"\n'
        'TIPSBLOG_ON_COMMENT = TIPSBLOG_COMMENT_RATE = TIPSBLOG_REQUEST_RATE = ""\n'
    )
    begun = datetime(2026, 1, 1, tzinfo=UTC)
    entries = {}
    for n in range(ARTICLES):
        path = folder / "content" / "articles" / f"a{n}.md"
        path.write_text(f"Title: Article {n}\nDate: 2026-01-01\n\n{sentence(random.Random(n))}\n")
        entries[f"a{n}"] = manifest.Entry(
            key=f"a{n}",
            url=f"/a{n}.html",
            title=f"Article {n}",
            source=f"articles/a{n}.md",
            published=begun,
        )
        (folder / "content" / "comments" / f"a{n}").mkdir(parents=True)
    (folder / ".tipsblog" / manifest.FILE).write_text(
        manifest.dump(manifest.Manifest("Bench", entries))
    )
    chance = random.Random(1)
    for n in range(stored):
        comment = Comment(
            id=f"old-{n}",
            article=f"a{n % ARTICLES}",
            published=begun + timedelta(minutes=n),
            author=f"Reader {n % 997}",
            body=sentence(chance),
        )
        path = folder / "content" / "comments" / comment.article / f"{comment.id}.md"
        path.write_text(unparse(comment))
    port = free_port()

    def request(n: int, text: str) -> bytes:
        data = {"article": f"a{n % ARTICLES}", "author": f"Reader {n}", "body": text}
        return http(
            port, "/intake/comments", "application/x-www-form-urlencoded", urlencode(data).encode()
        )

    command = [sys.executable, "-m", "tipsblog", "intake", "--bind", f"127.0.0.1:{port}"]
    return Peer("tipsblog", port, command, folder, request, {})


def isso(folder: Path, stored: int, program: str) -> Peer:
    port = free_port()
    (folder / "isso.cfg").write_text(
        f"[general]\ndbpath = {folder}/comments.db\nhost = http://127.0.0.1:{port}/\n"
        f"[server]\nlisten = http://127.0.0.1:{port}/\n"
        "[guard]\nenabled = false\n[moderation]\nenabled = false\n"
    )
    port_of = Peer("isso", port, [program, "-c", "isso.cfg", "run"], folder, lambda n, t: b"", {})
    process = port_of.start()  # makes the tables
    process.terminate()
    process.wait(20)
    chance = random.Random(1)
    with sqlite3.connect(folder / "comments.db") as database:
        database.executemany(
            "INSERT INTO threads (id, uri, title) VALUES (?, ?, ?)",
            [(n + 1, f"/a{n}", f"Article {n}") for n in range(ARTICLES)],
        )
        database.executemany(
            "INSERT INTO comments (tid, created, mode, remote_addr, text, author, voters, "
            "notification) VALUES (?, ?, 1, '127.0.0.0', ?, ?, x'00', 0)",
            [
                (n % ARTICLES + 1, 1.7e9 + n, sentence(chance), f"Reader {n % 997}")
                for n in range(stored)
            ],
        )
    database.close()

    def request(n: int, text: str) -> bytes:
        body = json.dumps({"author": f"Reader {n}", "text": text}).encode()
        return http(port, f"/new?uri=%2Fa{n % ARTICLES}", "application/json", body)

    return Peer("isso", port, port_of.command, folder, request, {})


async def load(peer: Peer, clients: int, seconds: float, numbers: Iterator[int]) -> list[float]:
    """Post from `clients` at once; return each post's seconds."""
    chance = random.Random(clients)
    took: list[float] = []
    ends = time.perf_counter() + seconds

    async def client() -> None:
        reader = writer = None
        while (begun := time.perf_counter()) < ends:
            if writer is None or reader is None:
                reader, writer = await asyncio.open_connection("127.0.0.1", peer.port)
            writer.write(peer.request(next(numbers), sentence(chance)))
            head = (await reader.readuntil(b"\r\n\r\n")).lower()
            code = int(head[9:12])
            if code not in (200, 201, 202):
                raise SystemExit(f"{peer.name} answered {code}")
            length = head.partition(b"content-length:")[2].split(b"\r\n")[0]
            await (reader.readexactly(int(length)) if length else reader.read())
            took.append(time.perf_counter() - begun)
            if not length or b"connection: close" in head or head.startswith(b"http/1.0"):
                writer.close()
                writer = None
        if writer is not None:
            writer.close()

    await asyncio.gather(*(client() for _ in range(clients)))
    return took


def measure(peer: Peer, seconds: float) -> None:
    begun = time.perf_counter()
    process = peer.start()
    time.sleep(1)
    while any("spawn_main" in " ".join(child.cmdline()) for child in process.children()):
        time.sleep(0.2)  # the filter still reads the blog
    ready = time.perf_counter() - begun
    numbers = iter(range(10**9))
    asyncio.run(load(peer, 1, 0.5, numbers))
    at_start = process.memory_info().rss / 1e6
    for clients in (1, 16):
        took = sorted(asyncio.run(load(peer, clients, seconds, numbers)))
        print(
            f"| {peer.name} | {clients} | {len(took) / seconds:.0f} "
            f"| {took[len(took) // 2] * 1000:.1f} | {took[int(len(took) * 0.99)] * 1000:.1f} | | |",
            flush=True,
        )
    end = process.memory_info().rss / 1e6
    print(
        f"| {peer.name}, ready in {ready:.1f} s | | | | | {at_start:.0f} | {end:.0f} |", flush=True
    )
    process.terminate()
    process.wait(30)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--isso", default=str(Path(sys.executable).with_name("isso")))
    parser.add_argument("--seconds", type=float, default=8)
    parser.add_argument("--stored", type=int, nargs="*", default=[1_000, 100_000])
    parser.add_argument("--folder", help="Where to work; the disk that is measured.")
    given = parser.parse_args()
    for stored in given.stored:
        print(f"\n{stored:,} comments stored\n")
        print("| service | clients | posts a second | p50 ms | p99 ms | MB at start | MB at end |")
        print("|---|---|---|---|---|---|---|")
        for make in (ours, lambda f, s: isso(f, s, given.isso)):
            with tempfile.TemporaryDirectory(dir=given.folder) as folder:
                measure(make(Path(folder), stored), given.seconds)


if __name__ == "__main__":
    main()
