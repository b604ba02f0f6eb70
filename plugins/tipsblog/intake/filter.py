"""The filter's word on a comment that has just come in.

It must be the word that the next build will say, so it rests on the whole
blog: what was said and learned is read once, kept in memory, and grows by each
comment that comes in.
"""

from __future__ import annotations

import dataclasses
import logging
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from time import monotonic
from typing import Any

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
_KEPT = 10_000
#: Seconds for which comments wait for a service that has just started; then each
#: is judged by itself: to read the 1,000 others under a busy article for every
#: one would let nobody in.
PATIENCE = 2.0


@dataclass(frozen=True, slots=True)
class Remembered:
    """state: as `Memory.state` gives it."""

    state: dict[str, Any]


def remember(settings: Path) -> Remembered:
    """Read and judge the blog of the settings file, in a process of its own.

    100,000 comments take hundreds of megabytes and twenty seconds of a processor while
    they are read; readers who post meanwhile must feel neither.
    """
    with ProcessPoolExecutor(1, get_context("spawn")) as other:
        return other.submit(_remember, settings).result()


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
        self._patient_until = 0.0
        self._stamp: int | None = None
        self._memory: Memory | None = None
        self._verdicts: OrderedDict[tuple[str, str, str], Verdict] = OrderedDict()

    def start(self) -> None:
        """Begin to read the whole blog, beside the service."""
        if self._reading.acquire(blocking=False):
            self._patient_until = monotonic() + PATIENCE
            threading.Thread(target=self._read, name="filter", daemon=True).start()

    def _read(self) -> None:
        try:
            stamp = _changed(self._decisions)
            remembered = self._recall()
            memory = Memory.restored(self._articles, remembered.state)
            with self._lock:
                self._memory, self._stamp = memory, stamp
            self._ready.set()
        except (OSError, BrokenProcessPool, TipsblogError) as error:
            logger.error("the filter could not read the blog: %s", error)
        finally:
            self._reading.release()

    def judge(self, comment: Comment, entry: Entry) -> Verdict | None:
        """Return the verdict on a comment that is not stored yet."""
        if _changed(self._decisions) != self._stamp or self._memory is None:
            self.start()
        # A form sent again after the disk was full is no copy of itself.
        sent = (comment.article, comment.id, comment.body)
        patience = max(0.0, self._patient_until - monotonic())
        if sent in self._verdicts:
            return self._verdicts[sent]
        if not self._ready.wait(patience):
            verdicts = judge_all((comment,), self._articles, self._policy)
            return verdicts[comment.article, comment.id]
        with self._lock:
            if self._memory is None:
                return None
            [(_, verdict)] = judge_more((comment,), self._articles, self._policy, self._memory)
            self._verdicts[sent] = verdict
            if len(self._verdicts) > _KEPT:
                self._verdicts.popitem(last=False)
        return verdict

    def judge_again(self, comment: Comment, entry: Entry) -> Verdict | None:
        """Return the verdict on a comment that is stored, or was in other
        words: among those under its article, lest it be a copy of itself.
        """
        sent = (comment.article, comment.id, comment.body)
        if sent in self._verdicts:
            return self._verdicts[sent]
        thread: Sequence[Comment] = self._store.load(comment.article).comments
        others = [other for other in thread if other.id != comment.id]
        undecided = dataclasses.replace(comment, status=None, removed_by=None)
        verdicts = judge_all([*others, undecided], self._articles, self._policy)
        return verdicts[comment.article, comment.id]


def _changed(path: Path) -> int | None:
    try:
        return path.stat().st_mtime_ns
    except FileNotFoundError:
        return None
