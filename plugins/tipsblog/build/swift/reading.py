"""Edited articles and pages, read again: what templates then get of their bodies.

May be run by another process than the one that follows the edit: it hands over
plain values, and opens for itself what was kept. Everything that is not certain
is `UnreadError`.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from typing import Any

from ..markdown.source import UnreadError, may_link, read, unwarned
from ..record.bodies import Body, File, thing_of
from ..record.drawn import Drawn, opened


def read_all(
    files: Iterable[File], how: Mapping[str, Any], drawn: str, inputs: Container[str]
) -> list[Body]:
    """Read `files`, whose headers must be what they were.

    how: what the build left, see `leaving`. drawn: the path of the file of `Drawn`.
    inputs: files that are known to be inputs of the site.
    """
    if how["reason"]:
        raise UnreadError(how["reason"])
    return [_read(file, how, drawn, inputs) for file in files]


def _read(file: File, how: Mapping[str, Any], drawn: str, inputs: Container[str]) -> Body:
    path, name, kept, data = file
    try:
        found = read(path, data, name, kept.key, how, inputs)
        if found.mark != kept.mark:
            raise UnreadError("more than its body changed")
        if bool(found.checklists) != bool(kept.key):
            raise UnreadError("it gets or loses its checklists")
        html = found.html
        linked = may_link(html, how["settings"]["INTRASITE_LINK_REGEX"])
        if not linked and not kept.static and kept.summed:
            return Body(html, html, None, found.checklists)
        with opened(drawn) as rows:
            if rows is None:
                raise UnreadError("what was kept cannot be read")
            content, summary = _finished(html, file, how, rows)
    except Exception as error:
        raise UnreadError(f"{path}: {error}") from error
    if summary is not None and found.checklists:
        from ...checklists.plain import to_plain

        summary = to_plain(summary)
    return Body(html, content, summary, found.checklists)


def _finished(
    html: str, file: File, how: Mapping[str, Any], drawn: Drawn
) -> tuple[str, str | None]:
    """Return content and summary, as Pelican makes them."""
    from ..record.replay import Things
    from .borrowed import Source  # loads Pelican

    things = Things(drawn, lambda name, attribute: NotImplemented)

    def content_url(name: str) -> str:
        url = things.value(thing_of(name), "url")[1]
        if not isinstance(url, str):
            raise UnreadError(f"the address of {name} is not known")
        return url

    def static_url(name: str) -> str:
        urls: Mapping[str, str] = how["static"]
        if name not in urls:
            raise UnreadError(f"the address of {name} is not known")
        return urls[name]

    source = Source(html, file.path, how["settings"], how["site_url"], content_url, static_url)
    with unwarned():
        if sorted(source.static_links()) != file.kept.static:
            raise UnreadError("it links to other files")
        return source.content(), None if file.kept.summed else source.summary()
