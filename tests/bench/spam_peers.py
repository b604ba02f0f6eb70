"""Measure the filter beside others, on the same labelled comments, in one run.

    make bench-spam LABELLED=comments.jsonl.gz POSTS=posts.jsonl.gz

scikit-learn is a development dependency; bogofilter and SpamAssassin are
Debian packages, left out where they are not installed. Cold: each blog is
judged by what learned on all other sites. Video: each post of a site apart by
what learned on its other posts, near-duplicates removed.
"""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import MultinomialNB
from sklearn.pipeline import make_pipeline, make_union

from tipsblog.spam import evaluate
from tipsblog.spam.labelled import Labelled, LabelledSite, load

Scores = Sequence[float]
Judge = Callable[[Sequence[Labelled], Sequence[Labelled]], Scores]
#: SpamAssassin judges some dozens a second: a sample must do.
SAMPLE = 1000

_ASSASSIN = r"""
use Mail::SpamAssassin;
my $sa = Mail::SpamAssassin->new({local_tests_only => 1, dont_copy_prefs => 1});
$sa->init(1);
while (my $file = <STDIN>) {
  chomp $file;
  open(my $in, '<', $file); local $/; my $text = <$in>; close $in; local $/ = "\n";
  my $mail = $sa->parse($text); my $status = $sa->check($mail);
  printf "%s\n", $status->get_score(); $status->finish; $mail->finish;
}
"""


def text_of(one: Labelled) -> str:
    return f"{one.comment.author}\n{one.comment.website}\n{one.comment.body}"


def mail_of(one: Labelled) -> str:
    author = one.comment.author.replace('"', "") or "Anonymous"
    return (
        f'From: "{author}" <reader@example.org>\nTo: blog@example.org\nSubject: comment\n'
        f"Date: Mon, 01 Jan 2024 00:00:00 +0000\nMessage-ID: <{one.comment.id}@example.org>\n"
        'MIME-Version: 1.0\nContent-Type: text/html; charset="utf-8"\n\n'
        f"<p>{one.comment.website}</p>\n{one.comment.body}\n"
    )


def naive_bayes(teach: Sequence[Labelled], test: Sequence[Labelled]) -> Scores:
    model = make_pipeline(CountVectorizer(binary=True), MultinomialNB(alpha=0.5))
    model.fit([text_of(one) for one in teach], [one.spam for one in teach])
    odds = model.predict_log_proba([text_of(one) for one in test])
    return [float(spam - ham) for ham, spam in odds]


def regression(teach: Sequence[Labelled], test: Sequence[Labelled]) -> Scores:
    words = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True)
    letters = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True)
    model = make_pipeline(
        make_union(words, letters),
        LogisticRegression(C=10, max_iter=1000, class_weight="balanced"),
    )
    model.fit([text_of(one) for one in teach], [one.spam for one in teach])
    return [float(score) for score in model.decision_function([text_of(one) for one in test])]


def bogofilter(teach: Sequence[Labelled], test: Sequence[Labelled]) -> Scores:
    with tempfile.TemporaryDirectory() as folder:
        for flag, spam in (("-s", True), ("-n", False)):
            box = "".join(f"From x\n{mail_of(one)}\n" for one in teach if one.spam is spam)
            run = ["bogofilter", "-d", folder, "-M", flag]
            subprocess.run(run, input=box.encode(errors="replace"), check=True)
        files = _files(test, Path(folder))
        asked = subprocess.run(
            ["bogofilter", "-d", folder, "-T", "-b"],
            input="\n".join(files).encode(),
            capture_output=True,
            check=False,
        )
    return [float(line.split()[-1]) for line in asked.stdout.decode().splitlines()]


def spamassassin(teach: Sequence[Labelled], test: Sequence[Labelled]) -> Scores:
    del teach  # its rules come with it
    with tempfile.TemporaryDirectory() as folder:
        files = _files(test, Path(folder))
        asked = subprocess.run(
            ["perl", "-e", _ASSASSIN],
            input="\n".join(files).encode(),
            capture_output=True,
            check=True,
        )
    return [float(line) for line in asked.stdout.decode().splitlines()]


def _files(comments: Sequence[Labelled], folder: Path) -> list[str]:
    files = []
    for number, one in enumerate(comments):
        file = folder / f"{number}.eml"
        file.write_text(mail_of(one), "utf-8", errors="replace")
        files.append(str(file))
    return files


def _processor_seconds() -> float:
    """Return what this process and those that it waited for have used."""
    return sum(os.times()[:4])


def cold(sites: Sequence[LabelledSite], judge: Judge, sample: int = 0) -> list[str]:
    spam: list[float] = []
    ham: list[float] = []
    seconds = 0.0
    count = 0
    for site in sites:
        if site.name in evaluate.APART:
            continue
        teach = [
            one
            for other in sites
            if other not in (site,) and other.name != "sms"
            for one in other.comments
        ]
        test = list(site.comments)
        if sample:
            test = random.Random(1).sample(test, min(len(test), sample // 6))
        began = _processor_seconds()
        scores = judge(teach, test)
        seconds += _processor_seconds() - began
        count += len(test)
        spam += [score for score, one in zip(scores, test, strict=True) if one.spam]
        ham += [score for score, one in zip(scores, test, strict=True) if not one.spam]
    return [*_figures(spam, ham), f"{count / seconds:.0f}"]


def video(sites: Sequence[LabelledSite], judge: Judge) -> list[str]:
    rows: list[tuple[float | None, ...]] = []
    for site in sites:
        posts = sorted({one.comment.article for one in site.comments})
        if site.name not in evaluate.APART or len(posts) < 2:
            continue
        for post in posts:
            teach = [one for one in site.comments if one.comment.article != post]
            seen = {one.group for one in teach}
            test = [
                one
                for one in site.comments
                if one.comment.article == post and one.group not in seen
            ]
            scores = judge(teach, test)
            spam = sorted(s for s, one in zip(scores, test, strict=True) if one.spam)
            ham = sorted(s for s, one in zip(scores, test, strict=True) if not one.spam)
            rows.append(
                (
                    evaluate.auc(spam, ham),
                    *(evaluate.recall_at(spam, ham, q) for q in (0.01, 0.001)),
                )
            )
    means = [sum(filter(None, column)) / len(rows) for column in zip(*rows, strict=True)]
    return [f"{means[0]:.4f}", f"{means[1]:.1%}", f"{means[2]:.1%}"] if rows else []


def _figures(spam: list[float], ham: list[float]) -> list[str]:
    spam, ham = sorted(spam), sorted(ham)
    area = evaluate.auc(spam, ham) or 0.0
    found = [evaluate.recall_at(spam, ham, rate) or 0.0 for rate in (0.01, 0.001)]
    return [f"{area:.4f}", *(f"{one:.1%}" for one in found)]


def main(labelled: str, posts: str) -> None:
    sites = load(Path(labelled), Path(posts) if posts else None)
    table = Table("filter", "protocol", "AUC", "recall at 1 %", "at 0.1 %", "a second")

    ours = list(evaluate.cold(sites))[-1]
    shares = [f"{(one or 0):.1%}" for one in (ours.recall_at_1, ours.recall_at_01)]
    table.add_row("tipsblog", "cold", f"{ours.auc:.4f}", *shares, str(ours.per_second))
    left_out = [row for row in evaluate.video(sites) if row.site.endswith("mean, left out")]
    for row in left_out:
        shares = [f"{(one or 0):.1%}" for one in (row.recall_at_1, row.recall_at_01)]
        table.add_row("tipsblog", "video", f"{row.auc:.4f}", *shares)

    peers: list[tuple[str, Judge]] = [
        ("scikit-learn, naive Bayes", naive_bayes),
        ("scikit-learn, regression", regression),
    ]
    if shutil.which("bogofilter"):
        peers.append(("bogofilter", bogofilter))
    for name, judge in peers:
        table.add_row(name, "cold", *cold(sites, judge))
        table.add_row(name, "video", *video(sites, judge))
    if shutil.which("spamassassin"):
        figures = cold(sites, spamassassin, sample=SAMPLE)
        table.add_row(f"SpamAssassin, local ({SAMPLE} comments)", "cold", *figures)
    Console(width=120).print(table)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else "")
