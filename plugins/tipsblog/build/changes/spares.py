"""A second name for every output, so that one that was deleted is put back
rather than made again.

A copy is a hard link, named by its content's digest, and takes no space. It is
compared with that name before it is used: whoever writes into an output writes
into its copy. Where a file cannot have two names, nothing is kept.
"""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING

from . import stamps

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from .stamps import Known
    from .state import Store


class Spares:
    """The spare copies in `folder`."""

    def __init__(self, folder: str) -> None:
        self._folder = folder
        self._can_link = True

    def keep(self, path: str, digest: bytes) -> None:
        """Keep the output `path`, whose content has just that digest."""
        if not self._can_link:
            return
        try:
            os.link(path, self._place(digest))
        except FileExistsError:
            return
        except FileNotFoundError:
            os.makedirs(self._folder, exist_ok=True)
            with contextlib.suppress(OSError):
                os.link(path, self._place(digest))
        except OSError:
            self._can_link = False

    def put_back(self, outputs: Mapping[str, Known]) -> None:
        """Put those of `outputs` in place that nothing stands for, as far as
        there are copies. Folders are made as needed.
        """
        lost = {path: known for path, known in outputs.items() if not os.path.lexists(path)}
        for folder in {os.path.dirname(path) for path in lost}:
            with contextlib.suppress(OSError):
                os.makedirs(folder, exist_ok=True)
        for path, known in lost.items():
            with contextlib.suppress(OSError):
                self._put_back(path, known)

    def forget(self, digests: Iterable[bytes]) -> None:
        """Remove copies of the contents `digests` that are no output's second name."""
        for copy in map(self._place, digests):
            with contextlib.suppress(OSError):
                if os.stat(copy).st_nlink == 1:
                    os.unlink(copy)

    def forget_others(self, digests: Iterable[bytes]) -> None:
        """Remove all copies but those of the contents `digests`."""
        wanted = {digest.hex() for digest in digests}
        with contextlib.suppress(OSError):
            for name in set(os.listdir(self._folder)) - wanted:
                os.unlink(os.path.join(self._folder, name))

    def _put_back(self, path: str, known: Known) -> None:
        size, changed, digest = known
        copy = self._place(digest)
        with open(copy, "rb") as file:
            data = file.read()
        if len(data) != size or stamps.digest(data) != digest:
            return
        status = os.stat(copy)
        if status.st_nlink == 1:
            os.link(copy, path)
        else:  # outputs of one content: whoever writes into one must not write into both
            with open(path, "xb") as file:
                file.write(data)
            status = os.stat(path)
        if status.st_mtime_ns != changed:  # else it would not be known again
            os.utime(path, ns=(changed, changed))

    def _place(self, digest: bytes) -> str:
        return os.path.join(self._folder, digest.hex())


def restore(store: Store, output: str, build: str) -> None:
    """Fill the folder `output`, which is gone or empty, as `build` left it."""
    with store.locked():
        manifest = store.manifest(output)
        # Another build may have filled it while we waited.
        if manifest.build == build and not stamps.listing(output):
            Spares(store.spares(output)).put_back(manifest.outputs)
