"""Every setting of the plugin: name, default, meaning, check.

In `pelicanconf.py` a setting is written `TIPSBLOG_` and its name in capitals.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any, TypeVar

from .errors import SettingError, did_you_mean

PREFIX = "TIPSBLOG_"

_Value = TypeVar("_Value")


def _setting(default: _Value, meaning: str, check: Callable[[Any], bool], must: str) -> _Value:
    """A field with its meaning and its check: `must` completes "it must be"."""
    result: _Value = field(
        default=default, metadata={"meaning": meaning, "check": check, "must": must}
    )
    return result


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_address(value: object) -> bool:
    return value == "" or (
        isinstance(value, str) and value.startswith(("https://", "http://", "/"))
    )


def _is_rate(value: object) -> bool:
    return value == "" or (
        isinstance(value, str)
        and re.fullmatch(r"[1-9]\d* per ([1-9]\d* )?(second|minute|hour|day)s?", value) is not None
    )


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _is_share(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0.1 <= value <= 20


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The settings, checked. `Settings()` holds the defaults."""

    comments_path: str = _setting(
        "comments", "Folder of the comments, inside `PATH`.", _is_text, "a folder's name"
    )
    comment_message: str = _setting(
        "Agree? Been there? Have we got it all wrong? Tell us what you think. "
        "Advertisements are swept out.",
        "What stands above the comment form.",
        _is_text,
        "text",
    )
    comment_email: str = _setting(
        "",
        "Address to which readers send comments while no intake is set up. "
        'Empty: "New comments are not allowed."',
        lambda value: value == "" or (isinstance(value, str) and "@" in value),
        "an e-mail address",
    )
    intake_url: str = _setting(
        "",
        "Where the comment form is sent: the address of `tipsblog intake`. Empty: no form.",
        _is_address,
        "an http(s) address or an absolute path",
    )
    thread_depth: int = _setting(
        2,
        "How many levels of replies are drawn; deeper ones say whom they answer.",
        lambda value: _is_count(value) and 1 <= value <= 8,
        "a number from 1 to 8",
    )
    close_after_days: int = _setting(
        0,
        "Days after which an article takes no more comments. 0: never.",
        _is_count,
        "a whole number, 0 or more",
    )
    store: str = _setting(
        "",
        "Where comments are kept: empty for files, or `postgresql://...`.",
        lambda value: value == "" or (isinstance(value, str) and value.startswith("postgresql")),
        "empty, or the address of a PostgreSQL database",
    )
    moderation: str = _setting(
        "never",
        "Which comments wait for a person, whatever the filter says: `always` all, "
        "`sometimes` those under old articles, `never` none.",
        lambda value: value in ("always", "sometimes", "never"),
        '"always", "sometimes" or "never"',
    )
    moderate_after_days: int = _setting(
        14,
        "How old an article is for `sometimes`, in days.",
        _is_count,
        "a whole number, 0 or more",
    )
    who_may_comment: str = _setting(
        "anyone",
        "`anyone`, `named` (who gives a name) or `nobody`.",
        lambda value: value in ("anyone", "named", "nobody"),
        '"anyone", "named" or "nobody"',
    )
    edit_minutes: int = _setting(
        15,
        "How long a reader may edit or delete a comment. 0: not at all.",
        _is_count,
        "a whole number, 0 or more",
    )
    comment_rate: str = _setting(
        "5 per 10 minutes",
        "Comments from one network beyond which the next count as many. Empty: never.",
        _is_rate,
        'empty, or such as "5 per 10 minutes"',
    )
    request_rate: str = _setting(
        "60 per minute",
        "Forms from one network beyond which the service refuses for a while. Empty: never.",
        _is_rate,
        'empty, or such as "60 per minute"',
    )
    proof_of_work: int = _setting(
        0,
        "Zero bits that a browser must find before it sends; 16 take about a second. 0: none.",
        lambda value: _is_count(value) and value <= 24,
        "a whole number from 0 to 24",
    )
    proxies: str = _setting(
        "127.0.0.1,::1",
        "Proxies in front of the service whose `X-Forwarded-For` is believed, parted by commas.",
        _is_text,
        "text",
    )
    on_comment: str = _setting(
        "build",
        "What follows a comment or a decision: `build` is the blog's own build, anything else "
        "a command for the shell, run in the blog's folder; empty: nothing.",
        _is_text,
        "a command",
    )
    on_comment_delay: float = _setting(
        1.0,
        "Seconds after that command in which more comments gather for its next run.",
        lambda value: isinstance(value, (int, float)) and 0 <= value <= 3600,
        "a number of seconds",
    )
    git: str = _setting(
        "",
        "`commit` commits each comment file; `push` also pushes. Empty: neither.",
        lambda value: value in ("", "commit", "push"),
        'empty, "commit" or "push"',
    )
    mail_to: str = _setting(
        "",
        "Where new comments are told of by mail. Empty: nowhere.",
        lambda value: value == "" or (isinstance(value, str) and "@" in value),
        "an e-mail address",
    )
    mail_from: str = _setting(
        "",
        "The sender of all mails. Empty: the same address.",
        lambda value: value == "" or (isinstance(value, str) and "@" in value),
        "an e-mail address",
    )
    smtp: str = _setting(
        "",
        "The mail server: `smtp://user:password@host:587` (STARTTLS where offered) or `smtps://`.",
        lambda value: value == "" or (isinstance(value, str) and value.startswith("smtp")),
        "such as smtp://host:587",
    )
    notify_delay: float = _setting(
        300.0,
        "Seconds in which comments under one article are gathered into one mail to the "
        "readers who asked for it.",
        lambda value: isinstance(value, (int, float)) and 0 <= value <= 86400,
        "a number of seconds",
    )
    checklists_page: str = _setting(
        "checklists/index.html",
        "Where the page of all checklists is written, inside the output. Empty: nowhere.",
        _is_text,
        "a file's path",
    )
    spam_hold_genuine: float = _setting(
        5,
        "Of 100 genuine comments, at most about so many wait for you before they appear.",
        _is_share,
        "a number from 0.1 to 20",
    )
    spam_lose_genuine: float = _setting(
        1,
        "Of 100 genuine comments, at most about so many are taken for spam.",
        _is_share,
        "a number from 0.1 to 20",
    )
    spam_held_list: str = _setting(
        "",
        "A file of words, hosts and names, one a line: a comment with one of them waits for you.",
        _is_text,
        "a file's name, relative to the settings file",
    )
    spam_friends_list: str = _setting(
        "",
        "A file of the same kind: a comment with one of them is always published.",
        _is_text,
        "a file's name, relative to the settings file",
    )

    @property
    def sender(self) -> str:
        """From whom mails are; "" if nobody said."""
        return self.mail_from or self.mail_to

    @property
    def mails_readers(self) -> bool:
        """Tell whether readers can be told of comments by mail."""
        return bool(self.smtp and self.sender)


def load(values: Mapping[str, Any]) -> Settings:
    """Take the plugin's settings out of Pelican's `values`.

    Raises `SettingError` for a value that cannot be meant, and for an unknown
    `TIPSBLOG_` name: a misspelt setting must not be ignored.
    """
    known = {PREFIX + setting.name.upper(): setting for setting in fields(Settings)}
    given: dict[str, Any] = {}
    for name in sorted(key for key in values if key.startswith(PREFIX)):
        if name not in known:
            raise SettingError(
                f'unknown setting "{name}"',
                way_out=did_you_mean(name, known) or f"known are {', '.join(known)}",
            )
        setting, value = known[name], values[name]
        if not setting.metadata["check"](value):
            raise SettingError(
                f"{name} is {value!r}", way_out=f"it must be {setting.metadata['must']}"
            )
        given[setting.name] = value
    return Settings(**given)
