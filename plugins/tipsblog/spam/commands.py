"""`tipsblog spam ...`: why the filter says what it says, and how good it is."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from ..articles import read_articles
from ..comments.model import Comment, Status
from ..comments.store import FileStore
from ..errors import TipsblogError, did_you_mean
from ..options import settings_file
from ..project import load_project
from . import evaluate as evaluation
from . import fit as fitting
from .asking import policy_of
from .evaluate import Row
from .judge import judge_all
from .labelled import load
from .model import Article, Outcome
from .policy import Policy
from .report import report as report_on

_PROTOCOLS = {
    "cold": evaluation.cold,
    "decisions": evaluation.decisions,
    "video": evaluation.video,
}
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@dataclass(frozen=True, slots=True)
class _Blog:
    comments: tuple[Comment, ...]
    articles: dict[str, Article]
    policy: Policy
    own: tuple[str, ...]


@click.group()
@settings_file
@click.pass_context
def spam(ctx: click.Context, settings: str) -> None:
    """Ask the spam filter why, and how good it is."""
    ctx.obj = settings


@spam.command()
@click.argument("name", metavar="ID|ARTICLE/ID")
@click.option("--json", "as_json", is_flag=True, help="One JSON object, for other programs.")
@click.pass_obj
def explain(settings: str, name: str, as_json: bool) -> None:
    """Say why a comment is taken for what it is taken for."""
    blog = _blog(settings)
    comment = _find(blog.comments, name)
    verdict = judge_all(blog.comments, blog.articles, blog.policy, own=blog.own)[
        comment.article, comment.id
    ]
    if as_json:
        data = {
            "article": comment.article,
            "id": comment.id,
            "outcome": verdict.outcome,
            "score": verdict.score,
            "reasons": [
                {"feature": r.feature, "weight": r.weight, "sentence": r.sentence}
                for r in verdict.reasons
            ],
        }
        click.echo(json.dumps(data, ensure_ascii=False, indent=2))
        return
    console = _console()
    author = escape(comment.author or "Anonymous")
    console.print(f"[bold]{author}[/] under {comment.article}, {comment.published:%Y-%m-%d %H:%M}")
    console.print(
        f"{_WORDS[verdict.outcome]}: {verdict.score:.1%} likely to be spam"
        + (f"; you decided: {comment.status}" if comment.status else "")
    )
    for reason in verdict.reasons:
        mark = "[red]spam[/]" if reason.weight > 0 else "[green]ham [/]"
        console.print(f"  {mark} {abs(reason.weight):5.2f}  {escape(reason.sentence)}")


_WORDS = {
    Outcome.HAM: "published",
    Outcome.UNSURE: "held for you",
    Outcome.SPAM: "spam",
}


@spam.command()
@click.pass_obj
def report(settings: str) -> None:
    """Show how the filter would have done on each decision before it was made."""
    blog = _blog(settings)
    found = report_on(blog.comments, blog.articles, blog.policy, blog.own)
    console = _console()
    if not found.counts:
        console.print("Nothing has been decided yet.")
        return
    table = Table("you decided", *(_WORDS[outcome] for outcome in Outcome))
    for status in (Status.PUBLISHED, Status.SPAM):
        table.add_row(status, *(str(found.counts.get((status, o), 0)) for o in Outcome))
    console.print(table)
    for miss in found.misses:
        where = f"{miss.comment.article}/{miss.comment.id}"
        why = miss.verdict.reasons[0].sentence if miss.verdict.reasons else "nothing found"
        console.print(
            f"{where}: you decided {miss.comment.status}, the filter "
            f"{_WORDS[miss.verdict.outcome]} ({miss.verdict.score:.1%}): {escape(why)}"
        )


@spam.command()
@click.argument("labelled", type=_FILE)
@click.option("--posts", type=_FILE, help="The articles they stand under, as JSON lines.")
@click.option(
    "--protocol",
    type=click.Choice(list(_PROTOCOLS)),
    default="cold",
    show_default=True,
    help="Before any decision, after some, or each post a site of its own.",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a row.")
def evaluate(labelled: Path, posts: Path | None, protocol: str, as_json: bool) -> None:
    """Measure the filter on labelled comments (JSON lines, gzipped or not)."""
    rows = _PROTOCOLS[protocol](load(labelled, posts))
    if as_json:
        for row in rows:
            click.echo(json.dumps(row.as_dict()))
    else:
        _console().print(_table(rows))


@spam.command()
@click.argument("labelled", type=_FILE)
@click.option("--posts", type=_FILE, help="The articles they stand under, as JSON lines.")
@click.option("--without", multiple=True, metavar="SITE", help="A site to leave out.")
@click.option(
    "-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="Where to write them."
)
def fit(labelled: Path, posts: Path | None, without: tuple[str, ...], output: Path | None) -> None:
    """Fit the weights of the evidence afresh, on labelled comments."""
    sites = [site for site in load(labelled, posts) if site.name not in without]
    try:
        text = fitting.fit(list(fitting.examples(sites))).as_json()
    except ValueError as error:
        raise TipsblogError(str(error), path=labelled) from error
    if output is None:
        click.echo(text, nl=False)
    else:
        output.write_text(text, "utf-8")


def _table(rows: Iterable[Row]) -> Table:
    table = Table(
        "site",
        "decided",
        "spam",
        "ham",
        "AUC",
        "recall at 1 %",
        "at 0.1 %",
        "ham published",
        "spam published",
        "held",
        "a second",
    )
    for row in rows:
        table.add_row(*_cells(row))
    return table


def _cells(row: Row) -> list[str]:
    def share(value: float | None) -> str:
        return "" if value is None else f"{value:.1%}"

    return [
        row.site,
        "" if row.decisions is None else str(row.decisions),
        str(row.spam),
        str(row.ham),
        "" if row.auc is None else f"{row.auc:.4f}",
        share(row.recall_at_1),
        share(row.recall_at_01),
        share(row.ham_published),
        share(row.spam_published),
        share(row.held),
        str(row.per_second or ""),
    ]


def _blog(settings: str) -> _Blog:
    project = load_project(settings)
    loaded = FileStore(project.comments).load()
    for error in loaded.errors:
        click.echo(f"left out: {error}", err=True)
    return _Blog(
        loaded.comments,
        read_articles(project.content, project.values),
        policy_of(project.settings, project.root),
        project.addresses,
    )


def _find(comments: tuple[Comment, ...], name: str) -> Comment:
    found = [c for c in comments if name in (c.id, f"{c.article}/{c.id}")]
    if len(found) == 1:
        return found[0]
    if found:
        raise TipsblogError(
            f'"{name}" is the id of {len(found)} comments',
            way_out="name one: " + ", ".join(f"{c.article}/{c.id}" for c in found),
        )
    raise TipsblogError(
        f'no comment "{name}"',
        way_out=did_you_mean(name, [c.id for c in comments])
        or "`tipsblog comments list` shows all",
    )


def _console() -> Console:
    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = 160  # a pipe has no width of its own
    return console
