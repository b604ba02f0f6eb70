"""By which attributes it is kept which pages read them, and where that stands
which changes some of them.

Apart from what keeps them: who only follows a change loads no more.
"""

from __future__ import annotations

#: What templates read that a comment changes, and no article.
LIVING = frozenset(["discussion", "latest_comments", "most_discussed"])
#: Under which name the folder is left whose files change these.
FOLDER = "comments folder"
#: What hangs on the body of an article or a page, and not only on its header.
BODY = frozenset(["content", "summary", "checklists", "_content", "__dict__"])
#: What another article may change.
NEIGHBOURS = frozenset(["newer", "older"])
_WATCHED = {name: 1 << place for place, name in enumerate(sorted(LIVING | BODY | NEIGHBOURS))}
#: Stands for all others.
_ELSE = 1 << len(_WATCHED)


def watched(attribute: str) -> int:
    """Return the bit that stands for an attribute where it is kept who read it; most
    have one in common.
    """
    return _WATCHED.get(attribute, _ELSE)
