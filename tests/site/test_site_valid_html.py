"""Every built page by the Nu HTML checker (https://validator.github.io/validator/)."""

from __future__ import annotations

import pytest

from sites import Site
from validator import Checker


@pytest.mark.parametrize("which", ["site", "site_with_form"])
def test_no_page_has_an_error_or_a_warning(
    which: str, request: pytest.FixtureRequest, checker: Checker
) -> None:
    site: Site = request.getfixturevalue(which)

    assert checker(site.folder) == []
