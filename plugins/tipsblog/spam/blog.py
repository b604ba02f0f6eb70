"""A blog's comments judged, sparing the work that was done the last time.

The edge of the filter: reads the owner's lists, keeps verdicts in the blog's
`.tipsblog` folder. Where nothing changed, nothing else of the filter is even
imported. What is kept is only ever a copy: without it all is judged again.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..comments.model import Comment
from ..errors import SettingError
from ..settings import PREFIX, Settings
from . import marks
from .keep import Keep
from .model import Article, Outcome, Reason, Verdict
from .pile import Articles, Pile

if TYPE_CHECKING:
    from .policy import Policy

Key = tuple[str, str]
#: Raised when what is kept changes its shape.
_FORMAT = 5


class Judged(Mapping[Key, Verdict]):
    """Verdicts by (article, id).

    mark: what tells these comments, articles, settings and lists from any
    other. Whoever keeps it can ask `judge_new` later.
    """

    def __init__(self, rows: Mapping[Key, tuple[Outcome, float, str]], mark: str) -> None:
        self.mark = mark
        self._rows = rows

    def __getitem__(self, key: Key) -> Verdict:
        outcome, score, why = self._rows[key]
        reasons = tuple(Reason(*reason) for reason in json.loads(why)) if why else ()
        return Verdict(outcome, score, reasons)

    def __iter__(self) -> Iterator[Key]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)


def judge_blog(
    comments: Iterable[Comment],
    articles: Mapping[str, Article],
    settings: Settings,
    *,
    root: Path,
    state: Path,
    name: str,
    own: Sequence[str] = (),
    reasons: bool = True,
    processes: int = 1,
) -> Judged:
    """Return a verdict on every comment, as `judge.judge_all` does.

    root: where the lists named in `settings` are looked for. state: the folder
    of what is kept. name: of the caller; who sees the articles' texts in another
    way keeps another copy. own: the blog's own addresses, as far as they are known.
    reasons: whether the verdicts say why. processes: of a large blog, that may work
    on its comments; they are forked, so that no other thread may run.

    Raises `SettingError` for a list that cannot be read.
    """
    with ExitStack() as stack:
        if processes > 1:
            ordered = stack.enter_context(closing(Pile.apart(comments)))
            articles = stack.enter_context(closing(Articles(articles)))
        else:
            ordered = Pile(comments)
        lists = _lists(root, settings)
        context = _context(settings, lists, reasons=reasons)
        about, linked = _about(ordered.places, articles)
        now = marks.Marks(context, own=tuple(own)).grown(ordered, ordered.said, about.values())
        keep = stack.enter_context(closing(Keep(_file(state, name))))
        if keep.head.get("mark") == str(now):
            with suppress(sqlite3.Error, ValueError):
                return _judged(ordered.places, keep.verdicts(), str(now))
            keep.forget()

        from . import update  # only who has something to judge waits for it

        blog = update.Blog(ordered, ordered.said, about, {*own, *linked}, now, articles)
        found = update.judge(keep, blog, update.How(_policy(settings, lists), reasons, processes))
        return _judged(ordered.places, found, str(now))


def judge_new(
    new: Iterable[Comment],
    articles: Mapping[str, Article],
    settings: Settings,
    *,
    root: Path,
    state: Path,
    name: str,
    mark: str,
    reasons: bool = False,
) -> Judged | None:
    """Return verdicts on comments that came after all others, without looking
    at the others; None where that cannot be told, and `judge_blog` must.

    mark: of the `Judged` that this caller got last, from `judge_blog` or from
    here, with the same `name` and `reasons`. By handing it in, the caller says
    that since then nothing but `new` has come: no comment was added, edited,
    decided on or removed, and no article with comments was changed. (Whoever
    knows that of the files that it was made from knows it.) Settings, lists,
    the filter itself and the articles of the new comments are looked at here.
    Of `articles` only those are asked for.

    None: what is kept is not what `mark` tells of; a comment of `new` is not
    later than all that are kept, or teaches the filter something (somebody
    decided on it); settings, lists, the filter or an article of theirs changed.

    The verdicts are those that `judge_blog` would give on all comments, and what
    is kept is then what it would keep: it finds nothing to do. The mark of the
    answer tells of all comments, so that one call can follow the other. Where
    the folder cannot be written the mark stays the old one.

    Raises `SettingError` for a list that cannot be read.
    """
    ordered = Pile(new)
    lists = _lists(root, settings)
    context = _context(settings, lists, reasons=reasons)
    with closing(Keep(_file(state, name))) as keep:
        if not mark or keep.head.get("mark") != mark or keep.head["context"] != context:
            return None
        try:
            known = marks.Marks.restored(keep.head)
            before = keep.about({comment.article for comment in ordered})
            about, linked = _about(ordered.places, articles)
            if (
                not ordered
                or marks.moment(ordered[0]) <= known.last
                or any(about[key] != one for key, one in before.items())
            ):
                return None

            from . import update

            fresh = [one for key, one in about.items() if key not in before]
            now = known.grown(ordered, ordered.said, fresh)
            blog = update.Blog(
                ordered,
                ordered.said,
                about,
                {*known.own, *linked},
                now,
                articles,
                keep.head["count"],
            )
            found = update.add(keep, blog, update.How(_policy(settings, lists), reasons))
        except (sqlite3.Error, ValueError):
            return None
    if found is None:
        return None
    return _judged(ordered.places, found, str(now))


def judge_again(
    thread: Sequence[Comment],
    before: Article,
    now: Article,
    settings: Settings,
    *,
    root: Path,
    state: Path,
    name: str,
    mark: str,
    reasons: bool = False,
) -> Judged | None:
    """Return the verdicts that are other ones because an article says something
    else, without looking at the comments of any other; None where that cannot
    be told, and `judge_blog` must.

    thread: all comments of the article. before, now: the article. The rest is as
    for `judge_new`; here the caller says that nothing but this article changed.

    None: what is kept is not what `mark` tells of; the article no longer links
    to a site, or to one that spam names; what it says makes a comment look like
    spam, or no longer; a comment teaches the filter something else.

    Raises `SettingError` for a list that cannot be read.
    """
    ordered = Pile(thread)
    lists = _lists(root, settings)
    context = _context(settings, lists, reasons=reasons)
    key = now.key
    with closing(Keep(_file(state, name))) as keep:
        if not mark or keep.head.get("mark") != mark or keep.head["context"] != context:
            return None
        try:
            about = marks.about(key, before)
            if keep.about({key}) != {key: about}:
                return None
            grown = marks.Marks.restored(keep.head).reworded(about, marks.about(key, now))

            from . import update

            how = update.How(_policy(settings, lists), reasons)
            found = update.reword(keep, ordered, before, now, grown, how)
        except (sqlite3.Error, ValueError):
            return None
    if found is None:
        return None
    places = [(one.article, one.id) for one, _ in found]
    return _judged(places, [said for _, said in found], str(grown))


def forget_kept(state: Path) -> None:
    """Take away what is kept in `state`, for whoever is there: it holds words of
    comments.
    """
    for path in state.glob("spam-*"):
        path.unlink(missing_ok=True)


def policy_of(settings: Settings, root: Path) -> Policy:
    """Return what the settings ask of the filter; lists are read below `root`."""
    return _policy(settings, _lists(root, settings))


def _about(
    places: Iterable[Key], articles: Mapping[str, Article]
) -> tuple[dict[str, bytes], set[str]]:
    """Return digests of the articles of comments, and the sites they link to."""
    about: dict[str, bytes] = {}
    linked: set[str] = set()
    for key in {key: None for key, _ in places}:
        article = articles.get(key)
        about[key] = marks.about(key, article)
        linked |= marks.linked(article)
    return about, linked


def _judged(places: Sequence[Key], found: Iterable[Any], mark: str) -> Judged:
    """Put verdicts, in order of the comments, to their places."""
    outcomes = {outcome.value: outcome for outcome in Outcome}
    rows: dict[Key, tuple[Outcome, float, str]] = {}
    for place, (_, outcome, score, why) in zip(places, found, strict=True):
        rows[place] = (
            outcomes.get(outcome) or Outcome(outcome),
            score,
            why,
        )
    return Judged(rows, mark)


def _file(state: Path, name: str) -> Path:
    return state / f"spam-{name}.sqlite"


def _policy(settings: Settings, texts: Mapping[str, str]) -> Policy:
    from .lists import Lists, Matcher, parse
    from .policy import Policy

    lists = Lists(
        Matcher(parse(texts["spam_held_list"])), Matcher(parse(texts["spam_friends_list"]))
    )
    return Policy(settings.spam_hold_genuine, settings.spam_lose_genuine, lists)


def _lists(root: Path, settings: Settings) -> dict[str, str]:
    return {
        setting: _list(root, setting, getattr(settings, setting))
        for setting in ("spam_held_list", "spam_friends_list")
    }


def _list(root: Path, setting: str, name: str) -> str:
    if not name:
        return ""
    try:
        return (root / name).read_bytes().decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingError(
            f"{PREFIX}{setting.upper()}: the list {name!r} cannot be read: {error}",
            way_out="name a text file with one term a line, relative to the settings file",
        ) from error


def _context(settings: Settings, lists: Mapping[str, str], *, reasons: bool) -> str:
    """Return a digest of everything but comments and articles that verdicts hang on."""
    careful = (_FORMAT, reasons, settings.spam_hold_genuine, settings.spam_lose_genuine)
    return marks.digest_of(repr(careful), *lists.values(), _code()).hex()


def _code() -> str:
    """Return what changes with the filter itself: an edited rule is seen at once."""
    here = Path(__file__).parent
    files = sorted([*here.iterdir(), *(here / "finding").iterdir()])
    stats = ((file.name, file.stat()) for file in files if file.is_file())
    return repr([(name, stat.st_size, stat.st_mtime_ns) for name, stat in stats])
