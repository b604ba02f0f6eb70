"""From the old blog's addresses to the new ones, for the servers that people use."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote, urlsplit

from ..articles import slugify
from .model import Article, Blog, Kind, State

#: (from, to): paths from the root, decoded.
Rules = tuple[tuple[str, str], ...]

_SITE_COMMENTS = "feeds/comments.atom"
_BLOGGER = re.compile(r"tag:blogger\.com,1999:.*post-(\d+)")
_WORDPRESS = re.compile(r"post \d+")


def rules(blog: Blog, values: Mapping[str, Any]) -> Rules:
    """Return where each address of the old blog went. `values` are the site's
    settings.

    Which platform it was, the articles' `Source:` tells. Addresses with a
    query (`?p=1`, `?alt=rss`) go where the same one without goes, if anywhere.
    """
    base = urlsplit(blog.url).path.rstrip("/")
    there = {article.path for article in blog.articles if article.state is State.PUBLISHED}
    found: dict[str, str] = {}
    for old, new in [*_moved(blog), *_blogger(blog, values), *_wordpress(blog, values)]:
        target = f"{base}/{new.removeprefix('/')}"
        if old not in there and old != target:
            found.setdefault(old, target)
    return tuple(sorted(found.items()))


def _moved(blog: Blog) -> Iterator[tuple[str, str]]:
    for article in blog.articles:
        for name, value in article.fields:
            if name == "moved-from" and article.path:
                yield value, article.path


def _blogger(blog: Blog, values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    ids = [(_BLOGGER.fullmatch(article.source), article) for article in blog.articles]
    if not any(id for id, _ in ids):
        return
    if feed := values.get("FEED_ALL_ATOM"):
        for old in ("/feeds/posts/default", "/feeds/posts/summary", "/atom.xml", "/rss.xml"):
            yield old, feed
    yield "/feeds/comments/default", _SITE_COMMENTS
    for id, article in ids:
        if id and _is_shown(article):
            key = article.discussion or article.key
            yield f"/feeds/{id[1]}/comments/default", f"feeds/comments/{key}.atom"
    for label in _labels(blog):
        if address := _label_page(label, values):
            yield f"/search/label/{label}", address
    if archive := values.get("MONTH_ARCHIVE_URL"):
        for article in filter(_is_shown, blog.articles):
            day = article.published
            yield f"/{day:%Y_%m}_01_archive.html", archive.format(date=day)


def _wordpress(blog: Blog, values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if not any(_WORDPRESS.fullmatch(article.source) for article in blog.articles):
        return
    if feed := values.get("FEED_ALL_ATOM"):
        for old in ("/feed", "/feed/", "/feed/atom/"):
            yield old, feed
    for old in ("/comments/feed", "/comments/feed/"):
        yield old, _SITE_COMMENTS
    for label in _labels(blog):
        if address := _label_page(label, values):
            for name in ("tag", "category"):
                yield f"/{name}/{slugify(label)}/", address


def _labels(blog: Blog) -> list[str]:
    labels = (label for article in filter(_is_shown, blog.articles) for label in article.labels)
    return [label for label in dict.fromkeys(labels) if slugify(label)]


def _is_shown(article: Article) -> bool:
    """Tell whether `article` stands in the blog's lists and has comments."""
    return article.kind is Kind.ARTICLE and article.state is State.PUBLISHED


def _label_page(label: str, values: Mapping[str, Any]) -> str:
    if not values.get("TAG_SAVE_AS", "tag/{slug}.html"):
        return ""
    return str(values.get("TAG_URL", "tag/{slug}.html")).format(slug=slugify(label))


def files(rules: Rules) -> dict[str, str]:
    """Return the files' texts by name."""
    plain = [(old, new) for old, new in rules if _is_plain(old) and _is_plain(new)]
    return {
        "_redirects": "".join(f"{quote(old)} {quote(new)} 301\n" for old, new in plain),
        "redirects.nginx": "".join(
            f'location = "{old}" {{ return 301 "{quote(new)}"; }}\n' for old, new in plain
        ),
        # Redirect would also take what only begins so. Apache escapes the target.
        "redirects.htaccess": "".join(
            f'RedirectMatch 301 "^{_apache(old)}$" "{new}"\n' for old, new in plain
        ),
    }


def _is_plain(path: str) -> bool:
    """No server's file can be broken out of by such a path."""
    return path.isprintable() and not any(c in path for c in '"\\$%{};') and path.startswith("/")


def _apache(path: str) -> str:
    return re.sub(r"[.^$*+?()\[\]|]", r"\\\g<0>", path)
