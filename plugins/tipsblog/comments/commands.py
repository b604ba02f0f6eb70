"""`tipsblog comments ...`: see what stands under the articles, and decide."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from contextlib import ExitStack, closing
from datetime import UTC, datetime
from typing import Any, TypeVar

import click
from rich.console import Console

from ..build.changes.state import Store as BuildStore
from ..errors import TipsblogError
from ..notify.model import as_json
from ..notify.rights import find
from ..notify.stores import open_followers
from ..notify.tables import copy as copy_tables
from ..options import settings_file
from ..project import load_project
from ..spam.asking import forget_kept
from . import listing
from .desk import Desk, Judged, open_desk
from .document import parse, unparse
from .lists import open_lists
from .model import Status
from .moderation import Decision, Selection, decide
from .overview import FILE, Overview
from .store import copy
from .stores import open_store

_Command = TypeVar("_Command", bound=Callable[..., Any])


@click.group()
@settings_file
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
    blog = _choose(settings, _desk(settings), _selection(**selection))
    if as_json:
        found = [listing.as_json(c, blog.verdicts.get((c.article, c.id))) for c in blog.comments]
        _print_json(found)
    else:
        _console().print(listing.table(blog.comments, blog.verdicts))


@comments.command()
@click.argument("name", metavar="ID|ARTICLE/ID")
@click.option("--json", "as_json", is_flag=True, help="One JSON object, for other programs.")
@click.pass_obj
def show(settings: str, name: str, as_json: bool) -> None:
    """Show one comment in full, with every reason of the filter."""
    blog = _choose(settings, _desk(settings), Selection(names=(name,)))
    (comment,) = blog.comments
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
        desk = _desk(settings)
        selected = _choose(settings, desk, chosen).comments
        if not dry_run:
            desk.decide(selected, decision)
        for comment in selected:
            word = decide(comment, decision).status or "left to the filter"
            same = decide(comment, decision) == comment
            click.echo(f"{comment.article}/{comment.id}: {word}{' already' if same else ''}")


_deciding(Decision.APPROVE, "Publish comments, whatever the filter says.")
_deciding(Decision.HOLD, "Keep comments back until somebody decides.")
_deciding(Decision.SPAM, "Bin comments, and let the filter learn from them.")
_deciding(Decision.DELETE, "Remove comments from the page; their files stay.")
_deciding(Decision.RESTORE, "Take decisions back: the filter judges again.")


@comments.command()
@click.argument("name", metavar="ID|ARTICLE/ID")
@click.argument("words", required=False)
@click.option("--author", metavar="NAME", help="Who answers; the blog's author by default.")
@click.pass_obj
def reply(settings: str, name: str, words: str | None, author: str | None) -> None:
    """Answer a comment as the blog's author; without WORDS, in the editor.

    A comment nobody has decided on is approved by it.
    """
    desk = _desk(settings)
    (comment,) = _choose(settings, desk, Selection(names=(name,))).comments
    if words is None:
        words = click.edit("") or ""
    author = author or str(load_project(settings).values.get("AUTHOR", ""))
    answer = desk.reply(comment, words, author)
    click.echo(f"{answer.article}/{answer.id}: published")


@comments.command()
@click.argument("name", metavar="ID|ARTICLE/ID")
@click.option("--body", metavar="TEXT", help="The new text, instead of the editor.")
@click.pass_obj
def edit(settings: str, name: str, body: str | None) -> None:
    """Edit a comment's file in the editor; a mistake is named, nothing is lost."""
    desk = _desk(settings)
    (comment,) = _choose(settings, desk, Selection(names=(name,))).comments
    text = unparse(comment)
    edited = comment
    while True:
        if body is not None:
            edited = dataclasses.replace(comment, body=body.strip())
            break
        text = click.edit(text, extension=".md") or text
        try:
            edited = parse(text, id=comment.id, article=comment.article, path=name)
            break
        except TipsblogError as error:
            click.echo(str(error), err=True)
            click.confirm("Edit again?", default=True, abort=True)
    changed = desk.edit(comment, edited)
    click.echo(f"{comment.article}/{comment.id}: {'changed' if changed else 'as it was'}")


@comments.command()
@click.pass_obj
def undo(settings: str) -> None:
    """Take the latest decision, reply or edit back; again for the one before."""
    what, back, left = _desk(settings).undo()
    click.echo(f"{what}: {back} taken back" + (f", {left} changed since and left" if left else ""))


@comments.command()
@click.option("--author", metavar="NAME", help="Whose comments.")
@click.option("--email", default="", metavar="ADDRESS", help="With this address.")
@click.option("--export", metavar="FILE", type=click.File("w"), help="Write them here first.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_obj
def forget(settings: str, author: str | None, email: str, export: Any, yes: bool) -> None:
    """Export and erase all comments of one author, for good, and their
    subscriptions to comments by mail.
    """
    if not (author or email):
        raise click.UsageError("say whose: --author, --email or both")
    desk = _desk(settings)
    project = load_project(settings)
    with ExitStack() as stack:
        if followers := open_followers(project):
            stack.enter_context(closing(followers))
        chosen, following = find(_read(desk).comments, followers, author=author, email=email)
        if export is not None:
            found = [listing.as_json(c, None) for c in chosen] + [as_json(f) for f in following]
            export.write(json.dumps(found, ensure_ascii=False, indent=2) + "\n")
        if (chosen or following) and not yes:
            what = f"{len(chosen)} comments and {len(following)} subscriptions of {author or email}"
            click.confirm(f"Erase {what}? There is no undo", abort=True)
        erased = desk.forget(chosen)
        if followers:
            followers.remove(following)
    forget_kept(project.state)
    Overview(project.state / FILE).forget()
    BuildStore(str(project.state.parent)).forget_contents()
    ended = f", {len(following)} subscriptions ended" if following else ""
    click.echo(f"{erased} erased{ended}")


@comments.command()
@selecting
@click.pass_obj
def review(settings: str, /, **selection: Any) -> None:
    """Decide one by one, with one key each; without a selection, on the held ones."""
    from .review import walk

    desk = _desk(settings)
    blog = _choose(settings, desk, _selection(**selection) or Selection(state=Status.HELD))
    author = str(load_project(settings).values.get("AUTHOR", ""))
    walk(desk, blog, _console(), author)


@comments.command("copy")
@click.argument("source", metavar="FROM")
@click.argument("target", metavar="TO")
@click.pass_obj
def copy_(settings: str, source: str, target: str) -> None:
    """Make TO hold exactly the comments of FROM.

    Each is `files` or the address of a database, `postgresql://...`.
    """
    project = load_project(settings)
    with (
        closing(open_store(project, source)) as here,
        closing(open_store(project, target)) as there,
    ):
        written, gone = copy(here, there)
        if (followers := open_followers(project, source)) is not None:
            followed = open_followers(project, target, make=True)
            with closing(followers):
                if followed is not None:
                    with closing(followed):
                        copy_tables(followers.database, followed.database)
    click.echo(f"{written} written, {gone} taken away")


def _selection(*, state: str | None, **given: Any) -> Selection:
    return Selection(state=Status(state) if state else None, **given)


def _desk(settings: str) -> Desk:
    project = load_project(settings)
    return open_desk(project, open_store(project), lambda: datetime.now(UTC))


def _choose(settings: str, desk: Desk, selection: Selection) -> Judged:
    chosen = open_lists(load_project(settings), desk).choose(selection)
    for error in chosen.errors:
        click.echo(f"left out: {error}", err=True)
    return chosen.blog


def _read(desk: Desk) -> Judged:
    blog = desk.read()
    for error in blog.errors:
        click.echo(f"left out: {error}", err=True)
    return blog


def _console() -> Console:
    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = 160  # a pipe has no width of its own; 80 columns fold ids
    return console


def _print_json(value: Any) -> None:
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))
