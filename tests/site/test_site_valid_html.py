"""Every built page by the Nu HTML checker (https://validator.github.io/validator/)."""

from __future__ import annotations

from sites import Site
from validator import Checker


def test_no_page_has_an_error_or_a_warning(site: Site, checker: Checker) -> None:
    assert checker(site.folder) == []
