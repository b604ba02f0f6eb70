"""Lists of a blog's comments, quick however many there are: a selection of
them for a command, a page of one state for the moderation page.
"""

from __future__ import annotations

import hashlib
import logging
import threading
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from ..apart import done_apart
from ..build.changes import stamps
from ..errors import TipsblogError
from ..project import Project, load_project
from ..spam.model import Verdict
from .desk import Desk, Judged, open_desk
from .model import Comment, Status
from .moderation import Selection
from .overview import ABOUT, FILE, Overview, Place
from .stores import open_store

logger = logging.getLogger(__name__)

#: A blog of no more comments is read anew while its moderator waits.
LARGE = 3_000
#: Seconds after which a page shows what an editor has changed within a file.
_TRUSTED = 60.0
#: Seconds for which a moderator waits for the first list of a large blog.
_PATIENCE = 2.0


@dataclass(frozen=True, slots=True)
class Page:
    """Comments of one state, the newest first. total: how many there are. fresh:
    whether the filter's word on every one is the latest.
    """

    items: tuple[tuple[Comment, Verdict | None], ...]
    total: int
    fresh: bool


@dataclass(frozen=True, slots=True)
class Chosen:
    """What was selected, the filter's word on it, and which files do not read."""

    blog: Judged
    errors: tuple[str, ...]


class Lists:
    """The lists over `desk`. about: a word that changes with whatever verdicts
    hang on beside the comments. renew: fills `overview` somewhere else.
    """

    def __init__(
        self,
        desk: Desk,
        overview: Overview,
        about: Callable[[], str],
        *,
        renew: Callable[[], object],
        large: int = LARGE,
    ) -> None:
        self.overview = overview
        self._desk = desk
        self._about = about
        self._renew = renew
        self._large = large
        self._renewing = threading.Lock()

    def marks(self, *, patience: float = 0) -> dict[str, str]:
        """Return what the lists would now be made of. patience: see `Store.seals`."""
        return {**self._desk.store.seals(patience), ABOUT: self._about()}

    def read(self) -> Judged:
        """Read and judge everything, and make the lists anew."""
        marks = self.marks()
        blog = self._desk.read()
        self.overview.fill(blog.comments, blog.verdicts, blog.errors, marks)
        return blog

    def choose(self, selection: Selection) -> Chosen:
        """Return the comments meant, as `Judged.select` would.

        Raises `TipsblogError` for a name that is nobody's or several comments'.
        """
        places = None
        if self.overview.marks() == self.marks():
            places = self.overview.find(selection)
        if places is None:
            blog = self.read()
            chosen = Judged(blog.select(selection), blog.verdicts)
            return Chosen(chosen, tuple(map(str, blog.errors)))
        found = tuple(self._items(places))
        verdicts = {(c.article, c.id): verdict for c, verdict in found if verdict is not None}
        comments = tuple(comment for comment, _ in found)
        return Chosen(Judged(comments, verdicts), tuple(self.overview.errors()))

    def page(
        self, state: Status, first: int, count: int, judge: Callable[[Comment], Verdict | None]
    ) -> Page:
        """Return a page of one state. In a large blog it may be of verdicts that
        are being renewed; what is new is judged by `judge` till then.
        """
        marks, known = self.marks(patience=_TRUSTED), self.overview.marks()
        fresh = marks == known
        if not fresh:
            seals = {name: mark for name, mark in marks.items() if name != ABOUT}
            if sum(int(seal.split()[0]) for seal in seals.values()) <= self._large:
                self.read()
                fresh = True
            else:
                thread = self._begin()
                if not known:
                    thread.join(_PATIENCE)
                elif seals != {name: mark for name, mark in known.items() if name != ABOUT}:
                    self.overview.follow(self._desk.store, marks, judge)
        places, total = self.overview.page(state, first, count)
        return Page(tuple(self._items(places)), total, fresh)

    def _items(self, places: list[Place]) -> list[tuple[Comment, Verdict | None]]:
        found = []
        for place in places:
            try:
                found.append((self._desk.store.get(place.article, place.id), place.verdict))
            except TipsblogError:
                continue  # removed this moment
        return found

    def _begin(self) -> threading.Thread:
        """Have the lists made anew, unless that is under way."""
        thread = threading.Thread(target=self._renewed, name="lists", daemon=True)
        thread.start()
        return thread

    def _renewed(self) -> None:
        if not self._renewing.acquire(blocking=False):
            return
        try:
            self._renew()
        except (OSError, TipsblogError) as error:
            logger.error("the lists of comments could not be made: %s", error)
        finally:
            self._renewing.release()


def open_lists(project: Project, desk: Desk) -> Lists:
    """Return the lists of a blog."""

    def renew() -> None:
        # A hundred thousand comments take hundreds of megabytes while they are read.
        done_apart(_read, project.file)

    overview = Overview(project.state / FILE)
    return Lists(desk, overview, lambda: _about(project), renew=renew)


def _read(settings: Path) -> None:
    project = load_project(settings)
    with closing(open_store(project)) as store:
        open_lists(project, open_desk(project, store, lambda: datetime.now(UTC))).read()


def _about(project: Project) -> str:
    """Return a digest of the articles' stamps, of the settings, and of the program."""
    settings = project.settings
    folders = [str(project.content / name) for name in project.values.get("ARTICLE_PATHS", [""])]
    told = [repr(settings)]
    for folder, found in stamps.walk(folders, [str(project.comments)]):
        told.append(f"{folder} {stamps.seal(found).hex()}")
    for name in filter(None, (settings.spam_held_list, settings.spam_friends_list)):
        told.append(f"{name} {stamps.stamp_of(str(project.root / name))}")
    program = str(Path(__file__).parents[1] / "spam")
    told += [
        stamps.seal(stamps.listing(folder)).hex() for folder in (program, f"{program}/finding")
    ]
    return hashlib.blake2b("\n".join(sorted(told)).encode(), digest_size=16).hexdigest()
