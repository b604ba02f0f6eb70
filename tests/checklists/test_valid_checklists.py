"""Every form of a checklist, and every slip of an author, by the Nu HTML checker."""

from __future__ import annotations

from pathlib import Path

from reader import FULL, SHORT, page_of
from test_cases import cases

from validator import Checker

LOOSE = (
    "1. [ ] one\n\n    Text.\n\n    /// why\n    Because.\n    ///\n\n2. [x] two\n    - [ ] three\n"
)


def test_every_form_is_valid(tmp_path: Path, checker: Checker) -> None:
    forms = {"short": SHORT, "full": FULL, "loose": LOOSE}
    forms |= {f"case-{n}": case.values[0] for n, case in enumerate(cases())}
    for name, text in forms.items():
        (tmp_path / f"{name}.html").write_text(page_of(text), encoding="utf-8")

    assert checker(tmp_path) == []
