"""The seals of many folders, compared as they are and opened one by one.

Those of a note stay as they stand in its file: of a hundred thousand files
hardly one has changed, and what the others were called nobody asks. Imports
next to nothing: see `front`.
"""

from __future__ import annotations

import marshal
import os

from .stamps import digest, listing, processors, seal, unseal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from .stamps import Stamp

    #: where a seal begins and ends in what is kept, and its digest
    Place = tuple[int, int, bytes]
    Share = Iterable[tuple["Seals", str]]
    Found = dict[str, dict[str, Stamp]]

#: From how many bytes of seals on another process pays for itself: some
#: thousand files.
_SHARE = 100_000
#: So many folders are looked at one by one, as some hold most of a site, the
#: others in so many shares; all must have a number of one byte.
_ALONE, _SHARES = 8, 200


class DamagedError(Exception):
    """What was kept of a folder is not what was written."""


class Seals:
    """The seals of folders, by path.

    Those that are a `Place` stand in `kept`.
    """

    __slots__ = ("_kept", "_seals")

    def __init__(self, seals: Mapping[str, bytes | Place], kept: bytes = b"") -> None:
        self._seals, self._kept = dict(seals), kept

    def __iter__(self) -> Iterator[str]:
        return iter(self._seals)

    def __contains__(self, folder: object) -> bool:
        return folder in self._seals

    def __len__(self) -> int:
        return len(self._seals)

    def size(self) -> int:
        """Return how long all are together, in bytes."""
        return sum(map(_length, self._seals.values()))

    def raw(self, folder: str) -> bytes:
        """Return the seal of a folder."""
        found = self._seals[folder]
        return found if isinstance(found, bytes) else self._kept[found[0] : found[1]]

    def stamps(self, folder: str) -> dict[str, Stamp]:
        """Return what was sealed of a folder, nothing of an unknown one. Raises
        `DamagedError`.
        """
        found = self._seals.get(folder, b"")
        if isinstance(found, bytes):
            return unseal(found)
        sealed = self.raw(folder)
        if digest(sealed) != found[2]:
            raise DamagedError(folder)
        return unseal(sealed)

    def put(self, folder: str, stamps: Mapping[str, Stamp]) -> None:
        """Seal a folder."""
        self._seals[folder] = seal(stamps)

    def drop(self, folder: str) -> bool:
        """Forget a folder; tell whether it was known."""
        return self._seals.pop(folder, None) is not None

    def chosen(self, is_wanted: Callable[[str], bool]) -> Seals:
        """Return the seals of some folders."""
        return Seals(
            {path: one for path, one in self._seals.items() if is_wanted(path)}, self._kept
        )

    def largest_first(self) -> Seals:
        """Return the same seals in the order in which folders are best looked at."""
        ordered = sorted(self._seals.items(), key=lambda item: (-_length(item[1]), item[0]))
        return Seals(dict(ordered), self._kept)

    def written(self, parts: list[bytes], start: int) -> tuple[dict[str, Place], int]:
        """Add all to `parts`, which reach up to `start`; return where each is now,
        and how far they reach then.
        """
        places: dict[str, Place] = {}
        for folder, found in self._seals.items():
            sealed = self.raw(folder)
            mark = digest(sealed) if isinstance(found, bytes) else found[2]
            parts.append(sealed)
            end = start + len(sealed)
            places[folder] = start, end, mark
            start = end
        return places, start


def _length(one: bytes | Place) -> int:
    return len(one) if isinstance(one, bytes) else one[1] - one[0]


def differing(every: Sequence[Seals], on_first: Callable[[bool], object] = bool) -> Found:
    """Return the folders that stand otherwise now, with what stands in them. Many
    are shared out to several processes. Raises `DamagedError`.

    on_first: called here when the first is found, if other processes still look at
    others; told whether something is new in it.
    """
    processes = min(processors(), 1 + sum(seals.size() for seals in every) // _SHARE)
    lists = [[(seals, folder) for folder in seals] for seals in every]
    if processes == 1:
        return _look(item for items in lists for item in items)[0]
    shares: list[Share] = [[item] for items in lists for item in items[:_ALONE]]
    rest = [item for items in lists for item in items[_ALONE:]]
    step = len(rest) // _SHARES + 1
    shares += [rest[start : start + step] for start in range(0, len(rest), step)]
    return _shared(shares, processes, on_first)


def _look(share: Share) -> tuple[Found, bool]:
    """Return what differs, and whether anything is new there."""
    found, is_new = {}, False
    for seals, folder in share:
        stamps = listing(folder)
        # The same entries in another order are the same.
        if seal(stamps) != seals.raw(folder) and (before := seals.stamps(folder)) != stamps:
            found[folder] = stamps
            is_new |= not stamps.keys() <= before.keys()
    return found, is_new


def _shared(shares: Sequence[Share], processes: int, on_first: Callable[[bool], object]) -> Found:
    todo, numbers = os.pipe()
    os.write(numbers, bytes(range(len(shares))))
    os.close(numbers)
    news, tell = os.pipe()
    os.set_blocking(news, False)
    children = [_start(shares, todo, tell) for _ in range(processes - 1)]
    found: Found = {}
    missing = set(range(len(shares)))
    waiting = True
    try:
        while number := os.read(todo, 1):
            more, is_new = _look(shares[number[0]])
            found.update(more)
            missing.discard(number[0])
            if waiting and (first := bytes([is_new]) if more else _heard(news)):
                on_first(first != b"\0")
                waiting = False
        while children:
            pid, reading = children.pop()
            with open(reading, "rb") as pipe:
                data = pipe.read()
            if os.waitpid(pid, 0)[1] == 0:
                done, more = marshal.loads(data)  # noqa: S302 - from our own child
                found.update(more)
                missing.difference_update(done)
    finally:
        for handle in (todo, news, tell):
            os.close(handle)
        for pid, reading in children:
            os.close(reading)
            os.waitpid(pid, 0)
    for one in missing:
        found.update(_look(shares[one])[0])
    return found


def _start(shares: Sequence[Share], todo: int, tell: int) -> tuple[int, int]:
    """Have shares whose numbers come from `todo` looked at by another process;
    return its id, and where it says which it took and what it found.
    """
    reading, writing = os.pipe()
    pid = os.fork()
    if pid:
        os.close(writing)
        return pid, reading
    status = 1
    try:
        os.close(reading)
        done = b""
        found: Found = {}
        while number := os.read(todo, 1):
            more, is_new = _look(shares[number[0]])
            if more and not found:
                os.write(tell, bytes([is_new]))
            found.update(more)
            done += number
        with open(writing, "wb") as pipe:
            marshal.dump((done, found), pipe)
        status = 0
    finally:
        os._exit(status)


def _heard(news: int) -> bytes:
    try:
        return os.read(news, 1)
    except BlockingIOError:
        return b""
