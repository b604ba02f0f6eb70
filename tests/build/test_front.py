"""What changed since the last build, told without Pelican."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builds import PLUGINS
from tipsblog.build import front
from tipsblog.build.changes import seals, stamps, surroundings
from tipsblog.build.changes.note import Note
from tipsblog.build.changes.seals import Seals
from tipsblog.build.changes.state import Store

#: path -> content; each content has a time of change of its own
Tree = dict[str, str]

_FOLDERS = st.sampled_from(["", "ant/", "ant/bee/", "cat/", ".git/"])
_TREES = st.dictionaries(
    st.builds(str.__add__, _FOLDERS, st.sampled_from(["one.md", "two.md", "three.md"])),
    st.sampled_from(["a", "bb", "cc"]),
)


def lay(folder: Path, tree: Tree) -> None:
    """Make `folder` hold `tree`; files that are in it already stay as they are."""
    for path in sorted(folder.rglob("*"), reverse=True):
        if path.is_file() and path.relative_to(folder).as_posix() not in tree:
            path.unlink()
        elif path.is_dir() and not any(path.iterdir()):
            path.rmdir()
    for name, content in tree.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists() or path.read_text() != content:
            path.write_text(content)
        os.utime(path, ns=(0, 10**18 + ord(content[0])))


def sealed(*roots: str, skip: Sequence[str] = ()) -> Seals:
    return Seals({path: stamps.seal(found) for path, found in stamps.walk(roots, skip)})


def note(root: Path, **other: object) -> Note:
    """Note `root` as it stands as a build into root/output would."""
    content, output = str(root / "content"), str(root / "output")
    values = {
        "build": "1",
        "output": output,
        "surroundings": surroundings.describe(),
        "variables": [],
        "made": 0.0,
        "until": 0.0,
        "exact": False,
        "roots": [content],
        "skip": [],
        "folders": sealed(content),
        "files": {},
        "outputs": sealed(output),
    }
    return Note(**{**values, **other})  # type: ignore[arg-type]


def save(root: Path, made: Note) -> None:
    Store(str(root)).save_note(str(root / "pelicanconf.py"), "", made)


def changes(root: Path) -> front.Changes:
    found = front.changes(str(root / "pelicanconf.py"), "")
    assert found is not None
    return found


def told(root: Path) -> tuple[set[str], set[str], set[str]]:
    """Return what changed, was added and removed, relative to the content."""
    found = changes(root)
    return tuple(  # type: ignore[return-value]
        {os.path.relpath(path, root / "content").replace(os.sep, "/") for path in paths}
        for paths in (found.changed, found.added, found.removed)
    )


def seen(tree: Tree) -> Tree:
    return {path: content for path, content in tree.items() if not path.startswith(".git/")}


@given(_TREES, _TREES)
def test_exactly_what_changed_is_told_and_nothing_once_that_is_noted(a: Tree, b: Tree) -> None:
    with TemporaryDirectory() as folder:
        root = Path(folder)
        lay(root / "content", a)
        save(root, note(root))
        lay(root / "content", b)
        a, b = seen(a), seen(b)

        found = changes(root)
        assert told(root) == (
            {path for path in a.keys() & b.keys() if a[path] != b[path]},
            b.keys() - a.keys(),
            a.keys() - b.keys(),
        )

        assert found.sizes == any(len(a[path]) != len(b[path]) for path in a.keys() & b.keys())
        found.note.amend({**found.changed, **found.added, **dict.fromkeys(found.removed)})
        save(root, found.note)
        assert changes(root).nothing


def test_many_folders_are_shared_out_and_nothing_is_missed(tmp_path: Path) -> None:
    tree = {f"{number:03}/{'x' * 100}-{file}.md": "a" for number in range(90) for file in range(50)}
    lay(tmp_path / "content", tree)
    made = note(tmp_path)
    save(tmp_path, made)
    assert made.folders.size() > 4 * seals._SHARE
    edited = sorted(tree)[::97]

    lay(tmp_path / "content", {**tree, **dict.fromkeys(edited, "bb"), "new/one.md": "a"})

    assert told(tmp_path) == (set(edited), {"new/one.md"}, set())


@pytest.mark.parametrize(
    ("edits", "told"),
    [({}, []), ({"007/3.md": "bb"}, [False]), ({"007/more.md": "a"}, [True])],
    ids=["nothing", "an edit", "a new file"],
)
def test_who_looks_at_many_folders_is_told_at_once_of_the_first_change(
    tmp_path: Path, edits: Tree, told: list[bool]
) -> None:
    tree = {f"{number:03}/{file}.md": "a" for number in range(50) for file in range(5)}
    lay(tmp_path, tree)
    folders = sealed(str(tmp_path))
    lay(tmp_path, {**tree, **edits})
    heard: list[bool] = []
    start, nothing = seals._start, os.open(os.devnull, os.O_RDONLY)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(seals, "_SHARE", 1000)
        patch.setattr(seals, "processors", lambda: 3)
        # Whoever finds it first, and before all is done, is a matter of luck.
        patch.setattr(seals, "_start", lambda shares, _, tell: start(shares, nothing, tell))
        found = seals.differing([folders], heard.append)

    assert list(found) == [str(tmp_path / "007") for _ in edits]
    assert heard == told


def test_a_folder_that_is_no_input_may_stand_among_the_inputs(tmp_path: Path) -> None:
    skip = [str(tmp_path / "content/output")]
    lay(tmp_path / "content", {"one.md": "a", "output/one.html": "a"})
    made = note(tmp_path, skip=skip)
    made.folders = sealed(*made.roots, skip=skip)
    save(tmp_path, made)

    lay(tmp_path / "content", {"one.md": "a", "output/one.html": "bb", "output/two.html": "a"})

    assert changes(tmp_path).nothing


@pytest.mark.parametrize("how", ["edit", "add", "remove", "wipe"])
def test_whatever_differs_in_the_output_is_told(tmp_path: Path, how: str) -> None:
    lay(tmp_path / "output", {"a.html": "a", "tag/b.html": "a"})
    save(tmp_path, note(tmp_path))

    lay(
        tmp_path / "output",
        {
            "edit": {"a.html": "bb", "tag/b.html": "a"},
            "add": {"a.html": "a", "tag/b.html": "a", "c.html": "a"},
            "remove": {"a.html": "a"},
            "wipe": {},
        }[how],
    )
    if how == "wipe":
        shutil.rmtree(tmp_path / "output")

    assert changes(tmp_path).outputs


def test_a_file_elsewhere_that_the_settings_read_is_told(tmp_path: Path) -> None:
    name, other = tmp_path / "name.txt", tmp_path / "other.txt"
    name.write_text("First")
    save(tmp_path, note(tmp_path, files={str(name): stamps.stamp_of(str(name)), str(other): None}))
    assert changes(tmp_path).nothing

    name.write_text("Second")
    other.write_text("Now it is there")

    found = changes(tmp_path)
    assert set(found.changed) == {str(name)}
    assert set(found.added) == {str(other)}


@pytest.mark.parametrize(
    "other", [{"surroundings": "another Python"}, {"until": 1.0}, {"made": 1e12}]
)
def test_nothing_is_told_where_the_note_no_longer_holds(
    tmp_path: Path, other: dict[str, object]
) -> None:
    save(tmp_path, note(tmp_path, **other))

    assert front.changes(str(tmp_path / "pelicanconf.py"), "") is None


@pytest.mark.parametrize("damage", [lambda data: data[:-1] + b"?", lambda data: data[:99]])
def test_a_damaged_note_counts_as_none(tmp_path: Path, damage: Callable[[bytes], bytes]) -> None:
    save(tmp_path, note(tmp_path))
    (file,) = (tmp_path / ".tipsblog/build").glob("note-*")
    file.write_bytes(damage(file.read_bytes()))

    assert front.changes(str(tmp_path / "pelicanconf.py"), "") is None


def test_a_note_that_tells_of_a_folder_what_was_not_written_counts_as_none(
    tmp_path: Path,
) -> None:
    lay(tmp_path / "content", {"one.md": "a", "sub/two.md": "a"})
    save(tmp_path, note(tmp_path))
    (file,) = (tmp_path / ".tipsblog/build").glob("note-*")
    assert changes(tmp_path).nothing

    file.write_bytes(file.read_bytes().replace(b"two.md", b"six.md"))

    assert front.changes(str(tmp_path / "pelicanconf.py"), "") is None


def test_a_note_stands_until_another_build_leaves_one(tmp_path: Path) -> None:
    save(tmp_path, note(tmp_path))
    store, settings = Store(str(tmp_path)), str(tmp_path / "pelicanconf.py")
    found = changes(tmp_path).note

    stands = [store.stands(found, settings, "")]
    save(tmp_path, note(tmp_path, build="2"))
    stands.append(store.stands(found, settings, ""))
    store.drop_note(settings, "")
    stands.append(store.stands(found, settings, ""))

    assert stands == [True, False, False]


def test_looking_for_changes_waits_for_no_import() -> None:
    code = (
        f"import os, sys; sys.path.insert(0, {str(PLUGINS)!r}); before = set(sys.modules)\n"
        f"exec(open({str(PLUGINS / 'bin' / 'tipsblog')!r}).read(), {{'__name__': 'script'}})\n"
        "import tipsblog.build.front\n"
        "print(*(set(sys.modules) - before))"
    )

    loaded = subprocess.run(
        [sys.executable, "-I", "-S", "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()

    assert {name for name in loaded if not name.startswith("tipsblog")} <= {"__future__", "_blake2"}
