"""Articles parsed in several processes, and kept by their content.

What a reader makes of a file hangs on the file, the settings, the packages
and this program: all of them are in the key. A file whose parsing reads other
files, or says that something is wrong, is not kept but parsed again. Kept is the
whole content where that can be (see `ready`), else what the reader said. Of what
Pelican's reader of Markdown parsed, a mark tells whether another text has the same
header.
"""

from __future__ import annotations

import functools
import os
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any, SupportsBytes

from .. import observer, parallel
from ..cache import MANY, Cache
from ..changes import stamps
from ..markdown import source
from ..record import bodies
from ..session import Session
from . import ready

#: Fewer files than this are parsed sooner than processes are started.
_FEW = 12
#: Attributes that hold what many contents have in common.
_LABELS = frozenset(["category", "tags", "author", "authors"])


class Parsed:
    """What Pelican's readers of one generator have made of its files."""

    def __init__(
        self,
        session: Session,
        cache: Cache,
        readers: Any,
        root: str,
        kind: type,
        context: Any,
        *,
        whole: bool,
        keep: Callable[[dict[str, Any]], dict[str, Any]],
        warned: Callable[[], int],
        warm: Callable[[list[str]], None],
        markdown: type,
        wrapper: type,
    ) -> None:
        """readers: Pelican's. root: where the files' paths start. kind: the class of
        the contents; context: the generator's; whole: whether they may be kept whole.
        keep: drops the values that a reader wants dropped. warned: counts warnings.
        warm: is called with the paths that several processes will parse. markdown:
        the class of readers whose files get a mark. wrapper: that of labels,
        categories and authors.
        """
        self._session, self._cache, self._readers = session, cache, readers
        self._root, self._kind, self._context, self._whole = root, kind, context, whole
        self._keep, self._warned, self._warm = keep, warned, warm
        self._packing = ready.Packing(readers.settings, context)
        self._now = datetime.fromtimestamp(session.made, UTC)
        self._kept: dict[str, SupportsBytes] = {}
        self._new: dict[bytes, bytes] = {}
        self._reading: tuple[int, set[str]] | None = None
        #: of each file that may be parsed without Pelican: `head` and `mark` of `Kept`
        self.marks: dict[str, tuple[bytes, bytes] | None] = {}
        self._said: list[tuple[str, Any]] = []
        self._wrapper = wrapper
        self._wrappers: dict[tuple[Any, ...], Any] = {}
        self._marked = {form for form, one in readers.readers.items() if type(one) is markdown}
        for form in self._marked:
            reader = readers.readers[form]
            reader.process_metadata = functools.partial(self._process, reader.process_metadata)
        self._plain = readers.read_file
        readers.get_cached_data, readers.cache_data = self.get, self.put
        if whole:
            readers.read_file = self.read_file

    def prepare(self, names: Iterable[str]) -> None:
        """Get ready what is kept of the files `names`, and parse the others."""
        paths = [os.path.abspath(os.path.join(self._root, name)) for name in names]
        keys = {path: self._key(path) for path in paths}
        put_down = self._session.shelf.put
        path_of = {key: path for path, key in keys.items()}
        self._kept = {path_of[key]: put_down(data) for key, data in self._cache.each(path_of)}
        missing = [path for path in paths if path not in self._kept]
        self._session.report.sources += len(paths)
        self._session.report.parsed += len(missing)
        processes = parallel.workers()
        if len(missing) < _FEW or processes == 1:
            return
        self._warm(missing)
        for done in parallel.each(self._parse, missing, processes=processes):
            path = missing[done.index]
            # Else read again, and complained about, where Pelican expects it.
            if done.result and not done.error and not done.logged:
                self._new[keys[path]] = done.result
                self._kept[path] = put_down(done.result)
                if len(self._new) >= MANY:
                    self.save()
        self.save()

    def read_file(
        self,
        base_path: str,
        path: str,
        content_class: Any = None,
        fmt: Any = None,
        context: Any = None,
        **signals: Any,
    ) -> Any:
        """Pelican's `read_file`: the content made of a file."""
        content = self._content(base_path, path, content_class, fmt, context, **signals)
        if len(self._new) >= MANY:
            self.save()
        return content

    def _content(
        self, base_path: str, path: str, content_class: Any, fmt: Any, context: Any, **signals: Any
    ) -> Any:
        place = os.path.abspath(os.path.join(base_path, path))
        ours = content_class is self._kind and context is self._context and not fmt
        if ours and place in self._kept:
            found, mark = self._packing.load(bytes(self._kept[place]))
            if type(found) is self._kind and ready.is_steady(found, self._now):
                del self._kept[place]
                self.marks[place] = mark
                self._lighten(found)
                return found
        watch, warned = observer.active(), self._warned()
        before: set[str] = set()
        if watch:
            before, watch.reads = watch.reads, before
        content = self._plain(base_path, path, content_class, fmt, context, **signals)
        if watch:
            reads, watch.reads = watch.reads, before
            before |= reads
            quiet = warned == self._warned() and not self._session.read_too(place, reads)
            if ours and quiet and type(content) is self._kind and place in self.marks:
                self._keep_whole(place, content)
        return content

    def get(self, path: str, default: Any = None) -> Any:
        """Pelican's `get_cached_data`: the content and metadata of `path`."""
        self._read()
        data = self._kept.pop(path, None)
        if data is not None:
            found, mark = self._packing.load(bytes(data))
            if type(found) is tuple:
                self.marks[path] = mark
                content, metadata = found
                return content, {name: self._shared(value) for name, value in metadata.items()}
        self._said.clear()
        watch = observer.active()
        if watch:
            self._reading, watch.reads = (self._warned(), watch.reads), set()
        return default

    def _lighten(self, content: Any) -> None:
        """Let go of what `content` has in memory and others have, too, or a file."""
        content._content = content._content  # see `texts`
        content.metadata = {name: self._shared(value) for name, value in content.metadata.items()}
        for name in _LABELS & vars(content).keys():
            setattr(content, name, self._shared(getattr(content, name)))

    def _shared(self, value: Any) -> Any:
        """Return labels, categories and authors that are the same for all articles."""
        if isinstance(value, list):
            return [self._shared(one) for one in value]
        if not isinstance(value, self._wrapper):
            return value
        parts = [part for part in vars(value).values() if part is not self._readers.settings]
        if not all(isinstance(part, str | bool | None) for part in parts):
            return value
        return self._wrappers.setdefault((type(value), *parts), value)

    def put(self, path: str, result: Any) -> None:
        """Pelican's `cache_data`: `path` has just been read."""
        settled, reads = self._read()
        if (
            settled
            and not self._session.read_too(path, reads)
            and self._session.sources.is_still(path)
        ):
            content, metadata = result
            self.marks[path] = self._mark(path)
            for value in metadata.values():
                for one in value if isinstance(value, list) else [value]:
                    getattr(one, "slug", None)  # labels work theirs out when asked, and keep it
            self._pack(path, (content, metadata))

    def save(self) -> None:
        """Keep what was parsed. For one process alone: others would wait for it."""
        self._cache.put(self._new)
        self._new.clear()  # else it is in memory twice, to the end of the build

    def _keep_whole(self, path: str, content: Any) -> None:
        if ready.is_whole(content) and ready.is_steady(content, self._now):
            self._pack(path, content)

    def _pack(self, path: str, found: Any) -> None:
        self._new[self._key(path)] = self._packing.dump((found, self.marks[path]))

    def _read(self) -> tuple[bool, set[str]]:
        """End the reading of a file: did it go without a warning, and which
        files did it open?
        """
        watch = observer.active()
        if watch is None or self._reading is None:
            return False, set()
        (warned, before), reads = self._reading, watch.reads
        before |= reads
        self._reading, watch.reads = None, before
        return warned == self._warned(), reads

    def _key(self, path: str) -> bytes:
        name = os.path.relpath(path, self._root).encode("utf-8", "surrogateescape")
        kind = self._kind.__name__.encode()
        digest = self._session.sources.digest_of(path)
        return stamps.digest(b"\0".join([self._session.settings, digest, kind, name]))

    def _parse(self, path: str) -> bytes | None:
        """Read a file in another process; None if nothing can be kept of it."""
        if not self._session.sources.is_still(path):
            return None  # changed since the build began
        if self._whole:
            self._content(self._root, path, self._kind, None, self._context)
        else:
            self.get(path)
            content, metadata = self._readers.readers[_form(path)].read(path)
            self.put(path, (content, self._keep(metadata)))
        return self._new.pop(self._key(path), None)

    def _process(self, plain: Callable[[str, Any], Any], name: str, value: Any) -> Any:
        """Pelican's `process_metadata`: what the header says passes here."""
        self._said.append((name, value))
        return plain(name, value)

    def _mark(self, path: str) -> tuple[bytes, bytes] | None:
        if _form(path) not in self._marked:
            return None
        with open(path, "rb") as file:
            head = bodies.head_of(file.read())
        return head, source.mark_of(self._said)


def _form(path: str) -> str:
    return os.path.splitext(path)[1][1:]
