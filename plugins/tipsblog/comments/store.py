"""Where comments are kept: one file each, under `<root>/<article>/<id>.md`.

The only module that reads or writes comment files.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import time
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple, Protocol

from ..atomic import sync, write_atomically
from ..errors import DocumentError, TipsblogError
from .document import parse, unparse
from .model import Comment, is_key

SUFFIX = ".md"
#: Sorts after every id that begins with a date.
AFTER_DATES = ":"

#: A folder changed less than this before it was looked into, nanoseconds, may
#: change again without a new time: a file system's clock ticks.
_TICK = 50_000_000


class Loaded(NamedTuple):
    """All comments that could be read, and what is wrong with the others."""

    comments: tuple[Comment, ...]
    errors: tuple[TipsblogError, ...] = ()


class _Seal(NamedTuple):
    """What a folder's files looked like. changed, seen: nanoseconds since 1970."""

    changed: int
    seen: int
    words: str

    def until(self, patience: float) -> float:
        return self.seen + patience * 1e9 if self.seen - self.changed > _TICK else 0


class _Names(NamedTuple):
    """Which comments of a `day` or later a folder held; times as in `_Seal`."""

    changed: int
    seen: int
    day: str
    places: frozenset[tuple[str, str]]

    def stands(self, changed: int, day: str) -> bool:
        return (self.changed, self.day) == (changed, day) and self.seen - changed > _TICK


class Store(Protocol):
    """Where comments are kept, whatever keeps them. One suite of tests holds
    every store to the same conduct.
    """

    def load(self, article: str | None = None) -> Loaded:
        """Read every comment, or one article's, ordered by article and id."""

    def get(self, article: str, id: str) -> Comment:
        """Return one comment; `TipsblogError` where there is none."""

    def add(self, comment: Comment) -> bool:
        """Keep a new comment; False, changing nothing, where its place is taken.

        It is safe on the disk when this returns, and another process adding
        the same one at the same moment gets the other answer.
        """

    def put(self, comment: Comment) -> bool:
        """Keep `comment`, replacing it whole; tell whether anything changed."""

    def put_all(self, comments: Iterable[Comment]) -> int:
        """Keep several; return how many changed."""

    def remove(self, article: str, id: str) -> None:
        """Forget a comment; nothing happens where there is none."""

    def seals(self, patience: float = 0) -> dict[str, str]:
        """Return for every article how many comments it has and, after a space,
        a word that changes with any of them; without reading them.

        patience: how many seconds later a file changed in place, as some
        editors do, may be noticed.
        """

    def arrived(self, day: str) -> frozenset[tuple[str, str]]:
        """Return article and id of every comment whose id begins with a date, as
        those do that readers post, of `day` (2026-03-05) or later.
        """

    def close(self) -> None:
        """Let go of whatever is held open; the next call opens it again."""


class FileStore:
    """Comments as files below `root`, which need not exist yet.

    A file that does not read is named in `Loaded.errors` and costs only itself.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self._seals: dict[str, _Seal] = {}
        self._names: dict[str, _Names] = {}

    def load(self, article: str | None = None) -> Loaded:
        """Read every comment, or one article's, ordered by article and id."""
        folders = self.folders()
        if article is not None:
            folders = [folder for folder in folders if folder.name == article]
        return merged(self.load_folder(folder) for folder in folders)

    def folders(self) -> list[Path]:
        """Return the folder of every article that has comments, in order."""
        return sorted(_folders(self.root))

    def load_folder(self, folder: Path) -> Loaded:
        """Read the comments of one article."""
        if not is_key(folder.name):
            error = DocumentError(
                "the folder's name cannot be an article's key",
                path=folder,
                way_out="use lower-case letters, digits, dot, dash and underscore",
            )
            return Loaded((), (error,))
        comments: list[Comment] = []
        errors: list[TipsblogError] = []
        for name in _names(folder):
            try:
                comments.append(_read(f"{folder}{os.sep}{name}", folder.name, name))
            except FileNotFoundError:
                continue  # removed since the folder was listed
            except TipsblogError as error:
                errors.append(error)
        return Loaded(tuple(comments), tuple(errors))

    def get(self, article: str, id: str) -> Comment:
        """Return one comment; `TipsblogError` where there is none."""
        path = self.path_of(article, id)
        try:
            return _read(str(path), article, path.name)
        except FileNotFoundError:
            raise TipsblogError(
                f'no comment "{id}" under "{article}"',
                path=path,
                way_out="`tipsblog comments list` shows all",
            ) from None

    def add(self, comment: Comment) -> bool:
        """Write a new comment; False, changing nothing, where its place is taken.

        The file is complete and on the disk when this returns True.
        """
        path = self.path_of(comment.article, comment.id)
        self._make_folder(path.parent)
        return write_atomically(path, unparse(comment).encode("utf-8"), replace=False)

    def put(self, comment: Comment) -> bool:
        """Write `comment`, replacing it whole; tell whether its file changed.

        The file is complete and on the disk when this returns, or as it was.
        """
        path = self.path_of(comment.article, comment.id)
        data = unparse(comment).encode("utf-8")
        with contextlib.suppress(FileNotFoundError):
            if path.read_bytes() == data:
                return False
        self._make_folder(path.parent)
        return write_atomically(path, data)

    def put_all(self, comments: Iterable[Comment]) -> int:
        """Write several; return how many files changed."""
        return sum(self.put(comment) for comment in comments)

    def remove(self, article: str, id: str) -> None:
        """Take a comment's file away, and its folder with the last one."""
        path = self.path_of(article, id)
        path.unlink(missing_ok=True)
        with contextlib.suppress(OSError):
            path.parent.rmdir()

    def seals(self, patience: float = 0) -> dict[str, str]:
        """Return for every article how many files it has and, after a space, a
        digest of their names, sizes, times of change and places on the disk.

        With `patience`, a folder in which no name came, went or was replaced is
        looked into again only after so many seconds.
        """
        found: dict[str, _Seal] = {}
        for folder in self.folders():
            with contextlib.suppress(FileNotFoundError):  # removed this moment
                now, changed = time.time_ns(), folder.stat().st_mtime_ns
                seal = self._seals.get(folder.name)
                if seal is None or seal.changed != changed or now >= seal.until(patience):
                    seal = _Seal(changed, now, _seal(folder))
                found[folder.name] = seal
        self._seals = found
        return {name: seal.words for name, seal in found.items()}

    def arrived(self, day: str) -> frozenset[tuple[str, str]]:
        """Return article and id of every comment of `day` or later."""
        found: dict[str, _Names] = {}
        for folder in self.folders():
            with contextlib.suppress(FileNotFoundError):  # removed this moment
                now, changed = time.time_ns(), folder.stat().st_mtime_ns
                known = self._names.get(folder.name)
                if known is None or not known.stands(changed, day):
                    with os.scandir(folder) as entries:
                        names = [e.name for e in entries if day <= e.name < AFTER_DATES]
                    ids = [name[: -len(SUFFIX)] for name in names if name.endswith(SUFFIX)]
                    places = frozenset((folder.name, id) for id in ids)
                    known = _Names(changed, now, day, places)
                found[folder.name] = known
        self._names = found
        return frozenset(place for known in found.values() for place in known.places)

    def close(self) -> None:
        """Nothing is held open."""

    def path_of(self, article: str, id: str) -> Path:
        """Return where a comment is kept; no key leads out of `root`."""
        check_place(article, id)
        return self.root / article / f"{id}{SUFFIX}"

    def _make_folder(self, folder: Path) -> None:
        if not folder.is_dir():
            folder.mkdir(parents=True, exist_ok=True)
            sync(folder.parent)


def _names(folder: Path) -> list[str]:
    """Return the names of the comments' files in a folder, in order."""
    try:
        names = os.listdir(folder)  # noqa: PTH208 - thousands of folders
    except OSError:
        return []
    return sorted(name for name in names if name.endswith(SUFFIX))


def _read(path: str, article: str, name: str) -> Comment:
    try:
        with open(path, "rb", buffering=0) as file:  # noqa: PTH123 - many thousands
            text = file.read().decode("utf-8")
    except UnicodeDecodeError as error:
        raise DocumentError(
            f"not UTF-8 at byte {error.start}", path=Path(path), way_out="save it as UTF-8"
        ) from error
    except FileNotFoundError:
        raise
    except OSError as error:
        raise DocumentError(f"cannot be read: {error.strerror}", path=Path(path)) from error
    return parse(text, id=name.removesuffix(SUFFIX) or name, article=article, path=path)


def merged(parts: Iterable[Loaded]) -> Loaded:
    """Return what was loaded in several parts as one."""
    parts = list(parts)
    return Loaded(
        tuple(comment for part in parts for comment in part.comments),
        tuple(error for part in parts for error in part.errors),
    )


def copy(source: Store, target: Store) -> tuple[int, int]:
    """Make `target` hold exactly the comments of `source`; return how many
    were written and how many taken away.

    Raises the first error of `source` before anything is changed: what could
    not be read must not be taken for gone.
    """
    here, there = source.load(), target.load()
    for error in here.errors:
        raise error
    written = target.put_all(here.comments)
    places = {(comment.article, comment.id) for comment in here.comments}
    gone = [c for c in there.comments if (c.article, c.id) not in places]
    for comment in gone:
        target.remove(comment.article, comment.id)
    return written, len(gone)


def check_place(article: str, id: str) -> None:
    """Raise `TipsblogError` unless both are keys."""
    for key in (article, id):
        if not is_key(key):
            raise TipsblogError(f"{key!r} cannot be a comment's or an article's key")


def _seal(folder: Path) -> str:
    lines: list[str] = []
    with contextlib.suppress(FileNotFoundError), os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.endswith(SUFFIX):
                with contextlib.suppress(FileNotFoundError):  # removed this moment
                    found = entry.stat()
                    stamp = f"{found.st_size} {found.st_mtime_ns} {found.st_ino}"
                    lines.append(f"{entry.name} {stamp}\n")
    text = "".join(sorted(lines)).encode("utf-8", "surrogateescape")
    return f"{len(lines)} {hashlib.blake2b(text, digest_size=16).hexdigest()}"


def _folders(root: Path) -> list[Path]:
    try:
        return [entry for entry in root.iterdir() if entry.is_dir() and entry.name[0] != "."]
    except FileNotFoundError:
        return []
