"""What a build leaves behind for the next one, and where.

Files under `.tipsblog/build/`: a manifest for each output folder (every input
and output with stamp and digest), a note for each way of calling (enough to
tell, without Pelican, that nothing changed), a journal (which new outputs a
build was about to make when it was stopped) and a lock. All of it may be
deleted at any time; the next build is then a full one.
"""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING, Any, NamedTuple

from . import note as notes
from .note import FOLDER, Note
from .stamps import Known

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

#: For how many output folders, and ways of calling, something is kept.
_KEEP = 12


class Manifest(NamedTuple):
    """The last build into one output folder.

    clean: it finished without a warning; only then may the next one conclude
    anything from its inputs. keys: for outputs made from plain values, a digest
    of those. settings: digest of all settings and of the program itself.
    look: of those and of the theme. names, reads: see `reads`; by template and
    by output.
    """

    build: str
    clean: bool
    settings: bytes
    inputs: dict[str, Known]
    outputs: dict[str, Known]
    keys: dict[str, bytes]
    look: bytes
    names: dict[str, list[str] | None]
    reads: dict[str, tuple[Any, bytes]]


class Patch(NamedTuple):
    """What changed since the manifest of the build `base`; makes it that of `build`.

    inputs, outputs: None for one that is gone. reads: None where they are not known.
    """

    base: str
    build: str
    inputs: dict[str, Known | None]
    outputs: dict[str, Known | None]
    reads: dict[str, tuple[Any, bytes] | None]


class Store:
    """The kept files of the project at `root`."""

    def __init__(self, root: str) -> None:
        self._folder = os.path.join(os.path.abspath(root), FOLDER)

    @property
    def folder(self) -> Path:
        """The folder of everything that is kept."""
        from pathlib import Path  # who only looks whether anything changed needs none

        return Path(self._folder)

    def manifest(self, output: str) -> Manifest:
        """Return the manifest for `output`; an empty one if there is none."""
        return self._with_patch(output, self._unpatched(output))

    def _unpatched(self, output: str) -> Manifest:
        values = notes.load(self._path("manifest", output))
        return Manifest(*(values or ("", False, b"", {}, {}, {}, b"", {}, {})))

    def _with_patch(self, output: str, manifest: Manifest) -> Manifest:
        patch = self.patch(output)
        return _patched(manifest, patch) if patch and patch.base == manifest.build else manifest

    def folding(self, output: str) -> Callable[[], None]:
        """Load the manifest; return what folds into it the patch that stands then."""
        manifest = self._unpatched(output)
        return lambda: self.save_manifest(output, self._with_patch(output, manifest))

    def save_manifest(self, output: str, manifest: Manifest) -> None:
        notes.save(self._path("manifest", output), list(manifest))
        with contextlib.suppress(FileNotFoundError):
            os.unlink(self._path("patch", output))
        for kind in ("manifest-*", "note-*", "drawn-*.sqlite"):
            newest = sorted(self.folder.glob(kind), key=lambda path: -path.stat().st_mtime)
            for old in newest[_KEEP:]:
                old.unlink(missing_ok=True)
                if kind == "manifest-*":
                    _remove(old.with_name(old.name.replace("manifest", "outputs", 1)))

    def patch(self, output: str) -> Patch | None:
        """Return what changed since the manifest was saved whole."""
        values = notes.load(self._path("patch", output))
        return Patch(*values) if values else None

    def save_patch(self, output: str, patch: Patch) -> None:
        notes.save(self._path("patch", output), list(patch))

    def stands(self, note: Note, settings: str, output: str) -> bool:
        """Tell whether `note`, which was read before, is still what is noted for
        a build with these settings, as given on the command line.
        """
        return notes.stands(note, self._folder, settings, output)

    def save_note(self, settings: str, output: str, note: Note) -> None:
        notes.keep(note, self._folder, settings, output)

    def drop_note(self, settings: str, output: str) -> None:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(self._path("note", f"{settings}\0{output}"))

    def drawn(self, output: str) -> str:
        """Return where is kept what the pages in `output` were drawn from."""
        return self._path("drawn", output) + ".sqlite"

    def journal(self, output: str) -> str:
        """Return where the new outputs of an unfinished build are listed."""
        return self._path("journal", output)

    def spares(self, output: str) -> str:
        """Return the folder of what `spares` keeps of the files in `output`."""
        return self._path("outputs", output)

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Wait until no other build of this project runs."""
        os.makedirs(self._folder, exist_ok=True)
        handle = os.open(os.path.join(self._folder, "lock"), os.O_RDWR | os.O_CREAT, 0o644)
        try:
            with contextlib.suppress(ImportError):  # Windows has no fcntl
                import fcntl

                fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)

    def forget_contents(self) -> None:
        """Take away what is kept of articles' and comments' words. What stands
        in the output stays known, so that the next build can remove it.
        """
        if self.folder.is_dir():
            with self.locked():
                for kind in ("parsed.sqlite*", "drawn-*"):
                    for path in self.folder.glob(kind):
                        path.unlink(missing_ok=True)
                for path in self.folder.glob("outputs-*"):
                    _remove(path)

    def _path(self, kind: str, name: str) -> str:
        return notes.place(self._folder, kind, name)


def _remove(folder: Path) -> None:
    import shutil  # seldom needed

    shutil.rmtree(folder, ignore_errors=True)


def _patched(manifest: Manifest, patch: Patch) -> Manifest:
    inputs = {**manifest.inputs, **patch.inputs}
    outputs = {**manifest.outputs, **patch.outputs}
    reads = {**manifest.reads, **patch.reads}
    return manifest._replace(
        build=patch.build,
        inputs={path: known for path, known in inputs.items() if known is not None},
        outputs={path: known for path, known in outputs.items() if known is not None},
        keys={path: key for path, key in manifest.keys.items() if path not in patch.outputs},
        reads={path: read for path, read in reads.items() if read is not None},
    )
