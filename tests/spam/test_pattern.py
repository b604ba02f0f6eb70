"""Regular expressions compiled when they are asked for."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from builds import PLUGINS
from tipsblog.spam.pattern import later


def test_a_later_pattern_finds_what_a_compiled_one_finds() -> None:
    text = "One two, THREE."

    word, plain = later(r"[a-z]+", re.IGNORECASE), re.compile(r"[a-z]+", re.IGNORECASE)

    for _ in range(2):
        assert word.findall(text) == plain.findall(text)
        assert word.sub("x", text) == plain.sub("x", text)
        assert word.pattern == plain.pattern


def test_what_does_not_compile_is_told_when_it_is_asked_for() -> None:
    broken = later("(")

    with pytest.raises(re.error):
        broken.search("a")


def test_loading_the_filter_compiles_no_pattern_of_its_own() -> None:
    code = (
        f"import re, sys; sys.path.insert(0, {str(PLUGINS)!r})\n"
        "import tipsblog.comments.markup, html, json\n"
        "plain = re._compiler.compile\n"
        "def compile(text, flags=0):\n    print(text)\n    return plain(text, flags)\n"
        "re._compiler.compile = compile\n"
        "import tipsblog.spam.update"
    )

    said = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout

    assert said == ""
