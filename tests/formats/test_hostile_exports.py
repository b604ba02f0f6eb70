"""Whatever a file holds, reading it ends, and with an error that names it or a blog."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from exports import at, backup, label, post, reply
from hypothesis import given, settings
from hypothesis import strategies as st
from test_takeout import POST, entry, feed, under
from test_wxr import comment, item, wxr

from tipsblog.errors import TipsblogError
from tipsblog.formats.blogger import load
from tipsblog.formats.source import load as load_path
from tipsblog.formats.source import recognise
from tipsblog.formats.wordpress import paragraphs

WHOLE = (
    backup(post(1, more=at("/2010/05/x.html") + label("a")), reply(20, 1), reply(21, 1)),
    feed(POST, entry(1, "COMMENT", more=under(9))),
    wxr(item(7, comment(1) + comment(2, "0", 1)), item(8)),
)


@given(st.sampled_from(WHOLE), st.data())
@settings(max_examples=150, deadline=None)
def test_a_damaged_export_gives_a_blog_or_an_error(whole: bytes, data: st.DataObject) -> None:
    read = recognise(whole, "x")[1]
    start = data.draw(st.integers(0, len(whole)))
    end = data.draw(st.integers(start, min(len(whole), start + 40)))
    damaged = whole[:start] + data.draw(st.binary(max_size=12)) + whole[end:]

    try:
        loaded = read(io.BytesIO(damaged), "x")
    except TipsblogError:
        return
    assert loaded.blog is not None


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    try:
        result = load(io.BytesIO(data), "x")
    except TipsblogError:
        return
    assert not result.blog.articles


@given(st.text("ab <>/pulidv\n&", max_size=80))
def test_wordpress_paragraphs_lose_no_letter(text: str) -> None:
    for letter in "ab":
        assert paragraphs(text).count(letter) >= text.count(letter)


@pytest.mark.parametrize("cut", range(200, len(WHOLE[0]), 97))
def test_a_backup_cut_anywhere_keeps_what_came_before(cut: int) -> None:
    result = load(io.BytesIO(WHOLE[0][:cut]), "x")

    whole = WHOLE[0][:cut].count(b"</entry>")
    kept = len(result.blog.articles) + len(result.blog.comments)
    assert kept >= whole
    assert result.notes


BOMBS = {
    "billion laughs": b"<!DOCTYPE x [<!ENTITY a 'ha'><!ENTITY b '&a;&a;&a;&a;'>]>",
    "quadratic blow-up": b"<!DOCTYPE x [<!ENTITY a '" + b"x" * 20_000 + b"'>]>",
    "a local file": b"<!DOCTYPE x [<!ENTITY a SYSTEM 'file:///etc/hostname'>]>",
    "another host": b"<!DOCTYPE x [<!ENTITY % a SYSTEM 'http://a.example.org/'> %a;]>",
}


@pytest.mark.parametrize("bomb", BOMBS.values(), ids=BOMBS.keys())
@pytest.mark.parametrize("whole", WHOLE, ids=["blogger", "takeout", "wordpress"])
def test_bombs_are_refused_and_named(bomb: bytes, whole: bytes, tmp_path: Path) -> None:
    path = tmp_path / "bomb.xml"
    head, mark, rest = whole.partition(b"?>")
    path.write_bytes(head + mark + bomb + rest)

    with pytest.raises(TipsblogError, match=r"bomb\.xml: declares XML entities"):
        load_path(path)


def test_a_zip_that_is_none_inside_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("../../evil.txt", "x")

    with pytest.raises(TipsblogError, match="holds no feed"):
        load_path(path)


def test_depth_ten_thousand_and_bad_values_cost_only_themselves() -> None:
    deep = post(2).replace("<title", "<a>" * 10_000 + "</a>" * 10_000 + "<title")
    odd = post(3).replace("2010-05-03T08:00:00.000-07:00", "yesterday")
    result = load(io.BytesIO(backup(post(1), deep, odd)), "x")

    assert len(result.blog.articles) == 3
    assert [note.text for note in result.notes] == ["has no date that can be read"]


@pytest.mark.parametrize(
    "path", ["/../../etc/x.html", "/a//b.html", "/%00.html", "/a\\b.html", "/" + "x" * 300]
)
def test_a_path_that_leads_elsewhere_is_not_kept(path: str) -> None:
    result = load(io.BytesIO(backup(post(1, more=at(path)))), "x")

    assert result.blog.articles[0].path == ""
    assert "cannot be kept" in result.notes[0].text
