from __future__ import annotations

from pathlib import Path

import pytest
from exports import backup, post

from tipsblog.errors import TipsblogError
from tipsblog.formats.source import load, recognise


@pytest.mark.parametrize(
    ("head", "name"),
    [
        (backup(), "Blogger, classic backup"),
        (
            b"<feed xmlns='http://www.w3.org/2005/Atom' "
            b"xmlns:blogger='http://schemas.google.com/blogger/2018'>",
            "Blogger, by Takeout",
        ),
        (b'<rss version="2.0"><channel>', "WordPress"),
        (b'<?xml version="1.0"?><disqus xmlns="http://disqus.com">', "Disqus"),
        (b'{"format": "tipsblog", "version": 1', "our own JSON"),
    ],
)
def test_a_format_is_recognised_by_how_its_file_begins(head: bytes, name: str) -> None:
    assert recognise(head, "x")[0] == name


@pytest.mark.parametrize(
    ("data", "cause"),
    [
        (b"", "is empty"),
        (b"  \n", "is empty"),
        (b"\x00\xff", "is no export that this program knows"),
        (b"<html><body>", "is no export that this program knows"),
        (b"PK\x03\x04 no zip", "is no export that this program knows"),
        (b'{"format": "tipsblog", "version": 99}', "is of version 99"),
        (b'{"format": "tipsblog", "vers', "is no JSON"),
    ],
)
def test_anything_else_is_refused_and_named(data: bytes, cause: str, tmp_path: Path) -> None:
    path = tmp_path / "what.xml"
    path.write_bytes(data)

    with pytest.raises(TipsblogError, match=cause) as caught:
        load(path)
    assert str(caught.value).startswith(str(path))


def test_utf_16_and_old_encodings_are_read(tmp_path: Path) -> None:
    text = backup(post(1, title="Crème")).decode()
    for encoding in ("utf-16", "iso-8859-1"):
        path = tmp_path / encoding
        path.write_bytes(text.replace("UTF-8", encoding).encode(encoding))

        assert load(path).loaded.blog.articles[0].title == "Crème"
