"""What only Pelican can make of a body: its links to other files, and a summary.

The one part of following an edit that loads Pelican. Nothing of it is run but
two methods of `Content`, on an object that knows what they ask for.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from pelican.contents import Article


class Linked(NamedTuple):
    """What a link leads to."""

    url: str


class _Targets:
    """Stands in for the contents, or the static files, by their paths."""

    def __init__(self, url_of: Callable[[str], str]) -> None:
        self._url_of = url_of

    def get(self, path: str, default: Any = None) -> Linked:
        return Linked(self._url_of(path))


class Source:
    """The HTML of an article or a page, before links are replaced."""

    def __init__(
        self,
        html: str,
        path: str,
        settings: Mapping[str, Any],
        site_url: str,
        content_url: Callable[[str], str],
        static_url: Callable[[str], str],
    ) -> None:
        """path: of the file. settings: those that these methods read. content_url,
        static_url: of what stands at a path; they raise where that is not known.
        """
        self._article: Any = object.__new__(Article)
        self._article.__dict__.update(
            _content=html,
            metadata={},
            settings=settings,
            source_path=os.path.abspath(path),
            _context={
                "localsiteurl": site_url,
                "generated_content": _Targets(content_url),
                "static_content": _Targets(static_url),
            },
        )

    def content(self) -> str:
        return str(self._article.content)

    def summary(self) -> str:
        return str(self._article.summary)

    def static_links(self) -> set[str]:
        """Return the paths of the static files that are linked."""
        return set(self._article.get_static_links())
