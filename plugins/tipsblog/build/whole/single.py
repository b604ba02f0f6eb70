"""One article read by Pelican, with all that the settings and this plugin do to it."""

from __future__ import annotations

import os
from collections.abc import Callable, Container, Mapping
from typing import Any, NamedTuple

import pelican
from pelican.contents import Article
from pelican.readers import MarkdownReader, Readers
from pelican.utils import DateFormatter, SafeDatetime

from ..changes import compiled
from ..markdown.source import UnreadError, alone, mark_of
from ..record.bodies import Kept, head_of, thing_of
from ..record.listed import links_of
from ..record.replay import Moment
from . import shortcuts
from .writing import attaches


class Source(NamedTuple):
    """An article as it stands in the file `path`, whose content is `data`. name: see
    `bodies.File`. mark: of its header. links: see
    `listed.links_of`.
    """

    path: str
    name: str
    data: bytes
    article: Any
    mark: bytes
    links: list[str]

    @property
    def thing(self) -> str:
        return thing_of(self.name)

    def kept(self, digest: bytes) -> Kept:
        """Return what is to be left of the file."""
        return Kept(
            digest=digest,
            head=head_of(self.data),
            mark=self.mark,
            key=getattr(self.article, "checklists_key", ""),
            summed="summary" in self.article.metadata,
            static=sorted(self.article.get_static_links()),
        )


class Targets:
    """Stands in for the contents, or the static files, by their paths."""

    def __init__(self, target_of: Callable[[str], Any]) -> None:
        self._target_of = target_of

    def get(self, path: str, default: Any = None) -> Any:
        return self._target_of(path)


class Reading:
    """Pelican, as far as it takes to read an article."""

    def __init__(self, settings: str, output: str) -> None:
        """settings: path of the settings file. output: as given, or ""."""
        override = {"OUTPUT_PATH": os.path.abspath(output)} if output else {}
        compiled.forget_doubtful(os.path.dirname(os.path.abspath(settings)))
        values = pelican.read_settings(settings, override=override)
        pelican.Pelican(values)  # has plugins look at the settings
        self.settings: Any = values
        self._say = DateFormatter()

    def read(self, path: str, context: Mapping[str, Any], inputs: Container[str] = ()) -> Source:
        """Read the file at `path`. Raises `UnreadError`.

        context: what `Content` asks for links. inputs: files that are known to be
        inputs of the site.
        """
        root = os.path.abspath(self.settings["PATH"])
        name = os.path.relpath(path, root).replace(os.sep, "/")
        readers = Readers(self.settings)
        reader = readers.readers.get(os.path.splitext(path)[1][1:])
        if type(reader) is not MarkdownReader:
            raise UnreadError(f"{path} is no Markdown")
        said: list[tuple[str, Any]] = []
        process, plain = reader.process_metadata, reader.read

        def heard(field: str, value: Any) -> Any:
            said.append((field, value))
            return process(field, value)

        def read(source: str) -> Any:
            said.clear()  # of what the file's name says
            with alone(path, inputs):
                return plain(source)

        reader.process_metadata, reader.read = heard, read
        with open(path, "rb") as file:
            data = file.read()
        with shortcuts.quick_markdown():
            article = readers.read_file(root, name, content_class=Article, context=context)
        if not isinstance(article, Article) or not article.is_valid():
            raise UnreadError(f"{path} is no article")
        if article.status != "published":
            raise UnreadError(f"{path} is {article.status}")
        if hasattr(article, "override_url") or hasattr(article, "override_save_as"):
            raise UnreadError(f"{path} has an address of its own")
        if attaches(iter([article])):
            raise UnreadError(f"{path} attaches a file")
        links = links_of({name: article}).get(name, [])
        return Source(path, name, data, article, mark_of(said), links)

    def say(self, date: Any, form: str) -> str:
        """Say a date as templates have it said; `date` may stand in for one of Pelican's."""
        if isinstance(date, Moment):
            date = SafeDatetime.combine(date.date(), date.timetz())
        return str(self._say(date, form))
