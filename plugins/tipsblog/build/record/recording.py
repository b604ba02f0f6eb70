"""What was kept while pages were drawn, brought into the file of `drawn`.

In step with the manifest: what a page that is drawn no more said of an object
counts no more.
"""

from __future__ import annotations

import contextlib
import marshal
import os
import sqlite3
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, SupportsBytes

from ...shelf import Shelf
from ..changes.stamps import digest
from .drawn import Drawn, forget, opened
from .keeping import Keeper, Kept
from .watched import watched


class Recorder:
    """Brings what was kept into the file, in step with the manifest."""

    def __init__(self, keeper: Keeper, shelf: Shelf) -> None:
        self.keeper = keeper
        self._shelf = shelf
        #: what was kept of each page; None: nothing
        self._packed: dict[str, SupportsBytes | None] = {}
        self.pages: set[str] = set()
        self.feeds: set[tuple[str, str]] = set()
        self.left: dict[str, SupportsBytes | Callable[[], bytes]] = {}

    def keep(self, path: str, data: bytes | None) -> None:
        """Take in what was kept of a page, packed."""
        self._packed[path] = None if data is None else self._shelf.put(data)

    def _kept(self, path: str) -> Kept | None:
        packed = self._packed[path]
        return None if packed is None else Kept.unpack(bytes(packed))

    def expect_feed(self, path: str, contents: Iterable[Any], kind: str) -> None:
        """Note which articles are in one of Pelican's feeds."""
        what = "rss" if kind == "rss" else "feed"
        for content in contents:
            name = self.keeper.name_of(content)
            if name is None:
                self.pages.add(path)  # nobody knows what it reads
            else:
                self.feeds.add((f"{what} {name}", path))

    def save(
        self,
        file: Drawn,
        *,
        before: str,
        build: str,
        reads: Mapping[str, Any],
        names: Mapping[str, list[str] | None],
        facts: Mapping[str, Any],
    ) -> None:
        """Save and commit what this build kept; what the file holds counts only
        if it is in step with the build `before`.

        reads: of all pages. names: by template. facts: for `replay`.
        """
        if not before or file.build != before:
            file.empty()
        drawn = sorted(path for path in self._packed if path in reads)  # they came in any order
        owned: dict[str, str] = {}
        said: dict[str, str] = {}
        things: defaultdict[str, dict[str, str]] = defaultdict(dict)
        for path in drawn:
            kept = self._kept(path)
            file.set_packed(path, build, kept.page if kept else None)
            if kept:
                said |= kept.said
                owned[kept.owner] = path
                for name, attribute in reads[path][0]:
                    if attribute not in self.keeper.living:
                        things[name].setdefault(attribute, path)
        file.add_said(said)
        builds = file.builds()
        for path in builds.keys() - reads.keys():
            file.drop_page(path)
        for name, attributes in things.items():
            known = file.thing(name)
            about = self._kept(owned[name]) if name in owned else None
            read = (owned[name], about.read) if about else None
            fresh = self._fresh(name, attributes, known, builds, read)
            if fresh:
                known |= {key: (*entry, path, build) for key, (entry, path) in fresh.items()}
                file.set_thing(name, known)
        before_it = file.every_reader()
        file.set_readers(
            (what, path, parts)
            for what, path, parts in self._readers(reads)
            if before_it.pop((what, path), None) != parts
        )
        file.drop_readers(before_it)
        file.drop_things(file.things() - self.keeper.objects.keys())
        wanted = {name for found in names.values() for name in found or ()}
        shared = self.keeper.shared(sorted(wanted))
        self.left |= {f"shared {name}": value for name, value in shared.items()}
        digests = file.left_digests()
        file.drop_left(digests.keys() - self.left.keys())
        file.leave(_changed(self.left, digests))
        for name, value in facts.items():
            file.set_meta(name, value)
        # Who may have read anything may have read what changed.
        file.set_meta("opaque", sorted(self.pages - reads.keys())[:3])
        file.commit(build)

    def _readers(self, reads: Mapping[str, Any]) -> Iterator[tuple[str, str, int]]:
        """Yield on which parts of what each output hangs."""
        for what, path in self.feeds:
            yield what, path, 1
        for path, record in reads.items():
            parts: dict[str, int] = {}
            for name, attribute in record[0]:
                parts[name] = parts.get(name, 0) | watched(attribute)
            for name, some in parts.items():
                yield name, path, some

    def _fresh(
        self,
        name: str,
        attributes: Mapping[str, str],
        known: Mapping[str, Any],
        builds: Mapping[str, str],
        owned: tuple[str, bytes] | None,
    ) -> dict[str, tuple[Any, str]]:
        """Return what is to be kept anew of an object: by attribute, how it is kept,
        and by which page it was read.

        attributes: that pages read which were drawn now, with one of these. known:
        what is kept. builds: which build drew each page. owned: the page about the
        object, if it was drawn now, and what it read.
        """
        found: dict[str, tuple[Any, str]] = {}
        if owned is not None:
            path, data = owned
            read = marshal.loads(data)  # noqa: S302 - just written
            found = {attribute: (entry, path) for attribute, entry in read.items()}
        for attribute, path in attributes.items():
            before = known.get(attribute)
            # What a page read counts as long as that page does.
            if attribute not in found and (before is None or builds.get(before[3]) != before[4]):
                entry = self.keeper.entry(name, attribute)
                if entry is not None:
                    found[attribute] = entry, path
        return found


def _changed(
    left: Mapping[str, SupportsBytes | Callable[[], bytes]], digests: Mapping[str, bytes]
) -> Iterator[tuple[str, bytes, bytes]]:
    for name, value in left.items():
        if callable(value):
            if name not in digests:
                yield name, b"", value()
        elif (mark := digest(data := bytes(value))) != digests.get(name):
            yield name, mark, data


def save(recorder: Recorder | None, path: str, *, build: str, **facts: Any) -> None:
    """Save under the mark `build`; nothing counts any more where it cannot be
    saved, or there is no mark.
    """
    try:
        if recorder is None or not build:
            forget(path)
            return
        with opened(path) as file:
            if file is not None:
                recorder.save(file, build=build, **facts)
    except sqlite3.Error:  # held by somebody else, the disk full
        for end in ("-wal", "-shm", ""):
            with contextlib.suppress(OSError):
                os.unlink(path + end)
