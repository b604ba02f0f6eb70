"""From an accepted comment to the page: when the steps are taken."""

from __future__ import annotations

import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from databases import Server
from makers import comment
from tipsblog.comments.postgres import PostgresStore
from tipsblog.comments.store import FileStore
from tipsblog.intake import publisher, shared
from tipsblog.intake.publisher import Publisher, PublishError

PATIENCE = 20


class Steps:
    """A step that counts its runs, waits to be let go, and fails as planned."""

    def __init__(self) -> None:
        self.began = threading.Semaphore(0)
        self.go = threading.Semaphore(0)
        self.plan: list[Exception | None] = []

    def __call__(self) -> None:
        self.began.release()
        assert self.go.acquire(timeout=PATIENCE)
        error = self.plan.pop(0) if self.plan else None
        if error is not None:
            raise error

    def one_run(self) -> None:
        assert self.began.acquire(timeout=PATIENCE)
        self.go.release()


@contextmanager
def running(publishing: Publisher) -> Iterator[Publisher]:
    publishing.start()
    yield publishing
    publishing.stop()


def until(condition: Callable[[], bool]) -> None:
    pause = threading.Event()
    for _ in range(PATIENCE * 100):
        if condition():
            return
        pause.wait(0.01)
    raise AssertionError("it never came to that")


def test_a_lone_comment_need_not_wait_and_what_comes_during_a_run_costs_one_more(
    tmp_path: Path,
) -> None:
    steps = Steps()
    with running(Publisher([steps], tmp_path / "mark", delay=0.05)) as publishing:
        publishing.ask()
        assert steps.began.acquire(timeout=PATIENCE)
        publishing.ask()
        publishing.ask()
        steps.go.release()
        steps.one_run()
        until(lambda: not publishing.condition().waiting)

        assert publishing.condition().done == 2
    assert not (tmp_path / "mark").exists()


def test_what_a_run_has_brought_to_the_page_is_known_while_the_next_is_under_way(
    tmp_path: Path,
) -> None:
    steps = Steps()
    steps.plan = [PublishError("no"), None]
    with running(Publisher([steps], tmp_path / "mark", delay=0, retries=[0])) as publishing:
        assert publishing.settled(5.0) == 5.0  # nothing was asked for
        publishing.ask()
        steps.one_run()  # which fails
        assert steps.began.acquire(timeout=PATIENCE)
        assert publishing.settled(5.0) == 0.0
        began = time.time()
        publishing.ask()
        steps.go.release()
        assert steps.began.acquire(timeout=PATIENCE)

        assert 0 < publishing.settled(began + 3600) <= began  # only the run before counts
        steps.go.release()
        until(lambda: publishing.settled(began + 3600) == began + 3600)


def test_a_burst_after_a_run_costs_one_more(tmp_path: Path) -> None:
    steps = Steps()
    with running(Publisher([steps], tmp_path / "mark", delay=0.5)) as publishing:
        publishing.ask()
        steps.one_run()
        until(lambda: publishing.condition().done == 1)
        for _ in range(5):
            publishing.ask()
        steps.one_run()
        until(lambda: not publishing.condition().waiting)

        assert publishing.condition().done == 2


def test_a_failure_is_told_and_tried_again_until_it_works(tmp_path: Path) -> None:
    steps = Steps()
    steps.plan = [PublishError("no luck"), PublishError("theme is broken")]
    publishing = Publisher([steps], tmp_path / "mark", delay=0, retries=(0.01, 0.02))
    with running(publishing):
        publishing.ask()
        steps.one_run()
        until(lambda: publishing.condition().trouble == "no luck")
        steps.one_run()
        steps.one_run()
        until(lambda: publishing.condition().done == 1)

        condition = publishing.condition()
        assert (condition.failed, condition.trouble) == (2, "")


def test_what_an_earlier_process_left_is_done_first(tmp_path: Path) -> None:
    never_started = Publisher([], tmp_path / "mark")
    never_started.ask()
    steps = Steps()

    with running(Publisher([steps], tmp_path / "mark", delay=0)) as publishing:
        steps.one_run()
        until(lambda: publishing.condition().done == 1)


def test_a_command_that_fails_says_its_last_words(tmp_path: Path) -> None:
    publisher.command(["true"], tmp_path)()
    publisher.command("test -d .", tmp_path)()

    with pytest.raises(PublishError, match=r"^exit code 3: bad theme$"):
        publisher.command("echo bad theme; exit 3", tmp_path)()


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{name}_NAME", "Blog")
        monkeypatch.setenv(f"GIT_{name}_EMAIL", "blog@example.org")
    root = tmp_path / "blog"
    root.mkdir()
    git(root, "init", "-q", "-b", "main")
    return root


def git(root: Path, *arguments: str) -> str:
    return subprocess.run(
        ["git", *arguments], cwd=root, check=True, capture_output=True, text=True
    ).stdout


def test_each_comment_is_one_commit_and_nothing_else_is_committed(repository: Path) -> None:
    store = FileStore(repository / "content" / "comments")
    store.put_all([comment("a"), comment("b", author="--amend")])
    (repository / "draft.md").write_text("not yet")
    (store.root / "traps" / ".x.tmp").write_text("half")
    step = publisher.commit(store.root, push=False)

    step()
    store.put(comment("a", body="Other words."))
    store.remove("traps", "b")
    step()
    step()

    assert git(repository, "log", "--reverse", "--format=%s").splitlines() == [
        "Add comment traps/a",
        "Add comment traps/b",
        "Change comment traps/a",
        "Remove comment traps/b",
    ]
    status = git(repository, "status", "--porcelain").split()
    assert status == ["??", "content/comments/traps/.x.tmp", "??", "draft.md"]


def test_pushing_reaches_the_other_repository_and_a_failure_says_so(
    repository: Path, tmp_path: Path
) -> None:
    git(tmp_path, "init", "-q", "--bare", "-b", "main", "other.git")
    store = FileStore(repository / "comments")
    store.put(comment("a"))
    step = publisher.commit(store.root, push=True)

    with pytest.raises(PublishError, match="git push"):
        step()
    git(repository, "remote", "add", "origin", str(tmp_path / "other.git"))
    git(repository, "config", "push.autoSetupRemote", "true")
    step()

    assert git(tmp_path / "other.git", "log", "--format=%s") == "Add comment traps/a\n"


# Through the database


def test_one_builder_publishes_for_several_intakes(database: str, tmp_path: Path) -> None:
    engine = shared.prepare(database)
    files = FileStore(tmp_path)
    runs: list[int] = []
    with closing(PostgresStore(database)) as store:

        def mirror() -> None:
            runs.append(len(store.load().comments))
            files.put_all(store.load().comments)

        queues = [shared.SharedQueue(engine) for _ in range(3)]
        assert queues[0].settled(5.0) == 5.0
        builder = shared.Builder(engine, [mirror], delay=0, look=5)
        for n, queue in enumerate(queues):
            store.add(comment(f"c{n}"))
            queue.ask()

        assert queues[0].condition().waiting
        assert queues[0].settled(2.0**40) < 2.0**40
        assert builder.once()
        assert not builder.once()

        assert runs == [3]
        assert len(files.load().comments) == 3
        assert not queues[0].condition().waiting
    engine.dispose()


def test_the_builder_wakes_when_a_comment_comes_in_and_tries_a_failed_run_again(
    database: str,
) -> None:
    engine = shared.prepare(database)
    steps = Steps()
    steps.plan = [None, PublishError("no luck")]
    queue = shared.SharedQueue(engine)
    builder = shared.Builder(engine, [steps], delay=0, retries=(0.01,), look=60)
    thread = threading.Thread(target=builder.run, daemon=True)
    thread.start()
    steps.one_run()  # whatever was there before it started

    queue.ask()
    steps.one_run()
    steps.one_run()
    until(lambda: not queue.condition().waiting)

    builder.stop()
    thread.join(PATIENCE)
    assert not thread.is_alive()
    engine.dispose()


def test_a_second_builder_does_nothing_while_one_is_at_work(database: str) -> None:
    engine = shared.prepare(database)
    second = shared.Builder(engine, [])
    answers: list[bool] = []
    first = shared.Builder(engine, [lambda: answers.append(second.once(always=True))])

    assert first.once(always=True)

    assert answers == [False]
    engine.dispose()


def test_a_builder_that_finds_no_database_waits_for_it(
    database: str, database_server: Server
) -> None:
    engine = shared.prepare(database)
    steps = Steps()
    builder = shared.Builder(engine, [steps], delay=0, retries=(0.05,), look=60)
    thread = threading.Thread(target=builder.run, daemon=True)
    thread.start()
    steps.one_run()

    database_server.stop()
    database_server.start()
    steps.one_run()

    builder.stop()
    thread.join(PATIENCE)
    engine.dispose()


def test_several_processes_count_a_network_together(database: str) -> None:
    from limits.storage import MemoryStorage

    from tipsblog.intake.rate import Rates

    engine = shared.prepare(database)
    for storages in (
        [shared.SharedRates(engine), shared.SharedRates(engine)],
        [MemoryStorage()] * 2,
    ):
        one, two = (Rates("secret", comments="2 per hour", storage=storage) for storage in storages)

        answers = [
            one.too_many_comments("192.0.2.1", 0),
            two.too_many_comments("192.0.2.200", 0),
            one.too_many_comments("192.0.2.1", 0),
            two.too_many_comments("198.51.100.1", 0),
        ]

        assert answers == [False, False, True, False]
        assert not one.used("nonce")
        assert two.used("nonce")
    engine.dispose()
