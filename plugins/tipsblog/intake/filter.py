"""The filter's word on a comment that has just come in.

It must be the word that the next build will say, so it rests on the whole
blog: what was said and learned is read once, kept in memory, and grows by each
comment that comes in.
"""

from __future__ import annotations

import contextlib
import dataclasses
import logging
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic
from typing import Any

from ..apart import done_apart
from ..articles import read_articles
from ..comments.manifest import Entry
from ..comments.model import Comment
from ..comments.store import Store
from ..comments.stores import open_store
from ..errors import TipsblogError
from ..project import load_project
from ..spam.judge import Memory, judge_all, judge_more, judge_remembering
from ..spam.model import Verdict
from ..spam.policy import Policy
from .site import KnownArticles, Site

logger = logging.getLogger(__name__)

#: How many verdicts are kept for a form that is sent again.
_KEPT = 2_000
#: Seconds for which comments wait for a service that has just started; then each
#: is judged by itself: to read the 1,000 others under a busy article for every
#: one would let nobody in.
PATIENCE = 2.0
#: Seconds after which the blog is read again if that failed.
RETRY = 60.0
#: Seconds after which it is known what another service on the same store took in.
LOOK = 5.0


@dataclass(frozen=True, slots=True)
class Remembered:
    """state: as `Memory.state` gives it."""

    state: dict[str, Any]


def remember(settings: Path) -> Remembered:
    """Read and judge the blog of the settings file, in a process of its own.

    100,000 comments take hundreds of megabytes and twenty seconds of a processor while
    they are read; readers who post meanwhile must feel neither.
    """
    return done_apart(_remember, settings)


def _remember(settings: Path) -> Remembered:
    project = load_project(settings)
    with closing(open_store(project)) as store:
        comments = store.load().comments
    articles = read_articles(project.content, project.values)
    _, memory = judge_remembering(comments, articles, Policy(), own=project.addresses)
    return Remembered(memory.state())


class Filter:
    """Judges comments among all those in `store`.

    recall: reads the whole blog. decisions: a file that changes when a moderator
    decides; the blog is then read anew, beside the service.
    """

    def __init__(
        self,
        store: Store,
        site: Site,
        policy: Policy,
        *,
        recall: Callable[[], Remembered],
        decisions: Path,
    ) -> None:
        self._store = store
        self._recall = recall
        self._articles = KnownArticles(site)
        self._policy = policy
        self._decisions = decisions
        self._lock = threading.Lock()
        self._reading = threading.Lock()
        self._ready = threading.Event()
        self._patient_until = self._retry_at = self._look_at = 0.0
        self._known: set[tuple[str, str]] = set()
        self._stamp: int | None = None
        self._memory: Memory | None = None
        self._verdicts: OrderedDict[tuple[str, str, int], Verdict] = OrderedDict()

    def start(self) -> None:
        """Begin to read the whole blog, beside the service."""
        if monotonic() >= self._retry_at and self._reading.acquire(blocking=False):
            self._patient_until = self._patient_until or monotonic() + PATIENCE
            threading.Thread(target=self._read, name="filter", daemon=True).start()

    def _read(self) -> None:
        try:
            stamp = _changed(self._decisions)
            known = self._store.arrived(_yesterday())
            remembered = self._recall()
            memory = Memory.restored(self._articles, remembered.state)
            with self._lock:
                self._memory, self._stamp = memory, stamp
                self._known |= known
            self._ready.set()
        except (OSError, TipsblogError) as error:
            self._retry_at = monotonic() + RETRY
            logger.error("the filter could not read the blog: %s", error)
        finally:
            self._reading.release()

    def judge(self, comment: Comment, entry: Entry) -> Verdict | None:
        """Return the verdict on a comment that is not stored yet."""
        if _changed(self._decisions) != self._stamp or self._memory is None:
            self.start()
        # A form sent again after the disk was full is no copy of itself.
        sent = (comment.article, comment.id, hash(comment.body))
        patience = max(0.0, self._patient_until - monotonic())
        if sent in self._verdicts:
            return self._verdicts[sent]
        if not self._ready.wait(patience):
            verdicts = judge_all((comment,), self._articles, self._policy)
            return verdicts[comment.article, comment.id]
        self._follow()
        with self._lock:
            if self._memory is None:
                return None
            self._known.add((comment.article, comment.id))
            [(_, verdict)] = judge_more((comment,), self._articles, self._policy, self._memory)
            self._verdicts[sent] = verdict
            if len(self._verdicts) > _KEPT:
                self._verdicts.popitem(last=False)
        return verdict

    def _follow(self) -> None:
        """Add to the memory what another service has taken in since."""
        now = monotonic()
        with self._lock:
            if now < self._look_at:
                return
            self._look_at = now + LOOK
        day = _yesterday()
        there = self._store.arrived(day)
        with self._lock:
            new = there - self._known
            self._known = {*there, *(place for place in self._known if place[1] >= day)}
        for article, id in sorted(new):
            with contextlib.suppress(TipsblogError):  # removed this moment
                comment = self._store.get(article, id)
                with self._lock:
                    if comment.status is None and self._memory is not None:
                        list(judge_more((comment,), self._articles, self._policy, self._memory))

    def judge_again(self, comment: Comment, entry: Entry) -> Verdict | None:
        """Return the verdict on a comment that is stored, or was in other
        words: among those under its article, lest it be a copy of itself.
        """
        sent = (comment.article, comment.id, hash(comment.body))
        if sent in self._verdicts:
            return self._verdicts[sent]
        thread: Sequence[Comment] = self._store.load(comment.article).comments
        others = [other for other in thread if other.id != comment.id]
        undecided = dataclasses.replace(comment, status=None, removed_by=None)
        verdicts = judge_all([*others, undecided], self._articles, self._policy)
        return verdicts[comment.article, comment.id]


def _yesterday() -> str:
    return f"{datetime.now(UTC) - timedelta(days=1):%Y-%m-%d}"


def _changed(path: Path) -> int | None:
    try:
        return path.stat().st_mtime_ns
    except FileNotFoundError:
        return None
