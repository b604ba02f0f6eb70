"""The blog's filter, asked about as few comments as it can tell the others from.

What is kept of its verdicts is the build's own, see `spam.blog`. The filter is
only loaded when it is asked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from .cards import Head, Subject
from .model import Comment

if TYPE_CHECKING:
    from ..spam.asking import Asking
    from ..spam.blog import Judged
    from ..spam.model import Article


class Filter:
    """Verdicts as a whole build would give them; see `spam.blog` for each."""

    def __init__(
        self,
        head: Head,
        root: Path,
        subject: Callable[[str], Subject | None],
        workers: Callable[[], int],
    ) -> None:
        """head: how is judged. root: of the project. `subject(key)`: the article
        of that key, None if there is none. `workers()`: how many processes may share
        the work.
        """
        self._settings, self._root, self._own = head.settings, root, (head.site,)
        self._articles, self._workers = _Articles(subject), workers

    def new(self, comments: Iterable[Comment], mark: str) -> Judged | None:
        """Judge comments that came after all others; None: more hangs on it."""
        from ..spam import blog

        return blog.judge_new(comments, self._articles, self._asking(), mark)

    def again(
        self, thread: Sequence[Comment], before: Article, now: Article, mark: str
    ) -> Judged | None:
        """Judge the comments of an article that says something else; None: more
        hangs on it.
        """
        from ..spam import blog

        return blog.judge_again(thread, before, now, self._asking(), mark)

    def all(self, comments: Iterable[Comment]) -> Judged:
        """Judge all comments of the blog."""
        from ..spam import blog

        processes = self._workers()
        return blog.judge_blog(
            comments,
            self._articles,
            self._asking(),
            own=self._own,
            processes=processes,
            sparing=processes > 1,
        )

    def _asking(self) -> Asking:
        from ..spam.asking import Asking

        return Asking.of_build(self._settings, self._root)


class _Articles(Mapping[str, "Article"]):
    """Articles by key, as the filter sees them; only looked up, never listed."""

    def __init__(self, subject: Callable[[str], Subject | None]) -> None:
        self._subject = subject

    def __getitem__(self, key: str) -> Article:
        found = self._subject(key)
        if found is None:
            raise KeyError(key)
        return found.article(key)

    def __iter__(self) -> Iterator[str]:
        raise NotImplementedError

    def __len__(self) -> int:
        raise NotImplementedError
