"""How a blog's filter is asked: the owner's settings and lists, and where it keeps
what it found.

Knows no comment and no verdict; reads the lists, and nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import SettingError
from ..settings import PREFIX, Settings
from . import marks

if TYPE_CHECKING:
    from .policy import Policy

#: Raised when what is kept changes its shape.
_FORMAT = 5


@dataclass(frozen=True, slots=True)
class Asking:
    """What stays the same from one question to the next.

    root: where the lists named in `settings` are looked for. state: the folder of
    what is kept. name: of the caller; who sees the articles' texts in another way
    keeps another copy. reasons: whether the verdicts say why.
    """

    settings: Settings
    root: Path
    state: Path
    name: str
    reasons: bool = True

    @classmethod
    def of_build(cls, settings: Settings, root: Path) -> Asking:
        """Return how every build of the project in `root` asks: reasons are asked for
        elsewhere, and would be most of what is kept.
        """
        return cls(settings, root, root / ".tipsblog", name="build", reasons=False)

    @property
    def file(self) -> Path:
        """What was found is kept here."""
        return self.state / f"spam-{self.name}.sqlite"

    def lists(self) -> dict[str, str]:
        """Return the text of each list, by its setting. Raises `SettingError`."""
        return {
            setting: _list(self.root, setting, getattr(self.settings, setting))
            for setting in ("spam_held_list", "spam_friends_list")
        }

    def context(self, lists: Mapping[str, str]) -> str:
        """Return a digest of everything but comments and articles that verdicts hang on."""
        settings = self.settings
        careful = (_FORMAT, self.reasons, settings.spam_hold_genuine, settings.spam_lose_genuine)
        return marks.digest_of(repr(careful), *lists.values(), _code()).hex()

    def policy(self, texts: Mapping[str, str]) -> Policy:
        """Return what is asked of the filter. texts: of the lists."""
        from .lists import Lists, Matcher, parse
        from .policy import Policy

        lists = Lists(
            Matcher(parse(texts["spam_held_list"])), Matcher(parse(texts["spam_friends_list"]))
        )
        settings = self.settings
        return Policy(settings.spam_hold_genuine, settings.spam_lose_genuine, lists)


def policy_of(settings: Settings, root: Path) -> Policy:
    """Return what the settings ask of the filter; lists are read below `root`."""
    asking = Asking(settings, root, state=root, name="")
    return asking.policy(asking.lists())


def forget_kept(state: Path) -> None:
    """Take away what is kept in `state`, for whoever is there: it holds words of
    comments.
    """
    for path in state.glob("spam-*"):
        path.unlink(missing_ok=True)


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


def _code() -> str:
    """Return what changes with the filter itself: an edited rule is seen at once."""
    here = Path(__file__).parent
    files = sorted([*here.iterdir(), *(here / "finding").iterdir()])
    stats = ((file.name, file.stat()) for file in files if file.is_file())
    return repr([(name, stat.st_size, stat.st_mtime_ns) for name, stat in stats])
