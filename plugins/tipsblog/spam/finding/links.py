"""What the links in a text show."""

from __future__ import annotations

from collections.abc import Iterator

from ..lexicon import lists
from ..place import Place
from ..reading import Link, Reading, topic, words_of
from .base import (
    DASHES,
    Evidence,
    host_and_path,
    listed,
    parent_of,
    selling_pieces,
    sells,
)


def links(reading: Reading, place: Place) -> Iterator[Evidence]:
    """Find what the links in a text show."""
    if not reading.links:
        return
    known = place.subject.links
    work_hosts = lists()["work host"]
    strange: list[Link] = []
    for link in reading.links:
        if link.host in known:
            yield Evidence("link_known", 1.0, link.host)
        elif link.host in place.usual and link.host not in place.again:
            yield Evidence("link_usual", 1.0, link.host)
        elif link.host in work_hosts or parent_of(link.host) in work_hosts:
            yield Evidence("link_code", 1.0, link.host)
        else:
            strange.append(link)
    if not strange:
        return
    yield Evidence("link", 1.0, listed(link.host for link in strange))
    if len(strange) > 1:
        yield Evidence("many_links", min(len(strange) - 1, 4) / 4, str(len(strange)))
    last = strange[-1]
    if len(reading.words) > 2 and len(reading.text[last.end :].split()) <= 2:
        yield Evidence("link_at_end", 1.0, last.host)
    if len(reading.words) <= 4 * len(strange):
        yield Evidence("only_a_link", 1.0)
    anchors = [link.anchor for link in strange if link.anchor]
    if anchors:
        selling = [anchor for anchor in anchors if sells(words_of(anchor.lower()))]
        if selling:
            yield Evidence("trade_anchor", 1.0, listed(f'"{anchor[:60]}"' for anchor in selling))
        else:
            yield Evidence("keyword_anchor", 1.0, listed(f'"{one[:60]}"' for one in anchors))
    if pieces := [piece for link in strange for piece in selling_pieces(link.address)]:
        yield Evidence("trade_host", min(len(pieces), 2) / 2, listed(pieces))
    about = place.subject.words | place.thread.words
    addressed = {
        word for link in strange for word in words_of(" ".join(host_and_path(link.address)))
    }
    if shared := sorted(topic(addressed) & about):
        yield Evidence("link_on_topic", min(len(shared), 3) / 3, listed(shared))
    if dashed := [link.host for link in strange if link.host.count("-") >= DASHES]:
        yield Evidence("dashed_host", 1.0, dashed[0])
    if again := [link.host for link in strange if link.host in place.again]:
        yield Evidence("host_again", 1.0, again[0])
