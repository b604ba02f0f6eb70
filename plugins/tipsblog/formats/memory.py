"""What earlier imports wrote into a folder, so that a later one knows.

A file that is no longer what was written has been edited, and stays as it is;
so does the absence of one that was taken away. The hashes stand in
`.tipsblog-import.json`. While an import runs, a journal beside it is written
ahead of each file: killed at any point, the next import goes on.
"""

from __future__ import annotations

import hashlib
import json
import os
from contextlib import suppress
from enum import StrEnum
from pathlib import Path
from typing import IO

from ..articles import parse
from ..errors import TipsblogError
from .directory import FOLDERS
from .model import Article

MANIFEST = ".tipsblog-import.json"
JOURNAL = ".tipsblog-import.journal"


class Outcome(StrEnum):
    """What became of one file."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "unchanged"
    KEPT = "edited by you and left alone"
    REMOVED = "taken away by you and not brought back"


class Memory:
    """Writes files into `folder`, and remembers. With `dry_run`, only tells."""

    def __init__(self, folder: Path, *, dry_run: bool = False) -> None:
        self.folder = folder
        self.dry_run = dry_run
        self._known: dict[str, str] = {}
        #: What runs that were killed meant to write -> what may stand there still.
        self._before: dict[str, set[str]] = {}
        self._journal: IO[str] | None = None
        self._made: set[Path] = set()
        self._read()

    def __enter__(self) -> None:
        if self.dry_run:
            return
        try:
            for name in FOLDERS:
                (self.folder / name).mkdir(parents=True, exist_ok=True)
            self._journal = (self.folder / JOURNAL).open("a", encoding="utf-8")
        except OSError as error:
            raise TipsblogError(f"cannot be written: {error.strerror}", path=self.folder) from error

    def __exit__(self, kind: object, *_: object) -> None:
        if self._journal is None:
            return
        self._journal.close()
        if kind is None:
            data = json.dumps(self._known, indent=0, sort_keys=True, ensure_ascii=False) + "\n"
            self._replace(self.folder / MANIFEST, data.encode())
            (self.folder / JOURNAL).unlink()

    def is_foreign(self, path: Path, article: Article) -> bool:
        """Whether an article that is not `article` has its file at `path`."""
        try:
            there = (self.folder / path).read_bytes()
        except FileNotFoundError:
            return False
        file = parse(there.decode("utf-8", "replace"), path)
        source = file.field("source")
        if source and article.source:
            return source != article.source
        same = file.title == article.title and file.published == article.published
        return path.as_posix() not in self._known and not same

    def write(self, path: Path, data: bytes) -> Outcome:
        """Write a file if it is this importer's to write."""
        try:
            return self._write(path, data)
        except OSError as error:
            raise TipsblogError(
                f"cannot be written: {error.strerror}",
                path=self.folder / path,
                way_out="mend that and import again; it goes on where it stopped",
            ) from error

    def _write(self, path: Path, data: bytes) -> Outcome:
        name, target, digest = path.as_posix(), self.folder / path, _digest(data)
        known = self._known.get(name)
        there: str | None = None
        with suppress(FileNotFoundError):
            there = _digest(target.read_bytes())
        if there is None and known is not None and name not in self._before:
            return Outcome.REMOVED
        if there is not None and there not in (known, digest, *self._before.get(name, ())):
            return Outcome.KEPT
        if known != digest and self._journal is not None:
            self._journal.write(json.dumps([name, digest], ensure_ascii=False) + "\n")
            self._journal.flush()
        self._known[name] = digest
        if there == digest:
            return Outcome.SAME
        if not self.dry_run:
            if target.parent not in self._made:
                target.parent.mkdir(parents=True, exist_ok=True)
                self._made.add(target.parent)
            self._replace(target, data)
        return Outcome.NEW if there is None else Outcome.CHANGED

    def _read(self) -> None:
        path = self.folder / MANIFEST
        try:
            self._known = json.loads(path.read_bytes())
        except FileNotFoundError:
            pass
        except ValueError as error:
            raise TipsblogError(
                "cannot be read", path=path, way_out="restore it, or remove it to start afresh"
            ) from error
        with suppress(FileNotFoundError):
            for line in (self.folder / JOURNAL).read_text(encoding="utf-8").splitlines():
                with suppress(ValueError):  # the last line may be half written
                    name, digest = json.loads(line)
                    before = self._before.setdefault(name, set())
                    before.update({self._known.get(name, digest), digest})
                    self._known[name] = digest

    def _replace(self, path: Path, data: bytes) -> None:
        """Put a file in place whole. An import can be run again, so it need not
        wait for the disk as a comment does that a reader just sent.
        """
        new = self.folder / ".tipsblog-import.new"
        new.write_bytes(data)
        os.replace(new, path)  # noqa: PTH105


def _digest(data: bytes) -> str:
    return hashlib.blake2b(data, digest_size=16).hexdigest()
