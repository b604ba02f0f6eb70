"""What is found on a comment in its place."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from makers import START, comment
from tipsblog.comments.model import Comment, clean_line, clean_text
from tipsblog.spam import Article
from tipsblog.spam.evidence import Evidence
from tipsblog.spam.features import FEATURES
from tipsblog.spam.finding import said
from tipsblog.spam.finding.said import _by_list
from tipsblog.spam.lexicon import terms
from tipsblog.spam.place import Place, Subject, Thread
from tipsblog.spam.reading import host_of, read
from tipsblog.spam.survey import survey

ARTICLE = Article(
    "traps",
    "Traps of outsourcing services",
    "Write down what done looks like. We sell outsourcing services ourselves, at a fixed price.",
    ("https://docs.example/traps",),
    START,
)


def found(*comments: Comment) -> dict[str, Evidence]:
    """Return the evidence on the last of `comments`, by feature."""
    surveyed = list(survey(comments, {"traps": ARTICLE}))
    return {one.feature: one for one in surveyed[-1].evidence}


def on(body: str, **fields: str) -> dict[str, Evidence]:
    return found(comment("x", 1, body=body, **fields))


@pytest.mark.parametrize(
    ("body", "hosts"),
    [
        ("see https://www.a.example/x.", ["a.example"]),
        ('see <a href="http://b.example/">this</a>', ["b.example"]),
        ("see [this](https://c.example/x)", ["c.example"]),
        ("see [url=http://d.example]this[/url]", ["d.example"]),
        ("visit goodthings.com today", ["goodthings.com"]),
        ("visit goodthings dot com today", ["goodthings.com"]),
        ("written in ASP.NET", []),
        ("It is done.in fact, twice", []),
        ("mail me at ann@goodthings.com", []),
    ],
)
def test_a_link_is_seen_however_it_is_written(body: str, hosts: list[str]) -> None:
    assert [link.host for link in read(body).links] == hosts


def test_a_host_is_lower_case_without_port_user_or_www() -> None:
    assert host_of("HTTP://me@www.Example.com:80/x?y") == "example.com"
    assert host_of("no host") == ""


def test_a_sentence_copied_is_a_quotation_until_something_is_sold_with_it() -> None:
    first = comment("a", 1, author="Ann", body="We never wrote down what finished meant.")
    quoting = comment("b", 2, body="We never wrote down what finished meant. Same here.")
    selling = comment("c", 2, body=f"{quoting.body}\nhttps://x.example/")

    assert "copied" in found(first, quoting)
    assert "copied_to_sell" in found(first, selling)
    assert found(first, selling)["copied_to_sell"].what.startswith('the comment of "Ann" (a): ')


def test_words_that_the_article_uses_itself_do_not_advertise() -> None:
    assert "trade" in on("They have a casino.")
    assert "trade" not in on("They have outsourcing services.")


def test_a_link_to_where_the_article_links_speaks_for_a_comment() -> None:
    evidence = on("As https://docs.example/other says.")

    assert "link_known" in evidence
    assert "link" not in evidence


def test_a_site_on_which_nobody_gives_a_name_does_not_hold_it_against_anybody() -> None:
    named = [comment(f"n{i}", i, author="Ann") for i in range(20)]
    nameless = [comment(f"n{i}", i, author="") for i in range(20)]
    last = comment("x", 99, author="")

    assert found(*named, last)["no_author"].value > 0.9
    assert found(*nameless, last)["no_author"].value < 0.1


def test_disguises_are_named_and_seen_through() -> None:
    evidence = on("Cheap viаgra, c a s i n o and &#x70;ills, buy n\u200bow")

    assert {"look_alikes", "spaced", "entities", "hidden"} <= set(evidence)
    assert "viagra" in evidence["trade"].what
    assert "casino" in evidence["trade"].what


def test_a_host_that_looked_like_spam_counts_against_others_but_not_against_its_owner() -> None:
    bad = comment("a", 1, author="Best Casino", body="Casino bonus! https://c.example/play.php")
    again = comment("b", 2, author="Other Name", body="Nice. https://c.example/")

    assert "host_again" in found(bad, again)
    assert "host_again" not in found(bad, comment("c", 2, author=bad.author, body=again.body))


def test_a_whole_comment_is_no_signature_under_itself() -> None:
    evidence = on("<p>Cheap hotels</p>")

    assert "signature" not in evidence
    assert "tail" not in evidence


def test_what_a_colon_announces_is_no_signature() -> None:
    assert "signature" in on("We never wrote it down. [Team Notes](https://x.example/)")
    assert "signature" not in on("We use this: [Team Notes](https://x.example/)")


def test_a_sentence_that_is_linked_is_no_signature() -> None:
    assert "signature" not in on("So I thought. [We were wrong about it](https://x.example/a)")


def test_copying_counts_by_how_much_of_the_comment_is_copied() -> None:
    first = comment("a", 1, body="We never wrote down what finished meant.")
    little = comment("b", 2, body=f"{first.body} My own story goes like this." + " Or so." * 20)

    assert found(first, little)["copied"].value < 0.5
    assert found(first, comment("b", 2, body=first.body))["copied"].value == 0.75


def test_letters_written_as_codes_are_a_disguise_and_other_signs_are_not() -> None:
    assert "entities" in on("<p>B&#117;y p&#x69;lls</p>")
    assert "entities" not in on("It&#39;s caf&#233; time&#8230; &amp;#39;yes&amp;#39;")


def test_a_name_with_initials_is_no_address() -> None:
    assert "author_address" in on("Hello.", author="cheap-hotels.example.com")
    assert "author_address" not in on("Hello.", author="J.R. Okonkwo")


def test_a_site_of_the_authors_own_name_speaks_for_them_and_one_of_a_keyword_does_not() -> None:
    own = on("Hello.", author="Pavla Novotna", website="https://pavlanovotna.example/")
    keyword = on("Hello.", author="Cheap Hotels", website="https://cheaphotels.example/")

    assert "own_site" in own
    assert "author_in_host" in keyword


def test_who_came_on_earlier_days_is_a_regular_until_something_looks_like_spam() -> None:
    day = 24 * 60
    visits = [comment(f"v{n}", n * day, author="Ann Lee", body="I tried it.") for n in range(3)]
    lapse = comment(
        "s", 3 * day, author="Ann Lee", body="Casino bonus! https://casino-bonus.example/buy.php"
    )
    last = comment("x", 5 * day, author="Ann Lee")

    assert found(*visits, last)["regular"].what == "3"
    assert "regular" not in found(*visits, lapse, last)
    assert "regular" not in found(visits[0], comment("y", 9, author="Ann Lee"))


def test_an_address_with_words_of_the_article_speaks_for_a_link() -> None:
    evidence = on("See https://x.example/outsourcing/fixed-price for ours.")

    assert evidence["link_on_topic"].what == "fixed, outsourcing, price"


def test_words_of_a_path_sell_as_words_and_those_of_a_host_anywhere() -> None:
    assert "trade_host" in on("See https://bestcasinos.example/x.")
    assert "trade_host" in on("See https://x.example/casino/x.")
    assert "trade_host" not in on("See https://x.example/the-shackles.")
    assert "trade_host" not in on("See https://support.x.example/sharing.")


def test_words_in_quotation_marks_do_not_sell() -> None:
    assert "trade" in on("They sell casino bonuses.")
    assert "trade" not in on('They wrote "casino bonus" to me.')


def test_rows_of_keywords_are_seen_and_verses_are_not() -> None:
    assert "keyword_rows" in on("Nice.\nred shoes\nblue shoes\ngreen shoes")
    assert "keyword_rows" not in on("One, two,\nbuckle my shoe;\nthree, four,\nknock at the door.")


def test_who_gives_an_address_and_no_sentence_or_takes_up_nothing_is_told() -> None:
    website = "https://x.example/"

    assert "only_keywords" in on("garden chairs outlet", website=website)
    assert "only_keywords" not in on("garden chairs outlet")
    assert "idle" in on("I found it by chance and it made my whole day.", website=website)
    assert "idle" not in on("Our outsourcing price was fixed, too.", website=website)


@pytest.mark.parametrize(
    ("body", "runs"),
    [
        ("<b onmouseover=alert(1)>x</b>", True),
        ("<img src=x OnError='alert(1)'>", True),
        ("<script>alert(1)</script>", True),
        ('<a href="javascript:alert(1)">x</a>', True),
        ("I set `onclick=` in the script.", False),
        ("5 < 6, and on = off", False),
    ],
)
def test_an_attempt_to_run_a_script_is_seen(body: str, runs: bool) -> None:
    assert ("script" in on(body)) is runs


def test_words_of_the_public_template_are_known() -> None:
    evidence = on("I really like it, keep up wrinting! Any way keep up, we are the internet users.")

    assert evidence["template"].value == 1.0


@given(st.text(max_size=300), st.text(max_size=40), st.text(max_size=40))
def test_evidence_is_known_and_lies_between_nothing_and_one(
    body: str, author: str, website: str
) -> None:
    one = comment(
        "x", 1, body=clean_text(body), author=clean_line(author), website=clean_line(website)
    )

    for evidence in found(one).values():
        assert evidence.feature in FEATURES
        assert 0 <= evidence.value <= 1


_WORDS = st.lists(
    st.sampled_from(
        [
            *("the", "and", "don't", "well-known", "paper", "PAPER,", "write", "down", "ever"),
            *("check", "out", "our", "free", "trial", "sites.", "number", "wrote", "downtown"),
        ]
    ),
    max_size=40,
).map(" ".join)


@given(_WORDS, _WORDS, _WORDS, st.integers(0, 60), st.integers(0, 60))
def test_a_sentence_of_the_article_is_found_wherever_it_stands(
    before: str, text: str, after: str, start: int, end: int
) -> None:
    article = Article("traps", "", f"{before} {text[start : len(text) - end]} {after}")
    sentences = Subject(article).sentences

    (one,) = survey([comment("x", 1, body=text, author="Best Loans")], {"traps": article})

    parts = [part.words for part in read(text).clauses[:10] if part.words.count(" ") >= 6]
    copied = [f'"{part}"' for part in parts if part in sentences][:1]
    assert [e.what for e in one.evidence if e.feature == "copied_article"] == copied


@given(st.lists(st.sampled_from(sorted({*terms(), "a", "the"})), max_size=8).map(" ".join))
def test_every_word_and_phrase_of_the_lists_is_found(text: str) -> None:
    reading = read(text)
    pairs = [" ".join(pair) for pair in pairwise(reading.words)]
    whole = f" {reading.whole} "
    phrases = [term for term in terms() if term.count(" ") >= 2 and f" {term} " in whole]

    found = dict(_by_list(reading, Place(Subject(Article("traps")), Thread())))

    expected = terms().intersection([*reading.words, *pairs, *phrases])
    assert {term for these in found.values() for term in these} == expected


def test_code_and_its_signs_agree() -> None:
    assert all(set(sign) & set(said._CODE_SIGNS) for sign in said._CODE)
