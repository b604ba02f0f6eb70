"""What was seen of the inputs serves as well as looking at them again."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tipsblog.build import front
from tipsblog.build.changes import stamps
from tipsblog.build.changes.inputs import Inputs
from tipsblog.build.changes.note import Changes, Note
from tipsblog.build.changes.seals import Seals
from tipsblog.build.changes.sources import Sources

_OLD = 1_600_000_000_000_000_000
_NAMES = ("a.md", "b.md", "sub/c.md", "sub/deep/d.md", "skipped/e.md", "conf.py", "new/f.md")
_EDITS = st.lists(
    st.tuples(st.sampled_from(_NAMES), st.sampled_from(["one", "other", "remove"])), max_size=4
)


def _inputs(root: Path) -> Inputs:
    return Inputs(
        roots=(str(root / "content"),),
        code=(),
        look=(),
        skip=(str(root / "content/skipped"),),
        files=(str(root / "conf.py"),),
    )


def _write(root: Path, name: str, text: str, *, at: int = _OLD) -> None:
    path = root / "content" / name if name != "conf.py" else root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    os.utime(path, ns=(at, at))


def _note(sources: Sources) -> Note:
    inputs = sources.inputs
    return Note(
        build="1",
        output="/nowhere",
        surroundings="",
        variables=[],
        made=0.0,
        until=0.0,
        exact=False,
        roots=list(inputs.roots),
        skip=list(inputs.skip),
        folders=sources.sealed(),
        files=sources.single(),
        outputs=Seals({}),
    )


def _look(sources: Sources) -> Changes:
    return front._look(_note(sources))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name in _NAMES[:-1]:
        _write(tmp_path, name, name)
    return tmp_path


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(edits=_EDITS)
def test_what_was_seen_says_what_a_second_look_says(
    tmp_path: Path, edits: list[tuple[str, str]]
) -> None:
    shutil.rmtree(tmp_path / "content", ignore_errors=True)
    for name in _NAMES[:-1]:
        _write(tmp_path, name, name)
    inputs = _inputs(tmp_path)
    before = Sources(inputs, {}, None, since=_OLD * 2)
    for place, (name, edit) in enumerate(edits):
        path = tmp_path / "content" / name
        if edit == "remove":
            path.unlink(missing_ok=True)
        else:
            _write(tmp_path, name, edit, at=_OLD + (place + 1) * 1_000_000_000)

    seen = Sources(inputs, before.found, _look(before), since=_OLD * 2)

    walked = Sources(inputs, before.found, None, since=_OLD * 2)
    assert seen.found == walked.found
    assert seen.changed() == walked.changed()
    assert {path: seen.sealed().stamps(path) for path in seen.sealed()} == {
        path: walked.sealed().stamps(path) for path in walked.sealed()
    }


def test_all_stands_as_it_did_while_nothing_changes(root: Path) -> None:
    sources = Sources(_inputs(root), {}, None, since=_OLD * 2)

    assert sources.settle()


@pytest.mark.parametrize(
    "change",
    [
        lambda root: _write(root, "a.md", "other words"),
        lambda root: _write(root, "sub/new.md", "new"),
        lambda root: (root / "content/b.md").unlink(),
        lambda root: _write(root, "folder/x.md", "new"),
    ],
    ids=["edited", "added", "removed", "folder"],
)
def test_what_changes_while_a_site_is_built_is_not_trusted(
    root: Path, change: Callable[[Path], None]
) -> None:
    sources = Sources(_inputs(root), {}, None, since=_OLD * 2)

    change(root)

    assert not sources.settle()
    assert not _look(sources).nothing


def test_what_is_no_input_may_change(root: Path) -> None:
    sources = Sources(_inputs(root), {}, None, since=_OLD * 2)

    _write(root, "skipped/e.md", "else")

    assert sources.settle()


def test_a_file_that_was_read_before_it_was_looked_at_is_not_trusted(root: Path) -> None:
    sources = Sources(_inputs(root), {}, None, since=_OLD)

    assert sources.found[str(root / "conf.py")][1] == stamps.UNTRUSTED
