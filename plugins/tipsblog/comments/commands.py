"""`tipsblog comments ...`: see what stands under the articles, and decide."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import click
from rich.console import Console

from ..articles import read_articles
from ..project import DEFAULT_FILE, load_project
from ..spam.blog import judge_blog
from . import listing
from .model import Comment, Status
from .moderation import Decision, Selection, Verdicts, decide, select
from .store import FileStore

_Command = TypeVar("_Command", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Judged:
    """A blog's comments, where they are kept, and what the filter says of each."""

    store: FileStore
    comments: tuple[Comment, ...]
    verdicts: Verdicts


@click.group()
@click.option(
    "-s",
    "--settings",
    default=DEFAULT_FILE,
    metavar="FILE",
    help="The blog's settings file.",
    show_default=True,
)
@click.pass_context
def comments(ctx: click.Context, settings: str) -> None:
    """See the comments and decide what becomes of them."""
    ctx.obj = settings


def selecting(command: _Command) -> _Command:
    """Give `command` the ways to say which comments are meant, as `selection`."""
    for decorator in reversed(
        (
            click.argument("names", nargs=-1, metavar="[ID|ARTICLE/ID]..."),
            click.option("--author", metavar="NAME", help='Whose; "Anonymous" for no name.'),
            click.option("--article", metavar="KEY", help="Under which article."),
            click.option("--state", type=click.Choice([s.value for s in Status]), help="In which."),
            click.option("--query", default="", metavar="WORDS", help="Saying all these words."),
        )
    ):
        command = decorator(command)
    return command


@comments.command("list")
@selecting
@click.option("--json", "as_json", is_flag=True, help="One JSON array, for other programs.")
@click.pass_obj
def list_(settings: str, /, as_json: bool, **selection: Any) -> None:
    """List comments: state, verdict and the first reasons."""
    blog = _judged(settings)
    chosen = select(blog.comments, _selection(**selection), blog.verdicts)
    if as_json:
        _print_json([listing.as_json(c, blog.verdicts.get((c.article, c.id))) for c in chosen])
    else:
        _console().print(listing.table(chosen, blog.verdicts))


@comments.command()
@click.argument("name", metavar="ID|ARTICLE/ID")
@click.option("--json", "as_json", is_flag=True, help="One JSON object, for other programs.")
@click.pass_obj
def show(settings: str, name: str, as_json: bool) -> None:
    """Show one comment in full, with every reason of the filter."""
    blog = _judged(settings)
    (comment,) = select(blog.comments, Selection(names=(name,)), blog.verdicts)
    verdict = blog.verdicts.get((comment.article, comment.id))
    if as_json:
        _print_json(listing.as_json(comment, verdict))
    else:
        _console().print(listing.full(comment, verdict))


def _deciding(decision: Decision, meaning: str) -> None:
    @comments.command(str(decision), help=meaning)
    @selecting
    @click.option("--dry-run", is_flag=True, help="Only say what would be decided.")
    @click.pass_obj
    def command(settings: str, /, dry_run: bool, **selection: Any) -> None:
        chosen = _selection(**selection)
        if not chosen:
            raise click.UsageError("say which comments: their ids, or --author, --query, ...")
        blog = _judged(settings)
        for comment in select(blog.comments, chosen, blog.verdicts):
            decided = decide(comment, decision)
            changed = decided != comment if dry_run else blog.store.put(decided)
            word = decided.status or "left to the filter"
            click.echo(f"{comment.article}/{comment.id}: {word}{'' if changed else ' already'}")


_deciding(Decision.APPROVE, "Publish comments, whatever the filter says.")
_deciding(Decision.HOLD, "Keep comments back until somebody decides.")
_deciding(Decision.SPAM, "Bin comments, and let the filter learn from them.")
_deciding(Decision.DELETE, "Remove comments from the page; their files stay.")
_deciding(Decision.RESTORE, "Take decisions back: the filter judges again.")


def _selection(*, state: str | None, **given: Any) -> Selection:
    return Selection(state=Status(state) if state else None, **given)


def _judged(settings: str) -> Judged:
    project = load_project(settings)
    store = FileStore(project.comments)
    loaded = store.load()
    for error in loaded.errors:
        click.echo(f"left out: {error}", err=True)
    articles = read_articles(project.content, project.values)
    verdicts = judge_blog(
        loaded.comments,
        articles,
        project.settings,
        root=project.root,
        state=project.state,
        name="command",
    )
    return Judged(store, loaded.comments, verdicts)


def _console() -> Console:
    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = 160  # a pipe has no width of its own; 80 columns fold ids
    return console


def _print_json(value: Any) -> None:
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))
