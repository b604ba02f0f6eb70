"""The digests of many files' contents, read by several processes."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence

from .stamps import digest, processors, read_digest

#: From how many files on another process pays for itself.
_SHARE = 2000
_SIZE = len(digest(b""))
#: Stands for b"" among others.
_NONE = bytes(_SIZE)


def digests(paths: Sequence[str]) -> Iterator[tuple[str, bytes]]:
    """Yield each path with its digest, see `read_digest`."""
    processes = min(processors(), 1 + len(paths) // _SHARE)
    parts = [paths[number::processes] for number in range(processes)]
    children = []
    for part in parts[1:]:
        reading, writing = os.pipe()
        pid = os.fork()
        if pid == 0:
            status = 1
            try:
                os.close(reading)
                with open(writing, "wb") as pipe:
                    pipe.writelines(read_digest(path) or _NONE for path in part)
                status = 0
            finally:
                os._exit(status)
        os.close(writing)
        children.append((pid, reading))
    for path in parts[0]:
        yield path, read_digest(path)
    for part, (pid, reading) in zip(parts[1:], children, strict=True):
        with open(reading, "rb") as pipe:
            data = pipe.read()
        done = os.waitpid(pid, 0)[1] == 0
        for number, path in enumerate(part):
            found = data[number * _SIZE : (number + 1) * _SIZE] if done else read_digest(path)
            yield path, b"" if found == _NONE else found
