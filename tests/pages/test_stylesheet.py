"""One stylesheet out of many."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tipsblog.errors import TipsblogError
from tipsblog.pages.stylesheet import bundle, shrink


def sheets(**texts: str) -> Callable[[str], str]:
    """Read `css_site` as css/site.css."""
    by_path = {name.replace("_", "/") + ".css": text for name, text in texts.items()}

    def read(path: str) -> str:
        try:
            return by_path[path]
        except KeyError:
            raise FileNotFoundError(path) from None

    return read


def test_an_import_is_replaced_by_the_sheet_in_its_layer() -> None:
    read = sheets(css_site='@layer a;\n@import "base.css" layer(a);\n', css_base="p { margin: 0; }")

    whole = bundle("css/site.css", read)

    assert whole == "@layer a;\n@layer a {\np { margin: 0; }\n}\n"


def test_an_import_without_a_layer_stands_bare() -> None:
    read = sheets(css_site="@import url('base.css');", css_base="p {}")

    assert bundle("css/site.css", read) == "p {}\n"


def test_paths_are_relative_to_the_sheet_that_names_them() -> None:
    read = sheets(
        css_site='@import "../plugin/all.css";',
        plugin_all='@import "one.css" layer(x);',
        plugin_one="a {}",
    )

    assert bundle("css/site.css", read) == "@layer x {\na {}\n}\n"


def test_an_import_from_another_host_stays() -> None:
    line = '@import "https://fonts.example.com/a.css";'

    assert bundle("site.css", sheets(site=line)) == line


def test_an_import_in_a_comment_is_none() -> None:
    assert bundle("site.css", sheets(site='/* \n@import "x.css"; */\np {}')) == "p {}"


@pytest.mark.parametrize(
    ("texts", "words"),
    [
        ({"site": '@import "x.css";'}, 'site.css: imports "x.css", which is not there'),
        ({"site": '@import "site.css";'}, 'site.css: imports itself by way of "site.css"'),
        (
            {"site": '@import "x.css" print;', "x": ""},
            'site.css: cannot put this in place: @import "x.css" print;',
        ),
        ({"site": '@import "x.css";', "x": "p { background: url(a.png) }"}, "x.css: has a rel"),
    ],
)
def test_what_cannot_be_put_in_place_is_an_error_that_names_it(
    texts: dict[str, str], words: str
) -> None:
    with pytest.raises(TipsblogError) as caught:
        bundle("site.css", sheets(**texts))

    assert str(caught.value).startswith(words)


@pytest.mark.parametrize(
    ("written", "published"),
    [
        ("p {\n  color: red;\n}\n", "p{color:red}"),
        ("/* a :b */ .a :is(b, i) > :not(p) { top: 0 }", ".a *:is(b,i)>:not(p){top:0}"),
        (".a ::before, .b :hover { top: 0 }", ".a *::before,.b *:hover{top:0}"),
        ("a:hover { top : 0 }", "a:hover{top:0}"),
        (
            "@media (prefers-color-scheme : dark) { .a :is(b) { top: 0 } }",
            "@media (prefers-color-scheme:dark){.a *:is(b){top:0}}",
        ),
    ],
)
def test_a_smaller_sheet_means_the_same(written: str, published: str) -> None:
    assert shrink(written) == published


RULES = st.lists(st.sampled_from(["p { margin: 0 }", "a { color: red }", "/* words */", ""]))


@given(st.lists(RULES.map("\n".join), min_size=1, max_size=6))
def test_a_chain_of_imports_keeps_every_rule_in_its_order(texts: list[str]) -> None:
    chain = {
        f"s{n}": (f'@import "s{n + 1}.css";\n' if n + 1 < len(texts) else "") + text
        for n, text in enumerate(texts)
    }

    whole = bundle("s0.css", sheets(**chain))

    rules = [line for text in reversed(texts) for line in text.split("\n") if "{" in line]
    assert [line for line in whole.split("\n") if "{" in line] == rules
    assert "@import" not in whole
