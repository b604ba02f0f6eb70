"""What an export is, told from the file itself, and read accordingly."""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath
from typing import IO

from ..errors import DocumentError, TipsblogError
from . import blogger, disqus, native, takeout, wxr
from .archive import Archive, Images
from .model import Grade, Loaded, Note

_Load = Callable[[IO[bytes], str], Loaded]

#: What a format's head holds that no other's does; the first that fits counts.
_SIGNS: tuple[tuple[str, re.Pattern[str], _Load], ...] = (
    ("our own JSON", re.compile(r'^\s*\{\s*"format":\s*"tipsblog"'), native.load),
    ("Blogger, by Takeout", re.compile(r"schemas\.google\.com/blogger/2018"), takeout.load),
    ("Disqus", re.compile(r"<(?:\w+:)?disqus\b"), disqus.load),
    ("WordPress", re.compile(r"<rss\b[^>]*>|wordpress\.org/export/"), wxr.load),
    ("Blogger, classic backup", re.compile(r"<(?:\w+:)?feed\b"), blogger.load),
)
_HEAD = 1 << 15


@dataclass(frozen=True, slots=True)
class Export:
    """An export that was read. format: its name, for people."""

    format: str
    loaded: Loaded
    images: Images = field(default_factory=Images)


def load(path: Path, *, blog: str = "") -> Export:
    """Read an export, whichever it is.

    `path` is a file, a zip as Takeout gives it, or a folder that one was
    unpacked to; `blog` chooses one of several in it. Raises `TipsblogError`.
    """
    try:
        if path.is_dir() or zipfile.is_zipfile(path):
            return _takeout(Archive(path), path, blog)
        with path.open("rb") as file:
            name, read = recognise(file.read(_HEAD), path)
            file.seek(0)
            return Export(name, read(file, str(path)))
    except OSError as error:
        raise TipsblogError(f"cannot be read: {error.strerror}", path=path) from error
    except (zipfile.BadZipFile, zlib.error) as error:
        raise DocumentError(f"is a broken zip: {error}", path=path) from error


def _takeout(archive: Archive, path: Path, blog: str) -> Export:
    feeds = [name for name in archive.names if PurePosixPath(name).name == "feed.atom"]
    abroad = [name for name in feeds if PurePosixPath(name).parts[-3:-2] == ("Comments",)]
    # Who names a folder of comments on other blogs gets just that.
    home = [name for name in feeds if name not in abroad] or abroad
    titles = {PurePosixPath(name).parent.name or path.name: name for name in home}
    if not titles:
        raise DocumentError("holds no feed.atom", path=path, way_out="name Takeout's folder or zip")
    if (blog and blog not in titles) or (not blog and len(titles) > 1):
        raise DocumentError(
            f'holds no blog "{blog}"' if blog else "holds several blogs",
            path=path,
            way_out="choose one with --blog: " + ", ".join(titles),
        )
    name = titles[blog] if blog else home[0]
    with archive.open(name) as file:
        loaded = takeout.load(file, f"{path}/{name}", archive.beside(name, "settings.csv"))
    if abroad and name not in abroad:
        text = "your comments on other blogs; name their folder to import them"
        note = Note(Grade.LEFT_OUT, f"{len(abroad)} feeds in Comments/", text)
        loaded = replace(loaded, notes=(*loaded.notes, note))
    return Export("Blogger, by Takeout", loaded, Images(archive))


def recognise(head: bytes, path: Path | str) -> tuple[str, _Load]:
    """Tell a file's format by how it begins."""
    encoding = "utf-16" if head[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8"
    text = head.decode(encoding, "replace")
    for name, sign, read in _SIGNS:
        if sign.search(text):
            return name, read
    raise DocumentError(
        "is no export that this program knows" if text.strip() else "is empty",
        path=path,
        way_out="known are " + ", ".join(name for name, _, _ in _SIGNS),
    )
