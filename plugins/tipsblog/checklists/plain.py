"""A checklist where nothing can be ticked: feeds, e-mail, summaries.

Reads the HTML that the extension makes, and only that.
"""

from __future__ import annotations

import re

OPEN, TICKED = "☐", "☑"

_BOX = re.compile(r'<input [^>]*class="checklist-box"[^>]*>')
_STOP = re.compile(
    r'<div class="checklist-stop"[^>]*>\s*<input [^>]*>\s*(<h\d.*?</h\d>)\s*</div>', re.DOTALL
)
_FRAME = re.compile(
    r'<form [^>]*class="checklist"[^>]*>\s*(?:<button [^>]*></button>)?(.*?)(?:</form>|\Z)',
    re.DOTALL,
)
_TAGS = re.compile(r'</?label[^>]*>|<span class="checklist-(?:score|total|remark)">([^<]*)</span>')
_WHY = re.compile(
    r'<details class="checklist-why">\s*<summary>(.*?)</summary>(.*?)</details>', re.DOTALL
)


def to_plain(html: str) -> str:
    """Return `html` with ☐ and ☑ for boxes, and no control that would be dead.

    A cut summary whose list never ends is fine.
    """
    if "checklist-" not in html:
        return html
    html = _STOP.sub(r"\1", html)
    return _FRAME.sub(lambda match: _frame(match[1]), html)


def _frame(html: str) -> str:
    html = _BOX.sub(lambda match: TICKED if _is_ticked(match[0]) else OPEN, html)
    html = _WHY.sub(r"<p><em>\1</em></p>\2", html)
    return _TAGS.sub(lambda match: match[1] or "", html).strip()


def _is_ticked(box: str) -> bool:
    return re.search(r"\schecked\b", box) is not None
