"""What changed since the last build, found out without Pelican.

This is all that runs of the program when nothing did. So it imports nothing
but what Python has loaded by itself, and so do the modules below it: not even
`typing`, `hashlib` or `contextlib`, each of which takes longer than looking at
a thousand files.
"""

from __future__ import annotations

import os
import sys
import time

from .changes import note as notes
from .changes import seals, stamps, surroundings
from .changes.note import Changes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from .changes.note import Note
    from .changes.stamps import Stamp
    from .report import Report

_OPTIONS = {"-s": "settings", "--settings": "settings", "-o": "output", "--output": "output"}


#: With which settings and output `attempt` has just failed.
_left: tuple[str, str] | None = None
#: Of which settings and output `changes` told last in this process, and what.
_found: tuple[tuple[str, str], Changes | None] | None = None


def main(arguments: Sequence[str]) -> bool:
    """Do `tipsblog build ARGUMENTS` if that takes no Pelican, and say so; else
    tell the caller to go on.

    Anything that is not understood here is left to the caller.
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
    started = time.monotonic()
    seen = changes(values["settings"], values["output"])
    if seen is not None and seen.nothing:
        sys.stdout.write(notes.UNCHANGED + "\n")
        return True
    report = attempt(values["settings"], values["output"])
    if report is None:
        return False
    from .report import conclusion

    sys.stdout.write(conclusion(report, time.monotonic() - started) + "\n")
    return True


def attempt(settings: str, output: str) -> Report | None:
    """Bring the site up to date without Pelican and return what was done; None
    if that cannot be. Looks, and tries, again only if nobody has.
    """
    global _found, _left
    call = (settings, output)
    if call == _left:
        return None
    seen = found(settings, output)
    report = None
    if seen is not None and not seen.outputs:
        from .swift import follow

        report = follow.site(settings, output, seen, time.time())
        if report is None and _same_content(seen, settings, output, time.time_ns()):
            from .report import Report

            report = Report()
    if report is not None:
        _found = None
    _left = call if report is None else None
    return report


def found(settings: str, output: str) -> Changes | None:
    """Return what `changes` told last, in this process; looks again only if
    nobody has.
    """
    if not _told((settings, output)):
        changes(settings, output)
    return _found[1] if _found else None


def _told(call: tuple[str, str]) -> bool:
    return _found is not None and _found[0] == call


def is_current(settings: str, output: str) -> bool:
    """Tell whether the site built from the file `settings` stands as a build
    would leave it. `output` as given on the command line, or "".
    """
    global _found
    now = time.time_ns()
    seen = changes(settings, output)
    current = seen is not None and (seen.nothing or _same_content(seen, settings, output, now))
    if current:
        _found = None
    return current


def changes(settings: str, output: str) -> Changes | None:
    """Return what changed since the last clean build; None if that cannot be
    told: there was none, the clock alone changes the site, or the packages and
    the environment are others.
    """
    global _found
    note = notes.find(
        os.path.join(os.path.dirname(os.path.abspath(settings)), notes.FOLDER),
        os.path.abspath(settings),
        output,
    )
    seen = None
    if (
        note is not None
        and note.made <= time.time()
        and not 0 < note.until <= time.time()
        and note.surroundings == surroundings.describe(note.variables)
    ):
        if not stamps.listing(note.output):
            _restore(settings, note)
        try:
            seen = _look(note)
        except seals.DamagedError:
            seen = None
    _found = (settings, output), seen
    return seen


def _restore(settings: str, note: Note) -> None:
    """Put the output back, which is gone or empty."""
    from .changes import spares  # seldom needed
    from .changes.state import Store

    store = Store(os.path.dirname(os.path.abspath(settings)))
    spares.restore(store, note.output, note.build)


def _expect(is_new: bool) -> None:
    """Load what it takes to follow a change, while others still look for more.

    is_new: whether there is a new file; else it may be an edit, and while that is
    read there is time enough.
    """
    from .swift import follow

    follow.load(all_of_it=is_new)


def _look(note: Note) -> Changes:
    seen = Changes(note, time.time_ns())
    for path, stamp in note.files.items():
        seen.enter(path, stamp, stamps.stamp_of(path))
    seen.stands = seals.differing([note.folders, note.outputs], _expect)
    for folder, now in seen.stands.items():
        if folder in note.outputs:
            before = note.outputs.stamps(folder)
            seen.outputs += [
                os.path.join(folder, name)
                for name in before.keys() | now.keys()
                if before.get(name) != now.get(name)
            ]
        if folder in note.folders:
            _compare(seen, folder, note.folders.stamps(folder), now)
    return seen


def _compare(seen: Changes, folder: str, before: dict[str, Stamp], now: dict[str, Stamp]) -> None:
    """Take in what changed in one folder of the inputs. New folders are looked
    into; those that are gone were noted by themselves.
    """
    note = seen.note
    inside = f"{folder}{os.sep}".startswith(tuple(root + os.sep for root in note.roots))
    for name in before.keys() | now.keys():
        old, new, path = before.get(name), now.get(name), os.path.join(folder, name)
        if old == new or path in note.skip:
            continue
        if not inside:  # all that is known is that somebody listed it
            seen.enter(path, old, new)
            continue
        if new == stamps.FOLDER:
            for below, entries in stamps.walk([path], note.skip):
                for file, stamp in entries.items():
                    if stamp != stamps.FOLDER:
                        seen.added[os.path.join(below, file)] = stamp
            new = None
        if old == stamps.FOLDER:
            old = None
        seen.enter(path, old, new)


def _same_content(seen: Changes, settings: str, output: str, now: int) -> bool:
    """Compare contents where stamps differ, as they do in a fresh checkout; if
    they are the same, note the new stamps. now: when looking began.
    """
    from .changes.state import Store

    note = seen.note
    if note.exact or seen.sizes or seen.added or seen.removed or seen.outputs:
        return False
    path = os.path.abspath(settings)
    store = Store(os.path.dirname(path))
    manifest = store.manifest(note.output)
    if not manifest.clean or manifest.build != note.build:
        return False
    if not seen.changed.keys() <= manifest.inputs.keys():
        return False
    known = stamps.identify(seen.changed, {}, now)
    if any(not mark or mark != manifest.inputs[path][2] for path, (_, _, mark) in known.items()):
        return False
    with store.locked():
        if store.manifest(note.output).build != manifest.build:
            return False
        store.save_manifest(note.output, manifest._replace(inputs={**manifest.inputs, **known}))
        note.amend({path: (size, changed) for path, (size, changed, _) in known.items()})
        store.save_note(path, output, note)
    return True
