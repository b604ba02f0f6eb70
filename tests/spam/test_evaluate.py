"""Measuring and fitting on labelled comments."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from tipsblog.cli import cli
from tipsblog.errors import DocumentError
from tipsblog.spam import evaluate, fit, labelled
from tipsblog.spam.evidence import Evidence
from tipsblog.spam.features import FEATURES
from tipsblog.spam.policy import Policy
from tipsblog.spam.weights import Weights, parse, shipped

GENUINE = "I tried the paid week with two people, and the second one asked better questions. {}?"
SPAM = "Nice post! Buy cheap pills {} at https://pills{}.example/order.php, order now."


def _row(site: str, number: int, spam: bool) -> dict[str, Any]:
    body = SPAM.format(number, number) if spam else GENUINE.format(f"Why {number}")
    return {
        "site": site,
        "post": "p",
        "id": f"{site}{number}",
        "parent": None,
        "author": "cheap pills" if spam else "Ann",
        "author_url": "",
        "date": f"2020-01-01T00:{number:02}:00",
        "body": body,
        "label": "spam" if spam else "ham",
        "group": f"{site}{number}",
    }


@pytest.fixture
def file(tmp_path: Path) -> Path:
    rows = [_row(site, i, i % 3 == 0) for site in ("one", "two") for i in range(30)]
    path = tmp_path / "comments.jsonl.gz"
    path.write_bytes(gzip.compress("".join(json.dumps(row) + "\n" for row in rows).encode()))
    return path


def test_cold_gives_a_row_for_each_site_and_one_for_all(file: Path) -> None:
    rows = list(evaluate.cold(labelled.load(file)))

    assert [row.site for row in rows] == ["one", "two", "all"]
    assert (rows[-1].spam, rows[-1].ham) == (20, 40)
    assert rows[-1].auc == 1.0


def test_the_json_has_one_object_a_row_with_the_protocols_names(file: Path) -> None:
    ran = CliRunner().invoke(cli, ["spam", "evaluate", str(file), "--json"])

    rows = [json.loads(line) for line in ran.output.splitlines()]
    assert list(rows[0]) == [
        "site",
        "spam",
        "ham",
        "auc",
        "recall_at_1",
        "recall_at_01",
        "ham_published",
        "spam_published",
        "held",
        "per_second",
    ]


def test_after_decisions_their_near_duplicates_are_not_tested(file: Path) -> None:
    rows = [row for row in evaluate.decisions(labelled.load(file)) if row.site == "one"]

    assert [(row.decisions, row.spam + row.ham) for row in rows] == [
        (10, 20),
        (25, 5),
        (50, 0),
        (100, 0),
    ]


def test_sites_that_the_weights_were_fitted_on_are_judged_by_others(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sites = labelled.load(file)
    data = list(fit.examples(sites))
    monkeypatch.setattr(evaluate, "shipped", lambda: fit.fit(data))
    fitted_on: list[set[str]] = []

    def watched(rest: list[fit.Example]) -> Weights:
        fitted_on.append({one.site for one in rest})
        return shipped()

    monkeypatch.setattr(evaluate, "fit", watched)

    list(evaluate.cold(sites))

    assert fitted_on == [{"two"}, {"one"}]


def test_a_line_that_is_no_labelled_comment_is_named(tmp_path: Path) -> None:
    path = tmp_path / "bad.jsonl"
    path.write_text(json.dumps(_row("one", 1, True)) + '\n{"site": "one"}\n')

    with pytest.raises(DocumentError, match=r"bad\.jsonl:2: not a labelled comment"):
        labelled.load(path)


def test_fitted_weights_keep_their_signs_and_caps_and_can_be_read_again(file: Path) -> None:
    ran = CliRunner().invoke(cli, ["spam", "fit", str(file)])

    weights = parse(ran.output)
    for name, weight in weights.of.items():
        assert weight * FEATURES[name].sign >= 0
        assert abs(weight) <= FEATURES[name].cap
    assert set(weights.fitted_on) == {"one", "two"}
    assert parse(weights.as_json()) == weights


def test_a_weight_of_the_wrong_sign_is_refused() -> None:
    with pytest.raises(ValueError, match="beyond its sign or cap"):
        Weights(0.0, {"link": -1.0})


def test_every_feature_has_a_weight_in_the_shipped_file() -> None:
    assert set(shipped().of) == set(FEATURES)


@pytest.mark.parametrize("name", FEATURES)
def test_no_evidence_alone_makes_a_comment_spam(name: str) -> None:
    weights = shipped()

    _, spam = Policy().lines(weights)

    assert weights.log_odds([Evidence(name, 1.0)]) <= spam


@given(st.lists(st.integers(0, 9), min_size=1), st.lists(st.integers(0, 9), min_size=1))
def test_auc_is_the_share_of_pairs_in_the_right_order(spam: list[int], ham: list[int]) -> None:
    pairs = [(s > h) + (s == h) / 2 for s in spam for h in ham]

    assert evaluate.auc(sorted(spam), sorted(ham)) == pytest.approx(sum(pairs) / len(pairs))
