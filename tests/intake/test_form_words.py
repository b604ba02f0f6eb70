"""What the comment form says can be said in another language."""

from __future__ import annotations

import re
from pathlib import Path

from tipsblog.intake import app, follow, form, reception

INTAKE = Path(app.__file__).parent
TEMPLATE = (INTAKE / "templates/tipsblog/comment-form-words.html").read_text("utf-8")


def told(*modules: object) -> set[str]:
    """Return the sentences that modules of the service have for readers."""
    text = "".join(Path(str(module.__file__)).read_text("utf-8") for module in modules)  # type: ignore[attr-defined]
    said = re.findall(r'(?:RefusedError\(\d+|problems\["\w+"\] =)[,(\s]*f?"([^"]+)"', text)
    return {re.sub(r"\{[^}]*\}", "{}", sentence) for sentence in said}


def test_a_translator_finds_every_word_and_no_other() -> None:
    script = (INTAKE / "static/tipsblog/comment-form-more.js").read_text("utf-8")
    words = set(re.findall(r'(?:word|say|button)\("([^"]+)"', script))
    words |= set(re.findall(r'"([A-Z][^"]*)"', "".join(re.findall(r"say\(.*", script))))
    words |= told(form, reception)
    words |= {app._HELD, app._UNKEPT, app._BUSY, follow.ASKED, *app._SENTENCES.values()}

    listed = re.findall(r'<data value="([^"]+)">([^<]+)</data>', TEMPLATE)
    assert {english for english, _ in listed} == words
    assert all(english == shown for english, shown in listed)


def test_an_english_page_carries_none_of_them() -> None:
    assert re.sub(r"\{#.*?#\}", "", TEMPLATE, flags=re.DOTALL).strip() == ""
