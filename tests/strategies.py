"""Hypothesis strategies for the values that many tests share."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

from hypothesis import strategies as st

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
    )
