"""Links to files that are not there: Pelican would publish them as they are."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import unquote

from ..errors import DocumentError, TipsblogError, did_you_mean
from .sources import Source

_LINK = re.compile(
    r"""(?:\]\(\s*<?|^[ ]{0,3}\[[^\]]+\]:\s*<?|\b(?:href|src)=["']?)"""
    r"""[{|](?P<what>filename|static|attach)[}|](?P<path>[^\s)"'>#?]+)"""
)
_CODE = re.compile(r"`[^`]*`")


def check(sources: Iterable[Source], content: Path) -> Iterator[TipsblogError]:
    """Name each link to a file that is not below `content`."""
    for source in sources:
        for number, line in source.lines():
            if "filename" not in line and "static" not in line and "attach" not in line:
                continue
            for match in _LINK.finditer(_CODE.sub("", line)):
                yield from _target(source, number, match, content)


def _target(
    source: Source, number: int, match: re.Match[str], content: Path
) -> Iterator[TipsblogError]:
    path = unquote(match["path"])
    folder = content if path.startswith("/") else source.path.parent
    target = folder / path.lstrip("/")
    if target.is_file():
        return
    there = [p.name for p in target.parent.iterdir()] if target.parent.is_dir() else []
    yield DocumentError(
        f"the link {{{match['what']}}}{match['path']} leads to no file",
        path=source.path,
        line=number,
        way_out=did_you_mean(target.name, there) or f"there is no {target}",
    )
