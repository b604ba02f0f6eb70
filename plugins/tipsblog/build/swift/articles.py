"""Articles that are new, gone or have another header, followed without a build.

Pelican's own code reads them and makes its lists again, over stand-ins for all
other articles: once as they were, once as they are. What it would have drawn from
the old ones must be what was kept; where the new ones give a page something else,
it is drawn again. Everything that is not certain is `UnlistedError`.
"""

from __future__ import annotations

import marshal
import os
from collections.abc import Callable, Collection, Container, Iterable, Mapping
from typing import Any, NamedTuple

from ..aside import Aside
from ..changes import stamps
from ..record.bodies import HOW, Kept, kept_name, thing_of
from ..record.listed import LINKS, LISTED, Listed, Row, row_of
from ..whole.lists import Standing, Terms
from ..whole.planned import Feed, FeedWriter
from ..whole.single import Reading, Source, Targets
from ..whole.sitemap import is_wanted
from .redraw import Redrawer
from .relisting import Relisted, UnlistedError
from .survey import Survey


class Articles:
    """What becomes of the site where some articles are new, gone or other ones.

    sources: those that are there. gone: things that are there no more. readers:
    outputs to draw again; maybe: those that may have to be, see `Relisted`. removed:
    outputs that are no more. dropped: rows to leave no more. reading_rows: which
    articles hang in feeds. updated: when the newest article was published.
    """

    def __init__(
        self,
        redrawer: Redrawer,
        reading: Reading,
        discussion: Callable[[str], Any],
        inputs: Container[str],
        edited: Mapping[str, bytes],
        survey: Callable[[], Survey],
    ) -> None:
        """`discussion(thing)`: of an article. inputs: files that are known to be
        inputs of the site. edited: what edited bodies leave. survey: of all pages.
        """
        self._redrawer, self._drawn, self._reading = redrawer, redrawer.drawn, reading
        self._values, self._discussion, self._inputs = reading.settings, discussion, inputs
        self._survey = survey
        self._how: dict[str, Any] = marshal.loads(self._drawn.left(HOW) or b"")  # noqa: S302
        data = self._drawn.left(LISTED)
        if data is None:
            raise UnlistedError("no articles were left")
        self._listed = Listed.load(data)
        self._rows = self._listed.articles
        self._links: dict[str, list[str]] = marshal.loads(  # noqa: S302
            edited.get(LINKS) or self._drawn.left(LINKS) or b""
        )
        self._terms = Terms(self._values)
        self._feeds: dict[str, Feed] = {}
        self._sitemap: Aside[tuple[str, str]] | None = None
        self.sources: dict[str, Source] = {}
        self.gone: set[str] = set()
        self._gone_names: list[str] = []
        self.readers: set[str] = set()
        self.maybe: dict[str, str] = {}
        self.removed: set[str] = set()
        self._left: dict[str, bytes] = {}
        self.dropped: list[str] = []
        self.reading_rows: list[tuple[str, str, int]] = []
        self.updated: Any = None

    def take_in(self, there: Iterable[str], gone: Iterable[str]) -> None:
        """Take in what stands in the files `there`, and that others are `gone`."""
        context = {
            "localsiteurl": self._values["SITEURL"],
            "generated_content": Targets(self._target),
            "static_content": Targets(self._static),
        }
        names = self._gone_names = [self._name_of(path) for path in gone]
        self.gone = {thing_of(name) for name in names}
        for path in sorted(there):
            source = self._reading.read(path, context, self._inputs)
            self.sources[source.name] = source
        for source in self.sources.values():
            article = source.article
            article.refresh_metadata_intersite_links()
            _ = article.content, article.summary  # now, while Pelican's complaints are heard
            self._accept(source)
        for name in names:
            if name not in self._rows:
                raise UnlistedError(f"{name} is gone")
            self._let_go(name)
        self._compare(names)

    def leave(self) -> dict[str, bytes]:
        """Return the rows to leave instead of those that were left."""
        gone = self._gone_names
        rows = {name: row for name, row in self._rows.items() if name not in gone}
        rows |= {name: row_of(name, one.article) for name, one in self.sources.items()}
        links = {name: found for name, found in self._links.items() if name not in gone}
        links |= {name: source.links for name, source in self.sources.items()}
        listed = self._listed._replace(articles=rows)
        return {**self._left, LISTED: listed.dump(), LINKS: marshal.dumps(links)}

    @property
    def feed_paths(self) -> Collection[str]:
        """Which of Pelican's feeds say something else."""
        return self._feeds

    @property
    def more(self) -> int:
        """How many more articles there are than before."""
        return len(self.sources.keys() - self._rows.keys()) - len(self.gone)

    @property
    def digests(self) -> dict[str, bytes]:
        """The digests of the files that were read."""
        return {one.path: stamps.digest(one.data) for one in self.sources.values()}

    def tell_intake(self) -> None:
        """Tell the service which articles there are."""
        from ...intake.glue import renew

        renew(self._values, [one.article for one in self.sources.values()], self._gone_names)

    def close(self) -> None:
        """Let go of what is still being made."""
        if self._sitemap is not None:
            self._sitemap.close()

    def texts(self) -> dict[str, str]:
        """Return Pelican's feeds that say something else, and the sitemap."""
        for source in self.sources.values():
            source.article.discussion = self._discussion(source.thing)
        writer = FeedWriter(self._values)
        texts = {path: writer.text_of(feed) for path, feed in self._feeds.items()}
        if self._sitemap is not None:
            path, text = self._sitemap.result()
            texts[path] = text
        return texts

    def _name_of(self, path: str) -> str:
        return os.path.relpath(path, self._how["path"]).replace(os.sep, "/")

    def _target(self, name: str) -> Any:
        """Return the article or page at a path; None: there is none."""
        if name in self.sources:
            return self.sources[name].article
        if name in self._gone_names:
            return None
        if name in self._rows:
            return _Target(self._rows[name].plain["url"])
        url = self._redrawer.things.value(thing_of(name), "url")[1]
        return _Target(url)

    def _static(self, name: str) -> Any:
        url = self._how["static"].get(name)
        if url is None:
            raise UnlistedError(f"{name} was not linked before")
        return _Target(url)

    def _kept(self, name: str) -> Kept | None:
        data = self._drawn.left(kept_name(name))
        return Kept.load(data) if data is not None else None

    def _accept(self, source: Source) -> None:
        """Raise `UnlistedError` if an article does more than to stand in lists."""
        name, article = source.name, source.article
        before = self._kept(name)
        row = self._rows.get(name)
        if (before is None) != (row is None):
            raise UnlistedError(f"not all is known of {name}")
        kept = source.kept(stamps.digest(source.data))
        linked = set(before.static) if before else set()
        if not linked <= set(kept.static) <= self._how["static"].keys():
            raise UnlistedError(f"{name} links to other files")
        if row is not None:
            self._settle(row)
            if row.plain["url"] != article.url:
                self._check_links(name)
        if "translation" in article.metadata:
            raise UnlistedError(f"{name} is a translation")
        if "featured" in article.metadata:
            raise UnlistedError(f"{name} is featured")
        if "%" in name or "&" in name:
            raise UnlistedError(f"links may be meant for {name}")
        others = self._rows.keys() - {name, *self._gone_names}
        if article.slug in {self._rows[other].plain.get("slug") for other in others}:
            raise UnlistedError(f"another article has the slug of {name}")
        if before is None or before != kept:
            self._left[kept_name(name)] = kept.dump()

    def _settle(self, row: Row) -> None:
        if row.plain["status"] != "published":
            raise UnlistedError(f"{row.name} was {row.plain['status']}")
        if "featured" in row.plain["metadata"]:
            raise UnlistedError(f"{row.name} stands in other lists, too")
        slug = row.plain["slug"]
        if sum(one.plain["slug"] == slug for one in self._rows.values()) > 1:
            raise UnlistedError(f"{row.name} has a translation")

    def _let_go(self, name: str) -> None:
        self._settle(self._rows[name])
        self._check_links(name)
        kept = self._kept(name)
        if kept is None or kept.static:
            raise UnlistedError(f"{name} links to files")
        self.dropped.append(kept_name(name))

    def _check_links(self, name: str) -> None:
        """Raise `UnlistedError` if anything may link to an article that is no more
        where it was.
        """
        own = name.rpartition("/")[2]
        for other, found in self._links.items():
            if other != name and own in found:
                raise UnlistedError(f"{other} may link to {name}")

    def _compare(self, gone: Collection[str]) -> None:
        """Find out what is to be drawn again."""
        old = {name: Standing(row, self._terms, self._ask) for name, row in self._rows.items()}
        fresh = {name: source.article for name, source in self.sources.items()}
        new = {name: one for name, one in old.items() if name not in gone} | fresh
        changed = [*gone, *(fresh.keys() & old.keys())]
        pages, mapped, survey = self._listed.pages, self._listed.mapped, self._survey()
        relisted = Relisted(self._drawn, self._values, old, new, changed, fresh, pages, survey)
        if relisted.files != new.keys():
            raise UnlistedError("there are other articles, too")
        self._redrawer.renew = lambda path: relisted.page(path) if path in relisted.maybe else None
        for name, data in relisted.shared.items():
            self._redrawer.share(name, data)
            self._left[f"shared {name}"] = data
        self._redrawer.say = self._reading.say
        self._redrawer.things.fresh = relisted.entry
        self.readers, self.maybe = relisted.readers, relisted.maybe
        self.removed, self._feeds = relisted.removed, relisted.feeds
        self.reading_rows = relisted.reading_rows
        self.updated = relisted.updated
        if is_wanted(self._values):
            everyone = list(old.values()), list(new.values())
            self._sitemap = Aside(lambda: relisted.sitemap(*everyone, mapped))

    def _ask(self, name: str, attribute: str) -> Any:
        """Tell what Pelican's feeds want of an article that did not change."""
        if attribute == "discussion":
            return self._discussion(thing_of(name))
        text = self._redrawer.things.value(thing_of(name), attribute)[1]
        if not isinstance(text, str):
            raise UnlistedError(f"the {attribute} of {name} was not kept")
        return text


class _Target(NamedTuple):
    """What a link leads to."""

    url: str
