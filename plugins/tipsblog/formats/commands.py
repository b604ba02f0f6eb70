"""`tipsblog import`, `tipsblog export` and `tipsblog redirects`."""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlsplit

import click
from rich.console import Console
from rich.progress import Progress

from ..comments.desk import Judged, open_desk
from ..comments.model import Comment, Status
from ..comments.stores import open_store
from ..errors import TipsblogError
from ..options import settings_file
from ..project import DEFAULT_FILE, Project, load_project
from . import advice, blogger_out, directory, native, redirects, wxr_out
from .importing import Report, bring_in
from .leaving import leaving, resolved
from .memory import Memory
from .model import Blog, Grade
from .render import article_renderer, renderer
from .source import Export, load

_DUMPS = {
    "blogger": blogger_out.dump,
    "wordpress": wxr_out.dump,
    "disqus": wxr_out.dump_for_disqus,
}


@click.command(name="import")
@click.argument("file", type=click.Path(path_type=Path, exists=True))
@click.option(
    "--into",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("content"),
    show_default=True,
    help="The content folder.",
)
@click.option("--blog", default="", metavar="TITLE", help="Which blog of a Takeout with several.")
@click.option("--dry-run", is_flag=True, help="Only say what would be done.")
@click.option("--keep-html", is_flag=True, help="Make no Markdown of the articles' HTML.")
@click.option("--new-paths", is_flag=True, help="Leave the old addresses; see `redirects`.")
@click.option("--without-emails", is_flag=True, help="Drop the commenters' e-mail addresses.")
@click.option("--verbose", is_flag=True, help="List every picture on another host.")
@settings_file
def import_(
    file: Path,
    folder: Path,
    blog: str,
    dry_run: bool,
    keep_html: bool,
    new_paths: bool,
    without_emails: bool,
    verbose: bool,
    settings: str,
) -> None:
    """Bring another blog's articles, pages and comments into a content folder.

    FILE is a Blogger backup, a Takeout (zip, folder or feed.atom), a WordPress
    or Disqus export, or what `tipsblog export json` wrote.
    """
    render = None if keep_html else renderer(_values(settings), checklists=True)
    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task("Reading", total=None)
        export = load(file, blog=blog)
        coming = export.loaded.blog
        if without_emails:
            coming = replace(coming, comments=tuple(replace(c, email="") for c in coming.comments))
        if new_paths:
            coming = directory.with_new_paths(coming)
        total = len(coming.articles) + len(coming.comments)
        progress.update(task, description="Writing", total=total)
        report = bring_in(
            coming,
            Memory(folder, dry_run=dry_run),
            render=render,
            images=export.images,
            step=lambda: progress.advance(task),
        )
        progress.update(task, description="Asking the filter", total=None)
        doubts = list(advice.doubtful(coming))
    _tell(file, folder, export, coming, report, doubts, verbose=verbose)


def _values(settings: str) -> Mapping[str, Any]:
    """A blog's settings, or none where it has no settings file yet."""
    if settings == DEFAULT_FILE and not Path(settings).exists():
        return {}
    return load_project(settings).values


def _tell(
    file: Path,
    folder: Path,
    export: Export,
    blog: Blog,
    report: Report,
    doubts: Iterable[tuple[Comment, str]],
    *,
    verbose: bool,
) -> None:
    for note in export.loaded.notes:
        entry = f"{note.entry}: " if note.entry else ""
        click.echo(f"{file}: {entry}{note.text} [{note.grade}]")
    for path in report.kept:
        click.echo(f"{folder / path}: edited since it was imported; left as it is")
    for path in report.removed:
        click.echo(f"{folder / path}: taken away since it was imported; not brought back")
    for old, new in report.moved:
        click.echo(f"{folder}: {old} is another article's file; imported as {new}")
    for path in report.html:
        click.echo(f"{folder / path}: stays HTML; Markdown could not say most of it")
    for (what, name), count in sorted(report.nameless.items()):
        click.echo(
            f'{what} "{name}": no letter or digit to make an address of; '
            f"left out of {count} article{'s' if count > 1 else ''}"
        )
    for comment, why in doubts:
        click.echo(f"comment {comment.article}/{comment.id}: {why}")
    hosts = Counter(urlsplit(url).hostname for urls in report.pictures.values() for url in urls)
    if verbose:
        for path, urls in report.pictures.items():
            click.echo("".join(f"{folder / path}: picture {url}\n" for url in urls), nl=False)
    elif hosts:
        named = ", ".join(f"{host} ({count})" for host, count in hosts.most_common(3))
        click.echo(f"Pictures on other hosts: {hosts.total()}, {named}; --verbose lists them.")
    if report.unplaced:
        where = folder / "unplaced"
        click.echo(f"Comments that no article would show, kept in {where}: {report.unplaced}.")
    emails = sum(bool(comment.email) for comment in blog.comments)
    if emails:
        click.echo(
            f"Comments with an e-mail address in their file: {emails}; no page shows it, "
            "and --without-emails drops them. IP addresses were dropped."
        )
    for line in advice.remarks(blog):
        click.echo(f"Old settings: {line}.")
    lines = list(advice.settings(blog))
    if lines:
        click.echo("Suggested settings:\n  " + "\n  ".join(lines))
    statuses = Counter(comment.status or "left to the filter" for comment in blog.comments)
    kinds = Counter(
        f"{article.kind}s" if article.state == "published" else f"{article.kind} drafts"
        for article in blog.articles
    )
    left_out = sum(note.grade is Grade.LEFT_OUT for note in export.loaded.notes)
    click.echo(f"{export.format}: {_counted(kinds)}; comments {_counted(statuses)}.")
    click.echo(
        f"Entries left out: {left_out}. Files: "
        + ", ".join(f"{count} {outcome}" for outcome, count in report.outcomes.items())
        + "."
    )


def _counted(counts: Counter[Any]) -> str:
    return ", ".join(f"{count} {name}" for name, count in sorted(counts.items())) or "0"


@click.command()
@click.argument("format", type=click.Choice([*_DUMPS, "json"]))
@click.option("--to", "target", default="-", metavar="FILE", help="Where to; - is the terminal.")
@click.option(
    "--include",
    default="",
    metavar="held,spam,deleted",
    help="Comments to add to the published ones, where the format has a status for them.",
)
@click.option("--without-emails", is_flag=True, help="Drop the commenters' e-mail addresses.")
@settings_file
def export(format: str, target: str, include: str, without_emails: bool, settings: str) -> None:
    """Write the whole blog in another platform's format.

    Only published comments leave: those that a person or the filter let
    through. `json` is lossless.
    """
    project = load_project(settings)
    stored, comments = _leaving(project, _statuses(include), resolve=format in _DUMPS)
    if without_emails:
        comments = (replace(comment, email="") for comment in comments)
    folder = directory.read(project.content, project.values, comments)
    for error in (*folder.errors, *stored.errors):
        click.echo(f"left out: {error}", err=True)
    blog = folder.blog
    if format in _DUMPS and not blog.url:
        click.echo("SITEURL is empty: the export has no addresses; -s publishconf.py?", err=True)
    with _Output(target) as file:
        if format == "json":
            native.dump(blog, file)
            left_out: list[str] = []
        else:
            left_out = _DUMPS[format](blog, file, article_renderer(folder, project.values))
    for line in left_out:
        click.echo(f"left out: {line}", err=True)
    click.echo(
        f"{len(blog.articles)} articles and pages, {len(blog.comments) - len(left_out)} of "
        f"{len(stored.comments)} comments.",
        err=True,
    )


def _leaving(
    project: Project, include: Collection[Status], *, resolve: bool
) -> tuple[Judged, Iterable[Comment]]:
    """Return the blog's comments and those of them that leave, judged as for its
    moderators; resolve: with a status each.
    """
    stored = open_desk(project, open_store(project), partial(datetime.now, UTC)).read()
    comments = leaving(stored.comments, stored.verdicts, include)
    return stored, resolved(comments, stored.verdicts) if resolve else comments


def _statuses(include: str) -> list[Status]:
    words = [word.strip() for word in include.split(",") if word.strip()]
    try:
        return [Status(word) for word in words]
    except ValueError as error:
        raise click.BadParameter(f"{error}; known are {', '.join(Status)}") from error


@click.command(name="redirects")
@click.option(
    "--into",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=None,
    help="Where to write the files.  [default: extra/ in the content folder]",
)
@settings_file
def redirects_(folder: Path | None, settings: str) -> None:
    """Write redirect files for the addresses of the old blog.

    `_redirects` for Netlify and Cloudflare, `redirects.nginx` and
    `redirects.htaccess` for Apache.
    """
    project = load_project(settings)
    site = directory.read(project.content, project.values)
    rules = redirects.rules(site.blog, project.values)
    folder = folder or project.content / "extra"
    for name, text in redirects.files(rules).items():
        with _Output(str(folder / name)) as file:
            file.write(text)
    click.echo(f"{len(rules)} redirects in {folder}.")


class _Output:
    """A file that appears whole or not at all, or the terminal."""

    def __init__(self, target: str) -> None:
        self.path = None if target == "-" else Path(target)

    def __enter__(self) -> IO[str]:
        if self.path is None:
            return sys.stdout
        self.new = self.path.with_name(f".{self.path.name}.new")
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self.file: IO[str] = self.new.open("w", encoding="utf-8")
        except OSError as error:
            raise TipsblogError(f"cannot be written: {error.strerror}", path=self.path) from error
        return self.file

    def __exit__(self, kind: object, *_: object) -> None:
        if self.path is None:
            return
        self.file.close()
        if kind is None:
            os.replace(self.new, self.path)  # noqa: PTH105
        else:
            self.new.unlink()
