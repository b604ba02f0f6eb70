"""Articles parsed in several processes, and kept by their content.

What a reader makes of a file hangs on the file, the settings, the packages
and this program: all of them are in the key. A file whose parsing reads other
files, or says that something is wrong, is not kept but parsed again. Of what Pelican's reader
of Markdown parsed, a mark tells whether another text has the same header.
"""

from __future__ import annotations

import functools
import io
import os
import pickle
from collections.abc import Callable, Iterable
from typing import Any

from .. import observer, parallel
from ..cache import Cache
from ..changes import stamps
from ..markdown import source
from ..record import bodies
from ..session import Session

#: Fewer files than this are parsed sooner than processes are started.
_FEW = 12
_SETTINGS = "settings"


class Parsed:
    """What Pelican's readers of one generator have made of its files."""

    def __init__(
        self,
        session: Session,
        cache: Cache,
        readers: Any,
        root: str,
        keep: Callable[[dict[str, Any]], dict[str, Any]],
        warned: Callable[[], int],
        warm: Callable[[list[str]], None],
        markdown: type,
    ) -> None:
        """`readers`: Pelican's. `root`: where the files' paths start. `keep`
        drops the values that a reader wants dropped. `warned` counts warnings.
        `warm` is called with the paths that several processes will parse.
        `markdown`: the class of readers whose files get a mark.
        """
        self._session, self._cache, self._readers = session, cache, readers
        self._root, self._keep, self._warned, self._warm = root, keep, warned, warm
        self._ready: dict[str, bytes] = {}
        self._new: dict[bytes, bytes] = {}
        self._used: list[bytes] = []
        self._reading: tuple[int, set[str]] | None = None
        #: of each file that may be parsed without Pelican: `head` and `mark` of `Kept`
        self.marks: dict[str, tuple[bytes, bytes] | None] = {}
        self._said: list[tuple[str, Any]] = []
        self._marked = {form for form, one in readers.readers.items() if type(one) is markdown}
        for form in self._marked:
            reader = readers.readers[form]
            reader.process_metadata = functools.partial(self._process, reader.process_metadata)

    def prepare(self, names: Iterable[str]) -> None:
        """Get ready what is kept of the files `names`, and parse the others."""
        paths = [os.path.abspath(os.path.join(self._root, name)) for name in names]
        keys = {path: self._key(path) for path in paths}
        self._used = list(keys.values())
        kept = {} if self._session.full else self._cache.get(keys.values())
        self._ready = {path: kept[key] for path, key in keys.items() if key in kept}
        missing = [path for path in paths if path not in self._ready]
        self._session.report.sources += len(paths)
        self._session.report.parsed += len(missing)
        if not missing:
            return
        processes = parallel.workers()
        if len(missing) < _FEW or processes == 1:
            return
        self._warm(missing)
        for done in parallel.each(self._parse, missing, processes=processes):
            path = missing[done.index]
            # Else read again, and complained about, where Pelican expects it.
            if (
                done.result
                and not done.error
                and not done.logged
                and not self._session.read_too(path, done.reads)
            ):
                self._ready[path] = self._new[keys[path]] = done.result
        self.save()

    def get(self, path: str, default: Any = None) -> Any:
        """Pelican's `get_cached_data`: the content and metadata of `path`."""
        self._read()
        data = self._ready.pop(path, None)
        if data is not None:
            unpickler = pickle.Unpickler(io.BytesIO(data))  # noqa: S301 - our own cache
            unpickler.persistent_load = self._persistent_load  # type: ignore[method-assign]
            content, metadata, self.marks[path] = unpickler.load()
            return content, metadata
        self._said.clear()
        watch = observer.active()
        if watch:
            self._reading, watch.reads = (self._warned(), watch.reads), set()
        return default

    def put(self, path: str, result: Any) -> None:
        """Pelican's `cache_data`: `path` has just been read."""
        settled, reads = self._read()
        key = self._key(path)
        if settled and not self._session.read_too(path, reads) and self._session.is_still(path):
            content, metadata = result
            self.marks[path] = self._mark(path)
            self._new[key] = self._dump(content, metadata, self.marks[path])

    def save(self) -> None:
        """Keep what was parsed."""
        self._cache.put(self._new, self._used)
        self._new.clear()  # else it is in memory twice, to the end of the build

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

    def _persistent_load(self, name: Any) -> Any:
        if name != _SETTINGS:
            raise pickle.UnpicklingError(f"unknown {name}")
        return self._readers.settings

    def _key(self, path: str) -> bytes:
        name = os.path.relpath(path, self._root).encode("utf-8", "surrogateescape")
        return stamps.digest(b"\0".join([self._session.settings, self._digest(path), name]))

    def _digest(self, path: str) -> bytes:
        return self._session.digest_of(path)

    def _parse(self, path: str) -> bytes | None:
        if not self._session.is_still(path):
            return None  # changed since the build began
        self._said.clear()
        content, metadata = self._readers.readers[_form(path)].read(path)
        metadata = self._keep(metadata)
        for value in metadata.values():
            for one in value if isinstance(value, list) else [value]:
                getattr(one, "slug", None)  # labels work theirs out when asked, and keep it
        data = self._dump(content, metadata, self._mark(path))
        return data if self._session.is_still(path) else None

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

    def _dump(
        self, content: Any, metadata: dict[str, Any], mark: tuple[bytes, bytes] | None
    ) -> bytes:
        buffer = io.BytesIO()
        pickler = pickle.Pickler(buffer, pickle.HIGHEST_PROTOCOL)
        pickler.persistent_id = self._persistent_id  # type: ignore[method-assign]
        pickler.dump((content, metadata, mark))
        return buffer.getvalue()

    def _persistent_id(self, value: Any) -> str | None:
        return _SETTINGS if value is self._readers.settings else None


def _form(path: str) -> str:
    return os.path.splitext(path)[1][1:]
