"""A blog's comments judged, sparing the work that was done the last time.

The edge of the filter: reads the owner's lists, keeps verdicts in the blog's
`.tipsblog` folder. Where nothing changed, nothing else of the filter is even
imported. What is kept is only ever a copy: without it all is judged again.
"""

from __future__ import annotations

import contextlib
import hashlib
import itertools
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from ..comments.model import Comment
from ..errors import SettingError
from ..settings import PREFIX, Settings
from .model import Article, Outcome, Reason, Verdict

if TYPE_CHECKING:
    from .judge import Memory
    from .policy import Policy
    from .survey import Surveyed

Key = tuple[str, str]
#: Raised when what is kept changes its shape.
_FORMAT = 4


def judge_blog(
    comments: Iterable[Comment],
    articles: Mapping[str, Article],
    settings: Settings,
    *,
    root: Path,
    state: Path,
    name: str,
    reasons: bool = True,
) -> Mapping[Key, Verdict]:
    """Return a verdict on every comment, as `judge.judge_all` does.

    root: where the lists named in `settings` are looked for. state: the folder
    of what is kept. name: of the caller; who sees the articles' texts in another
    way keeps another copy. reasons: whether the verdicts say why.

    Raises `SettingError` for a list that cannot be read.
    """
    ordered = sorted(comments, key=lambda c: (c.published.timestamp(), c.article, c.id))
    if not ordered:
        return {}
    lists = {
        setting: _list(root, setting, getattr(settings, setting))
        for setting in ("spam_held_list", "spam_friends_list")
    }
    kept_verdicts, kept_memory = (state / f"spam-{name}{end}.json" for end in ("", "-memory"))
    head, rows = _load_rows(kept_verdicts)
    run, run_then = _digests(ordered, settings, lists, len(rows))
    subjects = {key: _of_article(key, articles) for key in {c.article: None for c in ordered}}
    if head.run == run and head.subjects == subjects:
        return _Kept(rows) if reasons else _brief(rows)

    from . import judge  # only who has something to judge waits for it

    policy = _policy(settings, lists)
    old, new = ordered[: len(rows)], ordered[len(rows) :]
    changed = {key for key, known in head.subjects.items() if subjects.get(key) != known}
    memory: judge.Memory | None = None
    again: list[Surveyed] | None = None
    if head.run == run_then and not any(judge.is_lesson(comment) for comment in new):
        again = _survey_again(old, changed, articles, rows)
        if again or new:
            memory = _memory(kept_memory, head.memory, articles)
    if again is None or (memory is None and (again or new)):
        verdicts, memory = judge.judge_remembering(ordered, articles, policy)
        rows = {}
    elif memory is None:
        verdicts = iter(())
    else:
        verdicts = itertools.chain(
            judge.judge_again(again, old, policy, memory.learned),
            judge.judge_more(new, old, articles, policy, memory),
        )
    whole = new or not rows
    for surveyed, one in verdicts:
        why = [(reason.feature, reason.weight, reason.sentence) for reason in one.reasons]
        row = ([one.outcome, one.score], why, surveyed.state())
        rows[_place(surveyed.comment)] = "\t".join(map(_json, row))
    with contextlib.suppress(OSError):  # a folder that cannot be written costs only time
        state.mkdir(parents=True, exist_ok=True)
        mark = head.memory
        if whole and memory is not None:
            mark = _digest(f"{run}{_json(subjects)}")
            _save(kept_memory, [_json({"run": mark, **memory.state()})])
        _save_rows(kept_verdicts, _Head(run, mark, subjects), rows)
    return _Kept(rows) if reasons else _brief(rows)


def _survey_again(
    comments: Sequence[Comment],
    changed: Set[str],
    articles: Mapping[str, Article],
    rows: Mapping[str, str],
) -> list[Surveyed] | None:
    """Return those comments that `changed` articles tell something else about;
    None where more than the verdicts on these hangs on it.
    """
    from .judge import is_lesson
    from .survey import survey_again

    threads: dict[str, list[Comment]] = {key: [] for key in sorted(changed)}
    for comment in comments:
        if comment.article in threads:
            threads[comment.article].append(comment)
    again: list[Surveyed] = []
    for key, thread in threads.items():
        states = [json.loads(rows[_place(one)].split("\t")[2]) for one in thread]
        found = survey_again(thread, articles.get(key) or Article(key), states)
        if found is None or any(is_lesson(one.comment) for one in found):
            return None
        again += found
    return again


def _memory(path: Path, mark: str, articles: Mapping[str, Article]) -> Memory | None:
    from .judge import Memory

    kept = _load(path)
    return Memory.restored(articles, kept) if kept.get("run") == mark else None


def _place(comment: Comment) -> str:
    return f"{comment.article}/{comment.id}"


def forget_kept(state: Path) -> None:
    """Take away what is kept in `state`, for whoever is there: it holds words of
    comments.
    """
    for path in state.glob("spam-*.json"):
        path.unlink(missing_ok=True)


class _Head(NamedTuple):
    """What verdicts were kept of.

    run: a digest of the comments and of how they were judged. memory: which
    memory belongs to them. subjects: a digest of each article.
    """

    run: str = ""
    memory: str = ""
    subjects: Mapping[str, str] = MappingProxyType({})


def _brief(rows: Mapping[str, str]) -> dict[Key, Verdict]:
    """Return the verdicts without reasons; equal ones are the same."""
    same: dict[str, Verdict] = {}
    verdicts: dict[Key, Verdict] = {}
    for name, row in rows.items():
        article, _, id = name.partition("/")
        text = row.partition("\t")[0]
        if text not in same:
            outcome, score = json.loads(text)
            same[text] = Verdict(Outcome(outcome), score, ())
        verdicts[article, id] = same[text]
    return verdicts


class _Kept(Mapping[Key, Verdict]):
    """Verdicts as they were kept, in JSON, read when they are asked for."""

    def __init__(self, rows: Mapping[str, str]) -> None:
        self._rows = rows

    def __getitem__(self, key: Key) -> Verdict:
        verdict, why, _ = self._rows[f"{key[0]}/{key[1]}"].split("\t")
        outcome, score = json.loads(verdict)
        reasons = tuple(Reason(*reason) for reason in json.loads(why))
        return Verdict(Outcome(outcome), score, reasons)

    def __iter__(self) -> Iterator[Key]:
        for name in self._rows:
            article, _, id = name.partition("/")
            yield article, id

    def __len__(self) -> int:
        return len(self._rows)


def policy_of(settings: Settings, root: Path) -> Policy:
    """Return what the settings ask of the filter; lists are read below `root`."""
    return _policy(
        settings,
        {
            setting: _list(root, setting, getattr(settings, setting))
            for setting in ("spam_held_list", "spam_friends_list")
        },
    )


def _policy(settings: Settings, texts: Mapping[str, str]) -> Policy:
    from .lists import Lists, Matcher, parse
    from .policy import Policy

    lists = Lists(
        Matcher(parse(texts["spam_held_list"])), Matcher(parse(texts["spam_friends_list"]))
    )
    return Policy(settings.spam_hold_genuine, settings.spam_lose_genuine, lists)


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


def _digests(
    ordered: Sequence[Comment], settings: Settings, lists: Mapping[str, str], count: int
) -> tuple[str, str]:
    """Return digests of everything but articles that the verdicts on all comments
    hang on, and that those on the first `count` do; "" where there are not so many.
    """
    text = hashlib.blake2b(digest_size=16)
    careful = (_FORMAT, settings.spam_hold_genuine, settings.spam_lose_genuine)
    for part in (repr(careful), *lists.values(), _code()):
        text.update(part.encode() + b"\x1e")
    then = ""
    for number, comment in enumerate(ordered, start=1):
        fields = (
            comment.article,
            comment.id,
            comment.published.isoformat(),
            comment.author,
            comment.website,
            comment.email,
            comment.parent,
            comment.role,
            comment.status or "",
            comment.body,
        )
        text.update("\x1f".join(fields).encode("utf-8", "surrogatepass") + b"\x1e")
        if number == count:
            then = text.hexdigest()
    return text.hexdigest(), then


def _of_article(key: str, articles: Mapping[str, Article]) -> str:
    article = articles.get(key)
    parts = [key]
    if article is not None:
        parts += [article.title, article.text, *article.links, str(article.published)]
    about = "\x1f".join(parts).encode("utf-8", "surrogatepass")
    return hashlib.blake2b(about, digest_size=16).hexdigest()


def _code() -> str:
    """Return what changes with the filter itself: an edited rule is seen at once."""
    here = Path(__file__).parent
    files = sorted([*here.iterdir(), *(here / "finding").iterdir()])
    stats = ((file.name, file.stat()) for file in files if file.is_file())
    return repr([(name, stat.st_size, stat.st_mtime_ns) for name, stat in stats])


def _load(path: Path) -> dict[str, Any]:
    try:
        data = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}
    return data if isinstance(data, dict) else {}


def _load_rows(path: Path) -> tuple[_Head, dict[str, str]]:
    """Return what verdicts were kept of, and the JSON of each by its key, with
    that of how its comment was surveyed.
    """
    try:
        digest, _, rest = path.read_text("ascii").partition("\n")
    except (OSError, ValueError):
        return _Head(), {}
    if digest != _digest(rest):
        return _Head(), {}
    head, *lines = rest.split("\n")[:-1]
    rows = (line.partition("\t") for line in lines)
    return _Head(*json.loads(head)), {json.loads(key): row for key, _, row in rows}


def _save_rows(path: Path, head: _Head, rows: Mapping[str, str]) -> None:
    lines = [_json(head), *(f"{_json(key)}\t{row}" for key, row in rows.items())]
    rest = "\n".join(lines) + "\n"
    _save(path, [f"{_digest(rest)}\n", rest])


def _digest(text: str) -> str:
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def _json(data: object) -> str:
    return json.dumps(data, ensure_ascii=True, separators=(",", ":"))


def _save(path: Path, parts: Iterable[str]) -> None:
    part = path.with_suffix(".part")
    with part.open("w", encoding="ascii", newline="\n") as file:
        file.writelines(parts)
    part.replace(path)
