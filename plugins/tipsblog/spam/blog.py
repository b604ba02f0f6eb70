"""A blog's comments judged, sparing the work that was done the last time.

The edge of the filter: reads the owner's lists, keeps verdicts in the blog's
`.tipsblog` folder. Where nothing changed, nothing else of the filter is even
imported. What is kept is only ever a copy: without it all is judged again.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..comments.model import Comment
from ..errors import SettingError
from ..settings import PREFIX, Settings
from .model import Article, Outcome, Reason, Verdict

if TYPE_CHECKING:
    from .policy import Policy

Key = tuple[str, str]
#: Raised when what is kept changes its shape.
_FORMAT = 2


def judge_blog(
    comments: Iterable[Comment],
    articles: Mapping[str, Article],
    settings: Settings,
    *,
    root: Path,
    state: Path,
    name: str,
) -> Mapping[Key, Verdict]:
    """Return a verdict on every comment, as `judge.judge_all` does.

    root: where the lists named in `settings` are looked for. state: the folder
    of what is kept. name: of the caller; who sees the articles' texts in another
    way keeps another copy.

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
    run_kept, rows = _load_rows(kept_verdicts)
    run, run_then = _digests(ordered, articles, settings, lists, len(rows))
    if run_kept == run:
        return _Kept(rows)

    from . import judge  # only who has something to judge waits for it

    policy = _policy(settings, lists)
    new = ordered[len(rows) :]
    if (
        run_kept == run_then
        and not any(judge.is_lesson(comment) for comment in new)
        and (remembered := _load(kept_memory)).get("run") == run_then
    ):
        memory = judge.Memory.restored(articles, remembered)
        verdicts = iter(
            judge.judge_more(new, ordered[: len(rows)], articles, policy, memory).items()
        )
    else:
        verdicts, memory = judge.judge_remembering(ordered, articles, policy)
        rows = {}
    for (article, id), one in verdicts:
        reasons = [(reason.feature, reason.weight, reason.sentence) for reason in one.reasons]
        rows[f"{article}/{id}"] = _json([one.outcome, one.score, *reasons])
    with contextlib.suppress(OSError):  # a folder that cannot be written costs only time
        state.mkdir(parents=True, exist_ok=True)
        _save(kept_memory, [_json({"run": run, **memory.state()})])
        _save_rows(kept_verdicts, run, rows)
    return _Kept(rows)


def forget_kept(state: Path) -> None:
    """Take away what is kept in `state`, for whoever is there: it holds words of
    comments.
    """
    for path in state.glob("spam-*.json"):
        path.unlink(missing_ok=True)


class _Kept(Mapping[Key, Verdict]):
    """Verdicts as they were kept, in JSON, read when they are asked for."""

    def __init__(self, rows: Mapping[str, str]) -> None:
        self._rows = rows

    def __getitem__(self, key: Key) -> Verdict:
        outcome, score, *reasons = json.loads(self._rows[f"{key[0]}/{key[1]}"])
        return Verdict(Outcome(outcome), score, tuple(Reason(*reason) for reason in reasons))

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
    ordered: Sequence[Comment],
    articles: Mapping[str, Article],
    settings: Settings,
    lists: Mapping[str, str],
    count: int,
) -> tuple[str, str]:
    """Return digests of everything that the verdicts on all comments hang on,
    and that those on the first `count` do; "" where there are not so many.
    """
    text = hashlib.blake2b(digest_size=16)
    careful = (_FORMAT, settings.spam_hold_genuine, settings.spam_lose_genuine)
    for part in (repr(careful), *lists.values(), _code()):
        text.update(part.encode() + b"\x1e")
    subjects: dict[str, bytes] = {}
    then = ""
    for number, comment in enumerate(ordered, start=1):
        if comment.article not in subjects:
            subjects[comment.article] = _of_article(comment.article, articles)
            text.update(subjects[comment.article])
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


def _of_article(key: str, articles: Mapping[str, Article]) -> bytes:
    article = articles.get(key)
    parts = [key]
    if article is not None:
        parts += [article.title, article.text, *article.links, str(article.published)]
    about = "\x1f".join(parts).encode("utf-8", "surrogatepass")
    return hashlib.blake2b(about, digest_size=16).digest()


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


def _load_rows(path: Path) -> tuple[str, dict[str, str]]:
    """Return the run that verdicts were kept of, and the JSON of each by its key."""
    try:
        head, _, rest = path.read_text("ascii").partition("\n")
        run, digest = head.split(" ")
    except (OSError, ValueError):
        return "", {}
    if digest != _digest(rest):
        return "", {}
    lines = rest.split("\n")[:-1]
    return run, {json.loads(key): row for key, _, row in (line.partition("\t") for line in lines)}


def _save_rows(path: Path, run: str, rows: Mapping[str, str]) -> None:
    rest = "".join([f"{_json(key)}\t{row}\n" for key, row in rows.items()])
    _save(path, [f"{run} {_digest(rest)}\n", rest])


def _digest(text: str) -> str:
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def _json(data: object) -> str:
    return json.dumps(data, ensure_ascii=True, separators=(",", ":"))


def _save(path: Path, parts: Iterable[str]) -> None:
    part = path.with_suffix(".part")
    with part.open("w", encoding="ascii", newline="\n") as file:
        file.writelines(parts)
    part.replace(path)
