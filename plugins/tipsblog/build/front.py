"""Whether anything changed since the last build, found out without Pelican.

This is all that runs of the program when nothing did: it may import nothing
but the standard library's light parts.
"""

from __future__ import annotations

import os
import sys
import time
from typing import TYPE_CHECKING

from . import stamps, surroundings
from .state import Note, Store

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

#: From how many folders on it pays to look with several processes.
_MANY = 1500
_OPTIONS = {"-s": "settings", "--settings": "settings", "-o": "output", "--output": "output"}
UNCHANGED = "Nothing has changed."

#: The settings file and the output of which `unchanged` has just told no.
_changed: tuple[str, str] | None = None


def unchanged(arguments: Sequence[str]) -> bool:
    """Tell whether `tipsblog build ARGUMENTS` has nothing to do.

    Anything that is not understood here counts as a change.
    """
    values = {"settings": "pelicanconf.py", "output": ""}
    words = iter(arguments)
    for word in words:
        name, equals, value = word.partition("=")
        if name not in _OPTIONS:
            return False
        if not equals:
            value = next(words, "")
        values[_OPTIONS[name]] = value
    if is_current(values["settings"], values["output"]):
        return True
    global _changed
    _changed = values["settings"], values["output"]
    return False


def has_changed(settings: str, output: str) -> bool:
    """Tell whether there is anything to build; looks again only if nobody has."""
    return (settings, output) == _changed or not is_current(settings, output)


def is_current(settings: str, output: str) -> bool:
    """Tell whether the site built from the file `settings` stands as a build
    would leave it. `output` as given on the command line, or "".
    """
    path = os.path.abspath(settings)
    store = Store(os.path.dirname(path))
    note = store.note(path, output)
    if (
        note is None
        or note.surroundings != surroundings.describe(note.variables)
        or time.time() < note.made
        or 0 < note.until <= time.time()
        or any(
            stamps.stamp_of(file) != stamp for file, stamp in note.files.items() if stamp is None
        )
        or not _sealed(note.outputs)
    ):
        return False
    settled = all(stamps.stamp_of(file) == stamp for file, stamp in note.files.items())
    if settled and _sealed(note.folders):
        return True
    return _same_content(store, note, path, output)


def _sealed(folders: Mapping[str, bytes]) -> bool:
    items = list(folders.items())
    if len(items) < _MANY or not hasattr(os, "fork"):
        return _all_sealed(items)
    processes = 4
    children = []
    for number in range(1, processes):
        pid = os.fork()
        if pid == 0:
            os._exit(0 if _all_sealed(items[number::processes]) else 1)
        children.append(pid)
    result = _all_sealed(items[::processes])
    statuses = [os.waitpid(pid, 0)[1] for pid in children]
    return result and not any(statuses)


def _all_sealed(items: Sequence[tuple[str, bytes]]) -> bool:
    return all(stamps.seal(stamps.listing(folder)) == seal for folder, seal in items)


def _same_content(store: Store, note: Note, settings: str, output: str) -> bool:
    """Compare contents where stamps differ, as they do in a fresh checkout."""
    manifest = store.manifest(note.output)
    if note.exact or not manifest.clean or manifest.build != note.build:
        return False
    now = time.time_ns()
    folders = dict(stamps.walk(note.roots, note.skip))
    found: dict[str, stamps.Stamp] = {
        os.path.join(folder, name): stamp
        for folder, entries in folders.items()
        for name, stamp in entries.items()
        if stamp[0] != -1
    }
    single = {
        path: stamps.stamp_of(path) or (-2, 0) for path in manifest.inputs if path in note.files
    }
    found.update(single)
    elsewhere = [path for path in note.files if path not in manifest.inputs]
    outside = [folder for folder in note.folders if folder not in folders]
    if (
        found.keys() != manifest.inputs.keys()
        or any(stamps.stamp_of(path) != note.files[path] for path in elsewhere)
        or any(stamps.seal(stamps.listing(f)) != note.folders[f] for f in outside)
    ):
        return False
    known = stamps.identify(found, manifest.inputs, now)
    if any(not known[path][2] or known[path][2] != manifest.inputs[path][2] for path in known):
        return False
    racy = {os.path.dirname(path) for path, (_, changed, _) in known.items() if changed < 0}
    with store.locked():
        if store.manifest(note.output).build != manifest.build:
            return False
        store.save_manifest(note.output, manifest._replace(inputs=known))
        store.save_note(
            settings,
            output,
            note._replace(
                folders={
                    **{folder: note.folders[folder] for folder in outside},
                    **{
                        folder: b"" if folder in racy else stamps.seal(entries)
                        for folder, entries in folders.items()
                    },
                },
                files={
                    **{path: note.files[path] for path in elsewhere},
                    **{path: (known[path][0], known[path][1]) for path in single},
                },
            ),
        )
    return True


def main(arguments: Sequence[str]) -> bool:
    """Print that nothing changed, if so; else tell the caller to go on."""
    if not unchanged(arguments):
        return False
    sys.stdout.write(UNCHANGED + "\n")
    return True
