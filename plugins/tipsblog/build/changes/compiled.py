"""What Python compiled of settings files, where it may be old.

Python takes compiled code for that of a source with the same size and the same time
in whole seconds. A file that is saved twice within a second has both.
"""

from __future__ import annotations

import os
from contextlib import suppress
from importlib.util import cache_from_source

_DOUBTFUL = 2 * 10**9  # nanoseconds; a second, and what compiling takes


def forget_doubtful(folder: str) -> None:
    """Remove what was compiled of Python files in the folder no later than two seconds
    after they were saved. Python compiles them again.
    """
    for name in os.listdir(folder):
        if not name.endswith(".py"):
            continue
        source = os.path.join(folder, name)
        compiled = cache_from_source(source)
        with suppress(OSError):  # it was never compiled, or may not be removed
            if os.stat(compiled).st_mtime_ns < os.stat(source).st_mtime_ns + _DOUBTFUL:
                os.unlink(compiled)
