"""Articles and pages as Pelican made them, kept whole.

Pelican works on what its reader says of a file: dates, labels, addresses, and this
plugin mends the text. While nobody else takes part, that hangs on no more than the
reading does, unless another file or the clock had a say.
"""

from __future__ import annotations

import io
import pickle
from collections.abc import Mapping
from datetime import datetime
from typing import Any

#: Pelican's signals at which anybody may take part.
SIGNALS = (
    "content_object_init",
    *("article_generator_preread", "article_generator_context"),
    *("page_generator_preread", "page_generator_context"),
)


class Packing:
    """Packs contents, without the settings and the context that all of them hold."""

    def __init__(self, settings: Any, context: Any) -> None:
        self._shared = {"settings": settings, "context": context}
        self._names = {id(value): name for name, value in self._shared.items()}

    def dump(self, value: Any) -> bytes:
        """Return `value` as bytes."""
        buffer = io.BytesIO()
        pickler = pickle.Pickler(buffer, pickle.HIGHEST_PROTOCOL)
        names = self._names
        pickler.persistent_id = lambda one: names.get(id(one))  # type: ignore[method-assign]
        pickler.dump(value)
        return buffer.getvalue()

    def load(self, data: bytes) -> Any:
        """Return what `dump` packed."""
        unpickler = pickle.Unpickler(io.BytesIO(data))  # noqa: S301 - our own cache
        unpickler.persistent_load = self._shared.__getitem__  # type: ignore[method-assign]
        return unpickler.load()


def may_keep(values: Mapping[str, Any]) -> bool:
    """Tell whether, with these settings, contents can be kept whole at all: files'
    dates and the locale, which each content may set for the next, are not in their words.
    """
    forms = [values["DEFAULT_DATE_FORMAT"], *values["DATE_FORMATS"].values()]
    return values.get("DEFAULT_DATE") != "fs" and not any(isinstance(one, tuple) for one in forms)


def is_whole(content: Any) -> bool:
    """Tell whether all of `content` is in its words: it shows no images, whose sizes
    are written into it.
    """
    return "<img" not in content._content.lower()


def is_steady(content: Any, now: datetime) -> bool:
    """Tell whether `content` is the same whatever the clock says from `now` on."""
    date = getattr(content, "date", None)
    if date is None or content.settings["WITH_FUTURE_DATES"]:
        return True
    return date.tzinfo is not None and bool(date <= now)
