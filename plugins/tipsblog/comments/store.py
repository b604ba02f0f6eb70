"""Where comments are kept: one file each, under `<root>/<article>/<id>.md`.

The only module that reads or writes comment files.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from ..errors import DocumentError, TipsblogError
from .document import parse, unparse
from .model import Comment, is_key

SUFFIX = ".md"


@dataclass(frozen=True, slots=True)
class Loaded:
    """All comments that could be read, and what is wrong with the others."""

    comments: tuple[Comment, ...]
    errors: tuple[TipsblogError, ...] = field(default=())


class FileStore:
    """Comments as files below `root`, which need not exist yet.

    A file that does not read is named in `Loaded.errors` and costs only itself.
    """

    def __init__(self, root: Path) -> None:
        self.root = root

    def load(self) -> Loaded:
        """Read every comment, ordered by article and id."""
        comments: list[Comment] = []
        errors: list[TipsblogError] = []
        for folder in sorted(_folders(self.root)):
            if not is_key(folder.name):
                errors.append(
                    DocumentError(
                        "the folder's name cannot be an article's key",
                        path=folder,
                        way_out="use lower-case letters, digits, dot, dash and underscore",
                    )
                )
                continue
            for path in sorted(folder.glob(f"*{SUFFIX}")):
                try:
                    comments.append(self._read(path))
                except FileNotFoundError:
                    continue  # removed since the folder was listed
                except TipsblogError as error:
                    errors.append(error)
        return Loaded(tuple(comments), tuple(errors))

    def get(self, article: str, id: str) -> Comment:
        """Return one comment; `TipsblogError` where there is none."""
        path = self.path_of(article, id)
        try:
            return self._read(path)
        except FileNotFoundError:
            raise TipsblogError(
                f'no comment "{id}" under "{article}"',
                path=path,
                way_out="`tipsblog comments list` shows all",
            ) from None

    def put(self, comment: Comment) -> bool:
        """Write `comment`, replacing it whole; tell whether its file changed.

        The file is complete and on the disk when this returns, or as it was.
        """
        path = self.path_of(comment.article, comment.id)
        data = unparse(comment).encode("utf-8")
        with contextlib.suppress(FileNotFoundError):
            if path.read_bytes() == data:
                return False
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(path, data)
        return True

    def put_all(self, comments: Iterable[Comment]) -> int:
        """Write several; return how many files changed."""
        return sum(self.put(comment) for comment in comments)

    def remove(self, article: str, id: str) -> None:
        """Take a comment's file away, and its folder with the last one."""
        path = self.path_of(article, id)
        path.unlink(missing_ok=True)
        with contextlib.suppress(OSError):
            path.parent.rmdir()

    def path_of(self, article: str, id: str) -> Path:
        """Return where a comment is kept; no key leads out of `root`."""
        for key in (article, id):
            if not is_key(key):
                raise TipsblogError(f"{key!r} cannot be a comment's or an article's key")
        return self.root / article / f"{id}{SUFFIX}"

    def _read(self, path: Path) -> Comment:
        try:
            text = path.read_bytes().decode("utf-8")
        except UnicodeDecodeError as error:
            raise DocumentError(
                f"not UTF-8 at byte {error.start}", path=path, way_out="save it as UTF-8"
            ) from error
        except FileNotFoundError:
            raise
        except OSError as error:
            raise DocumentError(f"cannot be read: {error.strerror}", path=path) from error
        return parse(text, id=path.stem, article=path.parent.name, path=path)


def write_atomically(path: Path, data: bytes) -> None:
    """Replace `path` by `data` so that a reader, or a power cut, sees either
    the old file or the new one.
    """
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".tmp")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _folders(root: Path) -> list[Path]:
    try:
        return [entry for entry in root.iterdir() if entry.is_dir() and entry.name[0] != "."]
    except FileNotFoundError:
        return []
