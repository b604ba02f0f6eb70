"""What goes wrong beside the service: no comment answered with success is lost."""

from __future__ import annotations

import errno
import os
import random
import subprocess
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from running import Running
from services import Service, make_blog

from databases import Server
from tipsblog.comments.postgres import PostgresStore
from tipsblog.comments.store import FileStore

#: How often the service is killed; 20 once by hand.
KILLS = int(os.environ.get("TIPSBLOG_KILLS", "3"))


def answered_well(running: Running, count: int, name: str, *, kill_after: int = 0) -> set[str]:
    """Post `count` comments from eight clients; return the texts answered with
    success. The service is killed once `kill_after` of them were.
    """
    well: set[str] = set()
    lock = threading.Lock()

    def post(n: int) -> None:
        text = f"{name} says {n} <&> é."
        if running.post(body=text, author=name) in (200, 201):
            with lock:
                well.add(text)
                if len(well) == kill_after:
                    running.process.kill()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(post, range(count)))
    return well


def test_killed_under_load_every_comment_answered_with_success_is_there_once_and_whole(
    tmp_path: Path,
) -> None:
    running = Running(make_blog(tmp_path, comment_rate="", request_rate=""))
    store = FileStore(tmp_path / "content" / "comments")
    chance = random.Random(7)
    well: set[str] = set()
    for n in range(KILLS):
        well |= answered_well(running, 150, f"Ann{n}", kill_after=chance.randint(5, 120))
        running.kill()
        running.start()
    # What got no answer is sent again, as a person would.
    well |= answered_well(running, 150, "Ann0")
    running.stop()

    loaded = store.load()

    assert loaded.errors == ()
    texts = [kept.body for kept in loaded.comments]
    assert len(texts) == len(set(texts))
    assert well <= set(texts)
    assert len(well) > 150


def test_two_services_on_one_folder_store_each_comment_once(tmp_path: Path) -> None:
    blog = make_blog(tmp_path, comment_rate="", request_rate="")
    services = [Running(blog), Running(blog)]

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda n: services[n % 2].post(body=f"Words {n // 2}."), range(80)))
    for running in services:
        running.stop()

    assert sorted(answers) == [200] * 40 + [201] * 40
    assert len(FileStore(tmp_path / "content" / "comments").load().comments) == 40


@pytest.mark.parametrize("error", [errno.ENOSPC, errno.EROFS, errno.EACCES, errno.EIO])
def test_what_cannot_be_written_is_said_and_nothing_is_half_written(
    service: Service, monkeypatch: pytest.MonkeyPatch, error: int
) -> None:
    service.post(body="Before.")

    def fail(handle: int) -> None:
        raise OSError(error, os.strerror(error))

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", fail)
        page = service.post(body="My long thought.")
        said = service.script(body="My long thought.")

    assert page.status_code == said.status_code == 503
    assert "could not be kept just now" in page.text
    assert "My long thought." in page.text
    assert "could not be kept just now" in said.json()["sentence"]
    assert [path.name for path in (service.store.root / "traps").iterdir()] == [
        f"{service.kept()[0].id}.md"
    ]
    assert service.post(body="My long thought.").status_code == 303


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 256 KB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(folder)],
        capture_output=True,
        check=False,
    )
    if mounted.returncode:
        pytest.skip("NO REAL FULL DISK TESTED: it takes the right to mount one")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_full_and_a_read_only_disk_are_survived(tmp_path: Path, small_disk: Path) -> None:
    blog = make_blog(tmp_path, comment_rate="", request_rate="")
    (tmp_path / "content" / "comments").symlink_to(small_disk)
    running = Running(blog)
    store = FileStore(small_disk)
    running.post(body="First.")

    (small_disk / "filler").write_bytes(b"x" * (os.statvfs(small_disk).f_bavail * 4096))
    full = running.post(body="Full. " * 200)
    (small_disk / "filler").unlink()
    assert running.post(body="Room. " * 200) == 201
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    read_only = running.post(body="Locked.")
    subprocess.run(["mount", "-o", "remount,rw", str(small_disk)], check=True)
    assert running.post(body="Open.") == 201
    running.stop()

    assert (full, read_only) == (503, 503)
    loaded = store.load()
    assert loaded.errors == ()
    assert sorted(kept.body.split()[0] for kept in loaded.comments) == ["First.", "Open.", "Room."]


def test_a_build_that_fails_is_shown_and_the_comments_are_safe(tmp_path: Path) -> None:
    blog = make_blog(
        tmp_path, on_comment="test -f theme || { echo no theme; exit 1; }", on_comment_delay=0
    )
    service = Service(blog, address="127.0.0.1")
    with service.client:
        assert service.post().status_code == 303
        trouble = wait_for(service, lambda health: bool(health["trouble"]))
        (tmp_path / "theme").touch()

    assert trouble["trouble"] == "exit code 1: no theme"
    assert not trouble["ok"]
    assert len(service.kept()) == 1
    again = Service(blog)  # the next process finds what waits
    with again.client:
        assert wait_for(again, lambda health: health["done"] == 1)["ok"]


def wait_for(service: Service, condition: Callable[[dict[str, object]], bool]) -> dict[str, object]:
    pause = threading.Event()
    for _ in range(1000):
        health: dict[str, object] = service.client.get("/intake/health").json()
        if condition(health):
            return health
        pause.wait(0.01)
    raise AssertionError(health)


def test_a_database_that_goes_away_and_comes_back_loses_nothing(
    tmp_path: Path, database: str, database_server: Server
) -> None:
    service = Service(make_blog(tmp_path, store=database))
    service.store = PostgresStore(database)  # type: ignore[assignment]
    with service.client:
        codes = [service.post(body="Before.").status_code]
        database_server.stop()
        codes.append(service.post(body="Meanwhile.").status_code)
        health = service.client.get("/intake/health")
        database_server.start()
        codes.append(service.post(body="Meanwhile.").status_code)

    assert codes == [303, 503, 303]
    assert health.status_code == 503
    assert sorted(kept.body for kept in service.kept()) == ["Before.", "Meanwhile."]
    service.store.close()  # type: ignore[attr-defined]


def test_two_services_on_one_database_share_comments_and_counts(
    tmp_path: Path, database: str
) -> None:
    blog = make_blog(tmp_path, store=database, request_rate="3 per hour")
    one, two = Service(blog), Service(blog)
    with one.client, two.client:
        codes = [
            one.post(body="Same.").status_code,
            two.post(body="Same.").status_code,
            one.post(body="More.").status_code,
            two.post(body="Much.").status_code,
        ]

        assert codes == [303, 303, 303, 429]
        assert not (tmp_path / "content" / "comments").exists()
