"""Shorter ways to the addresses of articles and pages, and to those in their texts.

Pelican works the same ones out again and again. As with `shortcuts`: each gives
what Pelican's own code gives, and is taken only with versions compared with it.
"""

from __future__ import annotations

import contextlib
import os
import re
import string
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

from pelican import contents, settings, urlwrappers

from .shortcuts import fit

#: What Pelican takes from the content itself, whatever its metadata say.
_OWN = frozenset(["slug", "lang", "date", "author", "category"])
#: A date as digits, whatever the locale.
_DIGITS = re.compile(r"(?:%-?[YmdHMSj]|[^%])*")
#: How an address in a text begins that Pelican replaces: a quote, and this.
_MARKS = ('"{', "'{", '"|', "'|")


@contextlib.contextmanager
def quick_addresses() -> Iterator[None]:
    """Make an address once for all that it is made from: Pelican asks six times
    for the same. Where it leads is looked at only if it may lead out.
    """
    if not fit():
        yield
        return
    plain = contents.Content._expand_settings
    known: dict[tuple[Any, ...], str] = {}

    def _expand_settings(self: Any, key: str, klass: str | None = None) -> str:
        form = str(self.settings[f"{klass or type(self).__name__}_{key}".upper()])
        if not _is_plain(form) or not hasattr(self, "date"):
            return str(plain(self, key, klass))
        date = self.date
        slug, lang = getattr(self, "slug", ""), getattr(self, "lang", "en")
        author = self.author.slug if hasattr(self, "author") else ""
        category = self.category.slug if hasattr(self, "category") else ""
        # Digits do not tell the zone, and some zones have no hash.
        name = (form, slug, lang, type(date), date.replace(tzinfo=None), author, category)
        if name not in known:
            known[name] = form.format(
                slug=slug, lang=lang, date=date, author=author, category=category
            )
        return known[name]

    plain_check = contents.Content._has_valid_save_as

    def _has_valid_save_as(self: Any) -> bool:
        place = self.save_as
        # Nothing but these leads out of the output.
        inside = "OUTPUT_PATH" in self.settings and place[:1] != "/" and ".." not in place
        return True if os.sep == "/" and inside else plain_check(self)

    with (
        _replaced(contents.Content, "_expand_settings", _expand_settings),
        _replaced(contents.Content, "_has_valid_save_as", _has_valid_save_as),
    ):
        yield


@cache
def _is_plain(form: str) -> bool:
    """Tell whether an address of this form hangs on nothing but `_OWN`."""
    return all(
        name is None or (name in _OWN and not kind and (name != "date" or _is_digits(spec)))
        for _, name, spec, kind in string.Formatter().parse(form)
    )


def _is_digits(spec: str | None) -> bool:
    return bool(spec) and _DIGITS.fullmatch(str(spec)) is not None


@contextlib.contextmanager
def quick_links() -> Iterator[None]:
    """Look for `{filename}` and the like only in texts where one may be."""
    if not fit():
        yield
        return
    known = settings.DEFAULT_CONFIG["INTRASITE_LINK_REGEX"]
    plain_update = contents.Content._update_content
    plain_links = contents.Content.get_static_links

    def may_link(self: Any, text: Any) -> bool:
        return (
            type(text) is not str
            or self.settings["INTRASITE_LINK_REGEX"] != known
            or (("{" in text or "|" in text) and any(mark in text for mark in _MARKS))
        )

    def _update_content(self: Any, content: str, siteurl: str) -> str:
        return plain_update(self, content, siteurl) if may_link(self, content) else content

    def get_static_links(self: Any) -> set[str]:
        found: set[str] = plain_links(self) if may_link(self, self._content) else set()
        return found

    with (
        _replaced(contents.Content, "_update_content", _update_content),
        _replaced(contents.Content, "get_static_links", get_static_links),
    ):
        yield


@contextlib.contextmanager
def quick_paths() -> Iterator[None]:
    """Work out once where a source stands below the content: Pelican asks eight
    times for each.
    """
    if not fit():
        yield
        return
    plain = contents.Content.get_relative_source_path
    known: dict[tuple[str, str], Any] = {}

    def get_relative_source_path(self: Any, source_path: Any = None) -> Any:
        name = (self.settings["PATH"], source_path or self.source_path)
        if name not in known:
            known[name] = plain(self, source_path)
        return known[name]

    with _replaced(contents.Content, "get_relative_source_path", get_relative_source_path):
        yield


@contextlib.contextmanager
def frozen_addresses() -> Iterator[None]:
    """Work out each address once: templates ask for the same ones again and
    again. Only while nothing that an address is made from can change.
    """
    if not fit():
        yield
        return
    places: dict[tuple[int, str], tuple[Any, Any]] = {}
    plain_setting = contents.Content.get_url_setting
    plain_wrapped = urlwrappers.URLWrapper._from_settings

    def get_url_setting(self: Any, key: str) -> Any:
        name = (id(self), key)
        if name not in places:
            # The content is kept, too: no other one may get its number.
            places[name] = (self, plain_setting(self, key))
        return places[name][1]

    wrapped: dict[tuple[type, str, str], Any] = {}

    def url(self: Any) -> Any:
        name = (type(self), self._name, self.slug)
        if name not in wrapped:
            wrapped[name] = plain_wrapped(self, "URL")
        return wrapped[name]

    with (
        _replaced(contents.Content, "get_url_setting", get_url_setting),
        _replaced(urlwrappers.URLWrapper, "url", property(url)),
    ):
        yield


@contextlib.contextmanager
def _replaced(owner: type, name: str, value: Callable[..., Any] | property) -> Iterator[None]:
    plain = getattr(owner, name)
    setattr(owner, name, value)
    try:
        yield
    finally:
        setattr(owner, name, plain)
