"""Of which attributes it is kept which pages read them, and where that stands
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
_WATCHED = {name: 1 << place for place, name in enumerate(sorted(LIVING | BODY))}


def watched(attribute: str) -> int:
    """Return the bit that stands for an attribute of which it is kept who read
    it; 0 for any other.
    """
    return _WATCHED.get(attribute, 0)
