"""What hangs on the body of an article or a page: what its pages read of it, and
Pelican's feeds.

A build leaves for each of them the mark of its header. Where another text has
the same one, only what is made of a body can differ; that is made again here,
and what is certain of it is told. Everything else is `UneditedError`.
"""

from __future__ import annotations

import marshal
import os
import sys
from collections.abc import Callable, Collection, Container, Iterable, Iterator
from html import escape
from typing import TYPE_CHECKING, Any, NamedTuple

from ..aside import Aside
from ..changes import stamps
from ..record.bodies import HOW, Body, File, Kept, head_of, kept_name, thing_of
from ..record.watched import watched

if TYPE_CHECKING:
    from ..record.drawn import Drawn
    from ..record.replay import Things

_UNKNOWN = marshal.dumps({"reason": "it is not known how articles are read", "path": "/"})


class UneditedError(Exception):
    """Only a whole build can follow this edit; the message says why."""


class Edit(NamedTuple):
    """A file whose body is another one now. before, now: texts that stand in
    feeds, the summary last.
    """

    thing: str
    html: str
    url: str
    before: tuple[str, str]
    now: tuple[str, str]


class Editor:
    """Edited files, read while other things may be done; then taken in.

    digests: of all files that were looked at. edited: those with another
    content. headed: those among them of which more than the body changed. readers:
    outputs that read what is another one now. left: rows to leave instead.
    """

    def __init__(self, drawn: Drawn, paths: Collection[str], inputs: Container[str]) -> None:
        """Begin to read those of `paths` that may be edited. inputs: files that
        are known to be inputs of the site.
        """
        self._drawn, self._inputs = drawn, inputs
        data = drawn.left(HOW) if paths else None
        self._how: dict[str, Any] = marshal.loads(data or _UNKNOWN)  # noqa: S302
        self.edits: list[Edit] = []
        self.digests: dict[str, bytes] = {}
        self.readers: set[str] = set()
        self.left: dict[str, bytes] = {}
        self.headed: list[str] = []
        self._files = list(self._changed(paths))
        self.edited = {*self.headed, *(file.path for file in self._files)}
        # Most of the time goes into loading Markdown.
        apart = "markdown" not in sys.modules
        self._reading = Aside(self._read, apart=apart) if self._files else None

    def close(self) -> None:
        """Let go of what is still read."""
        if self._reading is not None:
            self._reading.close()

    def take_in(self, things: Things) -> None:
        """Take in what was read. Raises `UneditedError`."""
        if self._reading is None:
            return
        self._things = things
        for file, body in zip(self._files, self._reading.result(), strict=True):
            self._renew(file.path, thing_of(file.name), body)
            new = file.kept._replace(digest=self.digests[file.path])
            self.left[kept_name(file.name)] = new.dump()
            self._relink(file.name, body.html)

    def feeds(self, text_of: Callable[[str], str]) -> dict[str, str]:
        """Return Pelican's feeds with the new texts; `text_of` returns what
        stands in a file.
        """
        texts: dict[str, str] = {}
        for edit in self.edits:
            for kind, replaced in (("feed", _in_atom), ("rss", self._in_rss)):
                for path in self._drawn.readers(f"{kind} {edit.thing}"):
                    if edit.before != edit.now:
                        if path not in texts:
                            texts[path] = text_of(path)
                        texts[path] = replaced(texts[path], edit, path)
        return texts

    def _changed(self, paths: Iterable[str]) -> Iterator[File]:
        for path in sorted(paths):
            name = os.path.relpath(path, self._how["path"]).replace(os.sep, "/")
            row = self._drawn.left(kept_name(name))
            if row is None:
                continue
            kept = Kept.load(row)
            with open(path, "rb") as file:
                data = file.read()
            self.digests[path] = stamps.digest(data)
            if self.digests[path] != kept.digest:
                if head_of(data) != kept.head:
                    self.headed.append(path)
                else:
                    yield File(path, name, kept, data)

    def _read(self) -> list[Body]:
        from .reading import read_all  # not for every comment

        return read_all(self._files, self._how, self._drawn.path, self._inputs)

    def _renew(self, path: str, thing: str, body: Body) -> None:
        new = {name: getattr(body, name) for name in ("content", "summary", "checklists")}
        new["_content"] = body.html
        if body.summary is None:
            del new["summary"]
        if self._drawn.readers(thing, watched("__dict__")):
            raise UneditedError(f"{path}: a page reads all there is of it")
        before = {name: self._value(thing, name) for name in ("content", "summary", "url")}
        from ..record.reads import Tracer
        from ..record.replay import Term

        # Values are told as a whole build would tell them.
        tracer = Tracer(self._things.names(), settings={}, wrappers=(Term,), listings=())
        for attribute, value in new.items():
            readers = self._drawn.readers(thing, watched(attribute))
            entry = self._things.find(thing, attribute)
            told = tracer.tell(value)
            if readers and (entry is None or entry[0] != told):
                self._things.renew(thing, attribute, told, value)
                self.readers |= readers
        if None in before.values() and self._in_feeds(thing):
            raise UneditedError(f"{path}: not all is known of what feeds say of it")
        self.edits.append(
            Edit(
                thing,
                body.html,
                before["url"] or "",
                (before["content"] or "", before["summary"] or ""),
                (body.content, new.get("summary", before["summary"]) or ""),
            )
        )

    def _relink(self, name: str, html: str) -> None:
        """Note to which articles and pages a body may link, besides its header."""
        from ..record.listed import LINKS, links_in

        if linked := links_in([html]):
            data = self.left.get(LINKS) or self._drawn.left(LINKS) or marshal.dumps({})
            links: dict[str, list[str]] = marshal.loads(data)  # noqa: S302 - our own
            links[name] = sorted(linked.union(links.get(name, ())))
            self.left[LINKS] = marshal.dumps(links)

    def _in_feeds(self, thing: str) -> bool:
        return any(self._drawn.readers(f"{kind} {thing}") for kind in ("feed", "rss"))

    def _value(self, thing: str, attribute: str) -> Any:
        if self._things.find(thing, attribute) is None:
            return None
        return self._things.value(thing, attribute)[1]

    def _in_rss(self, text: str, edit: Edit, path: str) -> str:
        at = 1 if self._how["rss_summary"] else 0
        before, now = (_element("description", one[at]) for one in (edit.before, edit.now))
        return _replaced(text, "item", f"{_url(edit)}</link>", before, now, path)


def _in_atom(text: str, edit: Edit, path: str) -> str:
    before, now = (_in_entry(*one) for one in (edit.before, edit.now))
    return _replaced(text, "entry", f'{_url(edit)}" rel="alternate"', before, now, path)


def _in_entry(content: str, summary: str) -> str:
    """Return what Pelican says of an article in Atom: the summary only where it
    is another text.
    """
    summed = _element("summary", summary, ' type="html"') if summary != content else ""
    return summed + _element("content", content, ' type="html"')


def _element(name: str, html: str, attributes: str = "") -> str:
    from ...checklists.plain import to_plain

    start = f"<{name}{attributes}"
    return f"{start}>{escape(to_plain(html), quote=False)}</{name}>" if html else f"{start}/>"


def _replaced(text: str, kind: str, sign: str, before: str, now: str, path: str) -> str:
    """Return the feed `text`, with `now` for `before` in the one entry that has
    the `sign`.
    """
    signs = (sign, sign.replace("</", "?ref=feed</").replace('"', '?ref=feed"', 1))
    entries = text.split(f"<{kind}>")
    own = [number for number, one in enumerate(entries) if any(sign in one for sign in signs)]
    if len(own) != 1 or entries[own[0]].count(before) != 1:
        raise UneditedError(f"{path} does not say once what changed")
    entries[own[0]] = entries[own[0]].replace(before, now)
    return f"<{kind}>".join(entries)


def _url(edit: Edit) -> str:
    return "/" + escape(edit.url, quote=False)
