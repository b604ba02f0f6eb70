"""What is certainly left to a whole build, told before Pelican is loaded for it.

Knows the files alone. What is not told here may still be left to a whole build.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from typing import Any

_EMPTY = re.compile(rb"\r?\n[ \t]*\r?\n")
_STATUS = re.compile(rb"^status[ \t]*:[ \t]*(\w+)", re.IGNORECASE | re.MULTILINE)
_SPECIAL = {
    "is a translation": re.compile(rb"^translation[ \t]*:", re.IGNORECASE | re.MULTILINE),
    "is featured": re.compile(rb"^featured[ \t]*:", re.IGNORECASE | re.MULTILINE),
    "has an address of its own": re.compile(
        rb"^(url|save_as)[ \t]*:", re.IGNORECASE | re.MULTILINE
    ),
}


class EarlyError(Exception):
    """Only a whole build can follow this; the message says why."""


def check(how: Mapping[str, Any], there: Iterable[str], gone: Iterable[str]) -> None:
    """Raise `EarlyError` if articles that are new, or have another header, in the files
    `there`, or are `gone`, cannot be followed. how: see `leaving.how`.
    """
    if how["unlisted"]:
        raise EarlyError(how["unlisted"])
    for path in [*there, *gone]:
        if not _is_article(os.path.relpath(path, how["path"]).replace(os.sep, "/"), how):
            raise EarlyError(f"{path} is no article")
    for path in there:
        with open(path, "rb") as file:
            header = _EMPTY.split(file.read(), maxsplit=1)[0]
        status = _STATUS.search(header)
        if status is not None and status[1].lower() != b"published":
            raise EarlyError(f"{path} is {status[1].decode().lower()}")
        for what, field in _SPECIAL.items():
            if field.search(header):
                raise EarlyError(f"{path} {what}")


def _is_article(name: str, how: Mapping[str, Any]) -> bool:
    roots = [os.path.normpath(path) for path in how["articles"]]
    return any(root == "." or name.startswith(f"{root}/") for root in roots)
