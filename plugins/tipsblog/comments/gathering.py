"""The comments of a whole blog, as a build needs them: which there are, and what
the filter says of those that nobody has decided on.

Articles are whatever the caller has for them; `dated` tells the date of one, with
its zone. Knows no Pelican.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from ..build import kept
from ..build.parallel import workers
from ..settings import Settings
from ..spam import model
from ..spam.asking import Asking
from ..spam.blog import Judged, judge_blog
from .cards import subject_mark, words_of
from .folder import Folder
from .markup import strip_tags
from .moderation import Verdicts
from .sitewide import digests, source_of
from .store import FileStore

#: To judge more comments than this is worth several processes; and more than that
#: takes more memory than the rest of a build, beside which it is not done then.
_MANY, _VERY_MANY = 2000, 20_000


@dataclass(frozen=True, slots=True)
class Gathered:
    """The comments by key. files: the digests of the files in each folder, by name;
    sources: one digest of all of these. settled: no file changed while it was read.
    """

    folders: dict[str, Folder]
    files: dict[str, dict[str, bytes]]
    sources: dict[str, bytes]
    settled: bool

    @property
    def undecided(self) -> bool:
        """Whether nobody has decided on some comment."""
        folders = self.folders.values()
        return any(entry.status is None for folder in folders for entry in folder.entries)


def gather(store: FileStore) -> Gathered:
    """Load all comments; a folder that did not change is not read again."""
    paths = {folder.name: folder for folder in store.folders()}
    files = {key: digests(str(folder), kept.digest_of_file) for key, folder in paths.items()}
    sources = {key: source_of(str(paths[key]), found) for key, found in files.items()}

    def load(key: str) -> tuple[tuple[Folder, bool], bool]:
        loaded = store.load_folder(paths[key])
        names = os.listdir(paths[key])  # noqa: PTH208 - thousands of folders
        settled = all(kept.is_still(f"{paths[key]}{os.sep}{name}") for name in names)
        packed = Folder.of(key, loaded.comments, loaded.errors)
        return (packed, settled), settled and not loaded.errors

    def lighten(result: tuple[Folder, bool]) -> tuple[Folder, bool]:
        folder, settled = result
        return folder.apart(kept.put_down), settled

    wanted = {key: [source] for key, source in sources.items()}
    results = kept.remembered("comments", wanted, load, lighten=lighten).values()
    folders = {folder.key: folder for folder, _ in results}
    return Gathered(folders, files, sources, all(settled for _, settled in results))


class Known(Mapping[str, model.Article]):
    """The articles as the filter sees them, made when it asks."""

    def __init__(
        self, keys: Mapping[Any, tuple[str, bool]], dated: Callable[[Any], datetime]
    ) -> None:
        self._by_key = {key: article for article, (key, _) in keys.items()}
        self._dated = dated
        self._marks: dict[str, bytes] = {}

    def __getitem__(self, key: str) -> model.Article:
        article = self._by_key[key]
        # With `{filename}` links as they are: only words count.
        text, links = words_of(article._content)
        return model.Article(
            key=key,
            title=strip_tags(article.title),
            text=text,
            links=links,
            published=self._dated(article),
        )

    def mark(self, key: str) -> bytes:
        """Return what tells `self[key]` from any other: a digest of all that it
        is made from.
        """
        if key not in self._marks:
            title, date = self.written(key)
            self._marks[key] = subject_mark(title, self._by_key[key]._content, date)
        return self._marks[key]

    def written(self, key: str) -> tuple[str, str]:
        """Return title and date, as the article has them."""
        article = self._by_key[key]
        return article.title, str(article.date)

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_key)

    def __len__(self) -> int:
        return len(self._by_key)


def judge(
    gathered: Gathered,
    articles: Known,
    settings: Settings,
    then: Callable[[Verdicts], None],
    *,
    root: Path,
    own: tuple[str, ...],
) -> None:
    """Judge all comments, unless nothing that counts for it changed, or a person
    has decided on every one; hand the verdicts to `then`, see `kept.begin`.

    root: the project. own: addresses of the blog itself.
    """
    if not gathered.undecided:
        then({})
        return
    folders = gathered.folders
    with_comments = {key for key, folder in folders.items() if folder.entries}
    lists = [name for name in (settings.spam_held_list, settings.spam_friends_list) if name]
    parts = [
        *gathered.sources.values(),
        *(kept.digest_of_file(str(root / name)) for name in lists),
        *(articles.mark(key) for key in sorted(with_comments & set(articles))),
    ]

    count = sum(len(folder.entries) for folder in folders.values())

    def work(tell: Callable[[Judged, bool], None]) -> None:
        judge_blog(
            (comment for folder in folders.values() for comment in folder.comments()),
            articles,
            Asking.of_build(settings, root),
            own=own,
            processes=workers() if count > _MANY else 1,
            sparing=count > _VERY_MANY,
            tell=lambda found: tell(found, gathered.settled),
        )

    source = hashlib.sha256(b"\0".join(parts)).digest()
    beside, apart = count <= _VERY_MANY, count > _MANY
    kept.begin("verdicts", source, work, then, beside=beside, apart=apart)
