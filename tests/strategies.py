"""Hypothesis strategies for the values that many tests share."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from html import escape

from hypothesis import strategies as st

from tipsblog.articles import slugify
from tipsblog.comments.model import (
    Comment,
    Format,
    Remover,
    Role,
    Status,
    clean_line,
    clean_text,
    is_key,
)
from tipsblog.formats.model import Article, Blog, Kind, State

keys = st.from_regex(r"[a-z0-9][a-z0-9._-]{0,20}", fullmatch=True).filter(is_key)
lines = st.text(max_size=40).map(clean_line)
texts = st.text(max_size=200).map(clean_text)
zones = st.integers(-12 * 60, 14 * 60).map(lambda m: timezone(timedelta(minutes=m)))
moments = st.datetimes(
    min_value=datetime(1990, 1, 1),  # noqa: DTZ001 - the strategy adds the zone
    max_value=datetime(2100, 1, 1),  # noqa: DTZ001
    timezones=st.one_of(st.just(UTC), zones),
)


@st.composite
def comments(draw: st.DrawFn) -> Comment:
    status = draw(st.one_of(st.none(), st.sampled_from(Status)))
    removed = status is Status.DELETED
    return Comment(
        id=draw(keys),
        article=draw(keys),
        published=draw(moments),
        body=draw(texts),
        author=draw(lines),
        website=draw(lines),
        email=draw(lines),
        parent=draw(st.one_of(st.just(""), keys)),
        format=draw(st.sampled_from(Format)),
        role=draw(st.sampled_from(Role)),
        status=status,
        removed_by=draw(st.one_of(st.none(), st.sampled_from(Remover))) if removed else None,
        updated=draw(st.one_of(st.none(), moments)),
        evidence=draw(lines),
    )


_words = st.text("ab é中<>&\"'*_[]{}|\\`#.-+1~:=", min_size=1, max_size=30)
_inline = st.one_of(
    _words.map(escape),
    _words.map(lambda text: f"<b>{escape(text)}</b>"),
    _words.map(lambda text: f"<em>{escape(text)}</em>"),
    _words.map(lambda text: f'<a href="https://example.org/x">{escape(text)}</a>'),
    st.just("<br>"),
)
_text = st.lists(_inline, min_size=1, max_size=4).map("".join)
_block = st.one_of(
    _text.map(lambda text: f"<p>{text}</p>"),
    _text.map(lambda text: f"<h3>{text.replace('<br>', '')}</h3>"),
    _text.map(lambda text: f"<blockquote><p>{text}</p></blockquote>"),
    _text.map(lambda text: f'<div class="x">{text}</div>'),
    st.lists(_text, min_size=1, max_size=3).map(
        lambda items: f"<ul>{''.join(f'<li>{item}</li>' for item in items)}</ul>"
    ),
    _words.map(lambda text: f"<pre>{escape(text)}\n  {escape(text)}</pre>"),
    _text,
)
#: HTML as people write it in an editor.
html = st.lists(_block, max_size=5).map("\n".join).map(clean_text)

labels = st.text("abcéж, -&<\"'", min_size=1, max_size=8).map(clean_line).filter(slugify)
_names = st.text("abЖ .,&<>\"'", min_size=1, max_size=12).map(clean_line).filter(slugify)
_paths = st.from_regex(r"/20[012][0-9]/[01][0-9]/[a-zé-]{1,12}(\.html|/)?", fullmatch=True)


@st.composite
def articles(draw: st.DrawFn, *, key: str) -> Article:
    state = draw(st.sampled_from(State))
    path = draw(_paths) if state is State.PUBLISHED else ""
    return Article(
        key=key,
        title=draw(
            st.text("abé &<>\"'{}#*:", min_size=1, max_size=20).map(clean_line).filter(bool)
        ),
        published=draw(moments),
        body=draw(html),
        kind=draw(st.sampled_from([Kind.ARTICLE, Kind.PAGE])),
        state=state,
        updated=draw(st.one_of(st.none(), moments)),
        author=draw(_names),
        labels=tuple(dict.fromkeys(draw(st.lists(labels, max_size=3)))),
        # Two articles at one place, or keys that paths do not tell, are another test's.
        path=path and f"{path.rpartition('/')[0]}/{key}.html",
        open=draw(st.booleans()),
        summary=draw(st.text("ab *_[]<&>`\\", max_size=20).map(clean_line)),
        source=f"old {key}",
    )


@st.composite
def blogs(draw: st.DrawFn) -> Blog:
    """A small blog: its articles, pages and drafts, with threads under articles."""
    names = draw(st.lists(keys, min_size=1, max_size=3, unique=True))
    given = tuple(draw(articles(key=name)) for name in names)
    places = [article.key for article in given if article.kind is Kind.ARTICLE]
    threads: list[Comment] = []
    for number in range(draw(st.integers(0, 5)) if places else 0):
        comment = draw(comments())
        article = draw(st.sampled_from(places))
        above = [c.id for c in threads if c.article == article]
        threads.append(
            replace(
                comment,
                id=f"c{number}",
                article=article,
                author=draw(_names),
                website=draw(st.sampled_from(["", "https://example.org/~a"])),
                email=draw(st.sampled_from(["", "a@example.org"])),
                parent=draw(st.sampled_from(["", *above])),
                body=draw(_text).strip(),
                format=Format.HTML,
            )
        )
    return Blog(
        title="Tips", url="https://blog.example.org/", articles=given, comments=tuple(threads)
    )
