"""What moderators changed, so that it can be taken back.

One line of JSON a change, the latest last; only the latest few are kept.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..atomic import write_atomically
from ..errors import TipsblogError
from .document import parse, unparse
from .model import Comment
from .store import Store

try:
    import fcntl
except ImportError:  # Windows has no other process here
    fcntl = None  # type: ignore[assignment]

FILE = "undo.jsonl"
_KEPT = 200


@dataclass(frozen=True, slots=True)
class Change:
    """One comment before and after; None is no comment."""

    before: Comment | None
    after: Comment | None


class Journal:
    """The changes in `folder`, which need not exist yet."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE

    def note(self, what: str, changes: Sequence[Change]) -> None:
        """Remember one action that made `changes`."""
        if changes:
            record = {"what": what, "changes": [_dump(change) for change in changes]}
            with self._locked():
                self._write([*self._read(), record][-_KEPT:])

    def undo(self, store: Store) -> tuple[str, int, int]:
        """Take the latest action back: what it was, how many comments went
        back, and how many did not because they have changed since.
        """
        with self._locked():
            records = self._read()
            if not records:
                raise TipsblogError("there is nothing to undo")
            record = records.pop()
            back = [_restore(_load(change), store) for change in record["changes"]]
            self._write(records)
        return record["what"], sum(back), len(back) - sum(back)

    def forget(self, places: Collection[tuple[str, str]]) -> None:
        """Forget what is remembered of these comments: their words go too."""
        with self._locked():
            kept = []
            for record in self._read():
                changes = [c for c in record["changes"] if (c["article"], c["id"]) not in places]
                if changes:
                    kept.append({**record, "changes": changes})
            self._write(kept)

    def _read(self) -> list[dict[str, Any]]:
        try:
            lines = self._path.read_text("utf-8").splitlines()
        except FileNotFoundError:
            return []
        return [json.loads(line) for line in lines]

    def _write(self, records: Sequence[dict[str, Any]]) -> None:
        text = "".join(f"{json.dumps(record)}\n" for record in records)
        write_atomically(self._path, text.encode(), mode=0o600)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.with_suffix(".lock").open("w") as lock:
            if fcntl is not None:
                fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def _restore(change: Change, store: Store) -> bool:
    place = change.before or change.after
    if place is None:
        return False
    try:
        now: Comment | None = store.get(place.article, place.id)
    except TipsblogError:
        now = None
    if now != change.after:
        return False
    if change.before is None:
        store.remove(place.article, place.id)
    else:
        store.put(change.before)
    return True


def _dump(change: Change) -> dict[str, Any]:
    place = change.before or change.after
    if place is None:
        raise ValueError("a change has a comment")
    return {
        "article": place.article,
        "id": place.id,
        "before": unparse(change.before) if change.before else None,
        "after": unparse(change.after) if change.after else None,
    }


def _load(record: dict[str, Any]) -> Change:
    def comment(text: str | None) -> Comment | None:
        return None if text is None else parse(text, id=record["id"], article=record["article"])

    return Change(comment(record["before"]), comment(record["after"]))
