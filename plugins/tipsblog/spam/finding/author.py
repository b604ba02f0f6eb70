"""What a comment's author gives as name and address."""

from __future__ import annotations

import re
from collections.abc import Collection, Container, Iterator

from ...comments.model import Comment
from ..disguise import undisguise
from ..lexicon import lists, names
from ..pattern import later
from ..place import Place
from ..reading import LONGEST, Reading, host_of, words_of
from .base import DASHES, Evidence, listed, parent_of, selling_pieces, sells

#: Profiles on boards and wikis, where link builders register.
_PROFILE = later(
    r"/(?:member|user|profile|author|people|wiki)s?[/.]|userinfo|viewprofile|action=profile"
    r"|profile\.php|option=com_k2|space\.php|/~\w+/?$|forum/|phpbb|showuser|[?&](?:u|uid|user|id)=\d+"
    r"|mediawiki|user:|story\.php",
    re.IGNORECASE,
)
_STOP = later(r"[.!?:;)]")
#: Words that may make no sentence.
_BARE = 6
#: "J.R. Hartley" is no address.
_ADDRESS = later(r"\s*(?:https?://\S+|www\.\S+|[\w-]{2,}(?:\.[\w-]+){0,3}\.[a-z]{2,4}/?)\s*")


def author(comment: Comment, reading: Reading, place: Place) -> Iterator[Evidence]:
    """Find what the author's name and address show."""
    name = comment.author if comment.author.isascii() else undisguise(comment.author, LONGEST)[0]
    lower = name.lower()
    parts = words_of(lower)
    if not parts or lower in ("anonymous", "unknown"):
        yield Evidence("no_author", 1 - place.anonymous)
    website = host_of(comment.website)
    if _ADDRESS.fullmatch(lower):
        yield Evidence("author_address", 1.0, name[:60])
    elif parts:
        selling = sells(parts)
        if selling:
            yield Evidence("author_trade", 1.0 if len(parts) > 1 else 0.6, listed(selling))
        odd = names().intersection(parts)
        if odd or len(parts) > 4:
            share = max(len(odd) / len(parts), 0.5 if len(parts) > 4 else 0.0)
            yield Evidence("author_phrase", share, f'"{name[:60]}"')
        joined = "".join(parts)
        if len(joined) > 5 and (website or reading.links):
            hosts = {website, *(link.host for link in reading.links)} - {""}
            for host in sorted(hosts):
                if joined in host.replace("-", "").replace(".", ""):
                    if odd or selling or (host != website and len(parts) == 1):
                        yield Evidence("author_in_host", 1.0, host)
                    elif host == website:
                        yield Evidence("own_site", 1.0, host)
                    break
        if (
            len(parts) > 1
            and reading.vocabulary.issuperset(parts)
            and f" {' '.join(parts)} " in " ".join(reading.words[:-4])
        ):
            yield Evidence("author_in_text", 1.0, f'"{name[:60]}"')
    if not website:
        return
    homes = lists()["home host"]
    # Where people have their profile or their blog, as on Blogger itself.
    is_home = website in homes or parent_of(website) in homes
    if not is_home:
        yield Evidence("website", 1.0, website)
    if not is_home and _PROFILE.search(comment.website):
        yield Evidence("website_profile", 1.0, comment.website[:80])
    if pieces := selling_pieces(comment.website):
        yield Evidence("website_trade", min(len(pieces), 2) / 2, listed(pieces))
    if not is_home and _is_deep(comment.website):
        yield Evidence("website_deep", 1.0, comment.website[:80])
    if not is_home and website.count("-") >= DASHES:
        yield Evidence("dashed_host", 1.0, website)
    if not is_home and _is_bare(reading):
        yield Evidence("only_keywords", 1.0, f'"{reading.text.strip()[:60]}"')
    yield from known_address(website, place.again, place.others)


def known_address(
    website: str, again: Container[str], others: Collection[str]
) -> Iterator[Evidence]:
    """Find what the host of an author's address shows once it is known what stood
    before: as in `Place`.
    """
    if website in again and website not in lists()["home host"]:
        yield Evidence("website_again", 1.0, website)
    if others:
        yield Evidence("author_hosts", min(len(others), 2) / 2, min(others))


def _is_bare(reading: Reading) -> bool:
    """Tell whether a text is a few words that make no sentence."""
    if not 2 <= len(reading.words) <= _BARE or _STOP.search(reading.text):
        return False
    return lists()["sentence"].isdisjoint(reading.words)


def _is_deep(address: str) -> bool:
    """Tell whether `address` is a page that only a link builder would give."""
    path = address.split("://", 1)[-1].partition("/")[2].rstrip("/")
    return path.count("/") >= 2 or any(
        sign in path for sign in (".php", ".htm", ".asp", "?", "%", ".xml")
    )
