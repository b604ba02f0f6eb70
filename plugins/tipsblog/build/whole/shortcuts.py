"""Shorter ways through parts of Pelican that take the square of a blog's size.

Each gives what Pelican's own code gives, and is taken only with the versions
that it was compared with; with any other, Pelican goes its own way.
"""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from operator import attrgetter
from pathlib import Path
from typing import Any

import pelican
from pelican import generators, readers

from ..markdown import inline
from ..markdown.reused import Reused

#: Versions whose code was compared with this module.
COMPARED = ("4.12.",)
#: Articles in which is looked for what others may need, too.
_SAMPLE = 64


def fit() -> bool:
    """Tell whether this Pelican is one of those compared."""
    return str(pelican.__version__).startswith(COMPARED)


def members(items: Collection[Any]) -> list[Any]:
    """Return `items` as a list that finds its members at once.

    They must be equal only to themselves, as contents are.
    """
    # A class for each list: only so is `in` answered without any Python.
    contains = staticmethod(frozenset(items).__contains__)
    found: list[Any] = type("Members", (list,), {"__contains__": contains})(items)
    return found


def index_lists(generator: Any) -> None:
    """Let `article in articles` be quick for the articles of every label,
    category and author: Pelican asks for each article and each of these.
    """
    if not fit():
        return
    for tag, articles in generator.tags.items():
        generator.tags[tag] = members(articles)
    generator.categories = [(one, members(articles)) for one, articles in generator.categories]
    generator.authors = [(one, members(articles)) for one, articles in generator.authors]


def list_by_date(generator: Any) -> None:
    """Let Pelican write the pages of one label, category or author after the other,
    and know of no other articles then: it looks through all for each of them.
    """
    if not fit():
        return
    place = {id(article): number for number, article in enumerate(generator.dates)}

    def dated(articles: list[Any]) -> list[Any]:
        found = {place[id(one)]: one for one in articles if id(one) in place}
        return [found[number] for number in sorted(found)]

    def one_by_one(name: str, write_all: Callable[[Any], None]) -> Callable[[Any], None]:
        def write_each(write: Any) -> None:
            groups, dates = getattr(generator, name), generator.dates
            named = isinstance(groups, dict)
            try:
                for item in list(groups.items() if named else groups):
                    setattr(generator, name, dict([item]) if named else [item])
                    generator.dates = dated(item[1])
                    write_all(write)
            finally:
                setattr(generator, name, groups)
                generator.dates = dates

        return write_each

    generator.generate_tags = one_by_one("tags", generator.generate_tags)
    generator.generate_categories = one_by_one("categories", generator.generate_categories)
    generator.generate_authors = one_by_one("authors", generator.generate_authors)


def group_periods(generator: Any) -> None:
    """Let Pelican group the articles by date, and find each group's articles
    in their order without looking through all of them.
    """
    if not fit():
        return
    plain = generator._build_period_archives

    def build_period_archives(dates: Any, articles: Any, settings: Any) -> Any:
        place = {id(article): number for number, article in enumerate(articles)}
        archives = plain(dates, [], settings)
        for periods in archives.values():
            for period in periods:
                found = (article for article in period["dates"] if id(article) in place)
                period["articles"] = sorted(found, key=lambda article: place[id(article)])
        return archives

    generator._build_period_archives = build_period_archives


@contextlib.contextmanager
def quick_markdown() -> Iterator[None]:
    """Let articles and pages be parsed with less trying, and by the same Markdown."""
    plain = readers.Markdown
    if not (fit() and plain):  # Pelican says False where it is not installed
        yield
        return
    quick = lambda **settings: inline.quicken(plain(**settings))  # noqa: E731
    readers.Markdown = Reused(quick) if inline.is_known() else quick
    try:
        yield
    finally:
        readers.Markdown = plain


def warm_markdown(settings: Any, paths: list[str]) -> None:
    """Load what it takes to parse `paths`, before processes are forked for it."""
    if not isinstance(readers.Markdown, Reused):
        return
    texts = []
    for path in paths[:: max(1, len(paths) // _SAMPLE)]:
        with contextlib.suppress(OSError, UnicodeDecodeError):
            if path.endswith(".md"):
                texts.append(Path(path).read_text("utf-8"))
    if texts:
        readers.Markdown.warm(settings["MARKDOWN"], texts)


@contextlib.contextmanager
def quick_translations() -> Iterator[None]:
    """Find originals and translations without comparing all with all."""
    if not fit():
        yield
        return
    plain = generators.process_translations
    generators.process_translations = _translations(plain)
    try:
        yield
    finally:
        generators.process_translations = plain


def _translations(plain: Callable[..., Any]) -> Callable[..., Any]:
    def process_translations(items: list[Any], translation_id: Any = None) -> Any:
        if isinstance(translation_id, str):
            translation_id = {translation_id}
        names = sorted(translation_id or ())
        if not names or not all(hasattr(item, name) for item in items for name in names):
            return plain(items, translation_id)
        key = attrgetter(*names)
        counts = Counter(map(key, items))
        if any(counts[key(item)] == 1 and "translation" in item.metadata for item in items):
            return plain(items, translation_id)  # a translation of nothing is complained about
        # One alone is an original and translates nothing; Pelican decides
        # about the others, which are few.
        several = [item for item in items if counts[key(item)] > 1]
        originals, _ = plain(several, translation_id) if several else ([], [])
        items.sort(key=attrgetter(*translation_id))
        chosen = {id(item) for item in originals}
        index, rest = [], []
        for item in items:
            if counts[key(item)] == 1:
                item.translations = []
                index.append(item)
            elif id(item) in chosen:
                index.append(item)
            else:
                rest.append(item)
        return index, rest

    return process_translations
