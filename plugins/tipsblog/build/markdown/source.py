"""An article's or a page's file read again, as Pelican reads it, but without
Pelican: its HTML, and whether its header says what it said.

What Pelican makes of a header is not known here, only that it makes the same of
the same. What the settings say about reading is handed in, as `glue` left it.
"""

from __future__ import annotations

import io
import logging
import os
import re
import sys
from collections.abc import Container, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from .. import observer
from ..changes.stamps import digest
from ..changes.surroundings import PACKAGE, SYSTEM

_LISTS = "checklists"
#: Images without a text instead: Pelican complains of them.
_BARE = re.compile(r"""<img[^>]*alt=(?:""|'')""")


class UnreadError(Exception):
    """Only Pelican can read this; the message says why."""


class Source(NamedTuple):
    """mark: see `mark_of`. html: the body, as `Content._content` would be.
    checklists: what of `Content.checklists` is made.
    """

    mark: bytes
    html: str
    checklists: tuple[Any, ...]


def mark_of(said: Iterable[tuple[str, Any]]) -> bytes:
    """Return what tells a header from any other: `said` are names and values,
    formatted, as they are handed to `process_metadata`.
    """
    # An extension of our own adds to the header what it found in the body.
    plain = [(name, one) for name, one in said if name != _LISTS or isinstance(one, (str, list))]
    return digest(repr(plain).encode("utf-8", "surrogatepass"))


def read(
    path: str,
    data: bytes,
    name: str,
    key: str,
    how: Mapping[str, Any],
    inputs: Container[str] = (),
) -> Source:
    """Read `data`, the content of the file at `path`. Raises `UnreadError`.

    name: the path relative to Pelican's `PATH`. key: of its checklists. how:
    markdown, formatted, path: the settings `MARKDOWN`, `FORMATTED_FIELDS`, `PATH`;
    extensions: see `inline.installed`.
    inputs: files that are known to be inputs of the site.
    """
    text = io.StringIO(data.decode("utf-8-sig"), newline=None).read()
    with alone(path, inputs):
        html, said, lists = _convert(text, how)
    if _BARE.search(html):
        raise UnreadError("an image without a text instead of it")
    with unwarned():
        if html:
            from ...pages.repair import repaired

            html = repaired(html, Path(how["path"]), name, _complain)
    if lists:
        from ...checklists.keys import put_in

        html = put_in(html, key)
    return Source(mark_of(said), html, lists)


def may_link(html: str, regex: str) -> bool:
    """Tell whether `html` may have links that Pelican replaces, or that it takes
    for static files; `regex`: the setting `INTRASITE_LINK_REGEX`.
    """
    return re.search(rf"""["']{regex}""", html, re.VERBOSE) is not None


def _convert(
    text: str, how: Mapping[str, Any]
) -> tuple[str, list[tuple[str, Any]], tuple[Any, ...]]:
    """Do as Pelican's `MarkdownReader.read` does."""
    from markdown import Markdown

    from .inline import offered, quicken

    with offered(how["extensions"]):
        md: Any = quicken(Markdown(**how["markdown"]))
    html: str = md.convert(text)
    meta = getattr(md, "Meta", {})
    said: list[tuple[str, Any]] = []
    lists: tuple[Any, ...] = ()
    if meta:
        md.preprocessors.deregister("meta")
    for given, value in meta.items():
        name = given.lower()
        if name in how["formatted"]:
            md.reset()
            said.append((name, md.convert("\n".join(value))))
        else:
            said.append((name, value if len(value) > 1 else value[0]))
    for name, found in said:
        if name == _LISTS and not isinstance(found, (str, list)):
            if found.problems:
                raise UnreadError("something is wrong with a checklist")
            lists = tuple(found.lists)
    return html, said, lists


@contextmanager
def alone(path: str, inputs: Container[str]) -> Iterator[None]:
    """Raise `UnreadError` if anything but `path` and program text is read."""
    watch = observer.Observer("/")
    with unwarned(), observer.observing(watch):
        yield
    own = (*SYSTEM, f"{PACKAGE}{os.sep}")
    others = {one for one in watch.reads if one != path and "__pycache__" not in one}
    others = {one for one in others if not one.startswith(own)}
    if others:  # an extension of the blog's own may have been loaded
        modules = {getattr(module, "__file__", None) for module in list(sys.modules.values())}
        others = {one for one in others if one not in inputs or one not in modules}
    if watch.outside or others:
        raise UnreadError("it reads more than its file")


@contextmanager
def unwarned() -> Iterator[None]:
    """Raise `UnreadError` in place of the first warning that is logged."""
    plain = logging.getLogRecordFactory()
    said: list[str] = []

    def made(*arguments: Any, **named: Any) -> logging.LogRecord:
        record = plain(*arguments, **named)
        if record.levelno >= logging.WARNING:
            said.append(record.getMessage())
            raise UnreadError(said[0])
        return record

    logging.setLogRecordFactory(made)
    try:
        yield
    finally:
        logging.setLogRecordFactory(plain)
    if said:
        raise UnreadError(said[0])


def _complain(message: str) -> None:
    raise UnreadError(message)
