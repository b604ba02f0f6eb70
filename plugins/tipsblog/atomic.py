"""Files that are there whole, or not at all, whatever ends the program."""

from __future__ import annotations

import os
from pathlib import Path


def write_atomically(path: Path, data: bytes, *, replace: bool = True, mode: int = 0o644) -> bool:
    """Make `data` the content of `path` so that a reader, or a power cut, sees
    either what was there before or all of it.

    With `replace` off, a file that is there stays as it is and the answer is
    False, however many processes write at once.
    """
    import tempfile  # brings much along, and who only reads needs none of it

    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".tmp")
    try:
        with os.fdopen(handle, "wb") as file:
            os.fchmod(handle, mode)
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if replace:
            Path(name).replace(path)
        else:
            try:
                path.hardlink_to(name)
            except FileExistsError:
                return False
            finally:
                Path(name).unlink()
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    sync(path.parent)
    return True


def sync(folder: Path) -> None:
    """Bring the names in `folder` to the disk; a file's own sync does not."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
