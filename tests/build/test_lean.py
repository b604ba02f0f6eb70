"""Pelican without docutils: nobody notices, whoever asks for it and when."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

PLUGINS = Path(__file__).parents[2] / "plugins"
ARTICLE = """
A title
#######

:date: 2024-03-01 10:00
:tags: one, two
:summary: Some *marked* words.
:odd: value

An :abbr:`HTML (a language)` and a picture.

.. image:: {static}/images/dot.png

.. code-block:: python
   :linenos: inline

   print("words")
"""
#: Before each of these, docutils is not there; afterwards all is as it is without `defer`.
QUESTIONS = {
    "an article": "said = []",
    "docutils": "import docutils; said = [docutils.__spec__.name, docutils.__version__]",
    "a part of it": "from docutils import nodes; said = [nodes.title.__name__]",
    "the directives": "import pelican.rstdirectives as own; said = [own.Pygments.__name__]",
    "a class made from it": (
        "from pelican.readers import PelicanHTMLTranslator as own; "
        "said = [one.__name__ for one in own.__mro__]"
    ),
    "another reader": (
        "from pelican.readers import RstReader; "
        "said = [type('Own', (RstReader,), {}).writer_class.__mro__[1].__module__]"
    ),
    "no such name": "import pelican.readers as own; said = [hasattr(own, 'nothing')]",
}
_PROGRAM = """
import json, logging, sys
sys.path.insert(0, {plugins!r})
from tipsblog.build.whole import lean
{compared}
if {deferred!r}:
    lean.defer()
import pelican
from pelican.settings import read_settings
said_by_logs = []
handler = logging.Handler()
handler.emit = lambda record: said_by_logs.append(record.getMessage())
logging.getLogger().handlers = [handler]
before = "docutils" in sys.modules
from pelican.readers import Readers
readers = Readers(read_settings(override={{"DEFAULT_LANG": {language!r}}}))
loaded = "docutils" in sys.modules
{question}
from pelican.contents import Article
made = readers.read_file({root!r}, "a.rst", Article)
from docutils.parsers.rst import directives
print(json.dumps([
    [before, loaded],
    said, said_by_logs, made._content,
    sorted((name, str(value)) for name, value in made.metadata.items()),
    directives._directives["code-block"].__module__,
    sorted(name for name in vars(pelican.readers) if not name.startswith("__")),
    pelican.readers.docutils is sys.modules["docutils"],
    pelican.readers.RstReader.writer_class.__name__,
]))
"""


def _run(root: Path, *, deferred: bool, language: str = "en", **parts: str) -> list[Any]:
    program = _PROGRAM.format(
        plugins=str(PLUGINS),
        root=str(root),
        deferred=deferred,
        language=language,
        question=parts.get("question", "said = []"),
        compared=parts.get("compared", ""),
    )
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program], capture_output=True, text=True, check=True
    )
    found: list[Any] = json.loads(done.stdout)
    return found


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "a.rst").write_text(ARTICLE, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("question", QUESTIONS)
def test_whoever_asks_finds_what_pelican_would_have_loaded(root: Path, question: str) -> None:
    plain = _run(root, deferred=False, question=QUESTIONS[question])

    found = _run(root, deferred=True, question=QUESTIONS[question])

    assert plain[0] == [True, True]
    assert found[0] == [False, False]
    assert found[1:] == plain[1:]


@pytest.mark.parametrize("language", ["de", "xx", "pt-BR"])
def test_a_language_that_docutils_lacks_is_complained_about(root: Path, language: str) -> None:
    plain = _run(root, deferred=False, language=language)

    found = _run(root, deferred=True, language=language)

    assert found[1:] == plain[1:]
    assert any("no localization" in said for said in found[2]) is (language == "xx")


def test_another_pelican_is_loaded_as_it_is(root: Path) -> None:
    found = _run(root, deferred=True, compared="lean.COMPARED = frozenset()")

    assert found[0] == [True, True]


def test_where_docutils_is_there_already_nothing_is_put_off(root: Path) -> None:
    found = _run(root, deferred=True, compared="import docutils")

    assert found[0] == [True, True]
