"""Shorter ways through Pelican come out where Pelican does."""

from __future__ import annotations

from functools import partial
from types import SimpleNamespace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from pelican.generators import ArticlesGenerator

from tipsblog.build.whole import shortcuts

_GROUPS = ("tags", "categories", "authors")


class _Label:
    """What Pelican asks of one."""

    save_as = url = page_name = slug = "x"


def _generator(groups: list[list[int]], order: list[int]) -> Any:
    """A generator whose labels, categories and authors have the articles `groups`,
    by number; order: of all those that are listed, by date.
    """
    articles = [SimpleNamespace(number=number) for number in range(8)]
    named = [(_Label(), [articles[number] for number in group]) for group in groups]
    generator = SimpleNamespace(
        articles=articles,
        dates=[articles[number] for number in order],
        tags=dict(named),
        categories=list(named),
        authors=list(named),
        get_template=lambda name: name,
    )
    for name in _GROUPS:
        plain = getattr(ArticlesGenerator, f"generate_{name}")
        setattr(generator, f"generate_{name}", partial(plain, generator))
    return generator


def _written(generator: Any) -> list[Any]:
    written: list[Any] = []

    def write(save_as: str, template: str, context: Any, **values: Any) -> None:
        numbers = {
            name: [article.number for article in values[name]] for name in ("articles", "dates")
        }
        written.append((template, len(values.get("all_articles", ())), numbers))

    generator.context = {}
    for name in _GROUPS:
        getattr(generator, f"generate_{name}")(write)
    return written


@given(
    groups=st.lists(st.lists(st.integers(0, 7), max_size=6), max_size=4),
    order=st.permutations(range(8)).map(lambda numbers: numbers[:6]),
)
def test_each_page_gets_its_articles_by_date_as_from_pelican(
    groups: list[list[int]], order: list[int]
) -> None:
    ours = _generator(groups, order)
    shortcuts.list_by_date(ours)

    assert _written(ours) == _written(_generator(groups, order))
