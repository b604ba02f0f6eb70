"""A reader's way through the service: what is kept, and what is answered."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from services import JSON, ORIGIN, SITE, Service

from makers import comment
from tipsblog.comments.model import Remover, Role, Status
from tipsblog.spam.model import Outcome


def test_a_comment_is_on_the_disk_before_the_answer_leads_back_to_the_article(
    service: Service,
) -> None:
    answer = service.post(author=" Ann ", website="example.net/me", body="One.\r\n\r\nTwo.")

    assert answer.status_code == 303
    assert answer.headers["location"] == f"{SITE}/traps.html#comment-published"
    (kept,) = service.kept()
    assert (kept.article, kept.author, kept.website) == ("traps", "Ann", "https://example.net/me")
    assert kept.body == "One.\n\nTwo."
    assert kept.published == service.clock()
    assert (kept.status, kept.role, kept.parent) == (None, Role.READER, "")


def test_a_script_gets_the_sanitised_text_and_a_token_to_change_it(service: Service) -> None:
    answer = service.script(body="*Fine* <b>x</b>")

    assert answer.status_code == 201
    said = answer.json()
    assert said["state"] == "published"
    assert said["html"].strip() == "<p><em>Fine</em> &lt;b&gt;x&lt;/b&gt;</p>"
    assert said["edit_token"]
    assert service.kept()[0].evidence == ""


@pytest.mark.parametrize("outcome", [Outcome.UNSURE, Outcome.SPAM])
def test_what_the_filter_holds_or_bins_will_be_visible_after_approval(
    service: Service, filter_says: list[Outcome], outcome: Outcome
) -> None:
    filter_says.append(outcome)

    assert service.post().headers["location"].endswith("#comment-held")
    said = service.script(body="Other words.").json()

    assert said["state"] == "held"
    assert "visible after approval" in said["sentence"]
    assert [kept.status for kept in service.kept()] == [None, None]


def test_sent_twice_is_stored_once_even_around_midnight(service: Service) -> None:
    service.clock.now = service.clock.now.replace(hour=23, minute=59)
    first = service.post()
    service.clock.pass_(minutes=2)
    again = service.post()

    assert again.headers["location"] == first.headers["location"]
    assert len(service.kept()) == 1


def test_the_same_words_by_another_or_another_day_are_another_comment(service: Service) -> None:
    service.post()
    service.post(author="Ben")
    service.post(parent=service.kept()[0].id)
    service.clock.pass_(days=2)
    service.post()

    assert len(service.kept()) == 4


@pytest.mark.parametrize(
    ("fields", "word"),
    [
        ({"body": "  \n "}, "Please write something."),
        ({"body": "\u200b\u200b"}, "Please write something."),
        ({"body": "x" * 4097}, "Please use at most 4,096 characters; these are 4,097."),
        ({"author": "n" * 101}, "Please give a name of at most 100 characters."),
        ({"website": "javascript:alert(1)"}, "Please give a whole address"),
        ({"website": "//evil.example"}, "Please give a whole address"),
    ],
)
def test_what_is_to_be_mended_is_said_and_everything_typed_is_kept(
    service: Service, fields: dict[str, str], word: str
) -> None:
    typed = {"author": "Ann", "website": "https://example.org/", "body": 'Tom & "Jerry"'} | fields

    page = service.post(**typed)
    said = service.script(**typed)

    assert page.status_code == said.status_code == 422
    assert word in page.text
    assert any(word in problem for problem in said.json()["problems"].values())
    if "body" not in fields:
        assert "Tom &amp; &#34;Jerry&#34;" in page.text
    assert service.kept() == []


def test_a_reply_stands_under_its_parent_and_one_to_nothing_stands_alone(service: Service) -> None:
    service.store.put(comment("a"))

    service.post(parent="a", body="Yes.")
    service.post(parent="gone", body="No.")
    service.post(parent="../../x", body="Maybe.")

    parents = {kept.body: kept.parent for kept in service.kept() if kept.id != "a"}
    assert parents == {"Yes.": "a", "No.": "", "Maybe.": ""}


@pytest.mark.parametrize(
    ("article", "code"),
    [("nowhere", 404), ("over", 403), ("../traps", 404), ("", 404), ("TRAPS", 404)],
)
def test_only_articles_that_the_last_build_published_as_open_take_comments(
    service: Service, article: str, code: int
) -> None:
    assert service.post(article=article).status_code == code
    assert service.script(article=article, token="x").status_code == code
    assert service.kept() == []


def test_an_article_closes_by_itself_when_its_time_is_over(
    service: Service, start: Callable[..., Service]
) -> None:
    from datetime import timedelta

    from services import START, write_manifest

    from tipsblog.comments.manifest import Entry

    write_manifest(
        service.project.root,
        Entry(
            key="traps",
            url="/traps.html",
            title="Traps",
            source="articles/traps.md",
            published=START,
            open_until=START + timedelta(days=1),
        ),
    )

    assert service.post().status_code == 303
    service.clock.pass_(days=1)
    assert service.post(body="Late.").status_code == 403


def test_without_a_build_the_service_says_that_it_cannot_keep_anything(service: Service) -> None:
    (service.project.state / "articles.json").unlink()

    assert service.post().status_code == 503
    assert service.client.get("/intake/health").status_code == 503


@pytest.mark.parametrize(
    ("rule", "days_old", "held"),
    [("always", 0, True), ("sometimes", 10, False), ("sometimes", 14, True), ("never", 99, False)],
)
def test_the_blogs_moderation_rule_holds_comments_whatever_the_filter_says(
    start: Callable[..., Service], rule: str, days_old: int, held: bool
) -> None:
    service = start(moderation=rule, moderate_after_days=14)
    service.clock.pass_(days=days_old - 3)  # the article is three days old at the start

    answer = service.post()

    assert answer.headers["location"].endswith("held" if held else "published")
    assert service.kept()[0].status is (Status.HELD if held else None)


def test_what_the_filter_bins_stays_binned_under_every_rule(
    start: Callable[..., Service], filter_says: list[Outcome]
) -> None:
    filter_says.append(Outcome.SPAM)
    service = start(moderation="always")

    service.post()

    assert service.kept()[0].status is None


def test_a_blog_may_ask_for_names_or_take_no_comments_at_all(
    start: Callable[..., Service],
) -> None:
    named = start(who_may_comment="named")
    assert "Please give a name." in named.post(author="").text
    assert named.post(author="\u200b\u200b").status_code == 422
    assert named.post(author="Ann").status_code == 303

    assert start(who_may_comment="nobody").post(body="More.").status_code == 403


def test_without_a_name_a_comment_is_anonymous(service: Service) -> None:
    service.post(author="")

    assert service.kept()[0].author == ""


# Evidence


def test_a_comment_without_script_is_noted_but_published(service: Service) -> None:
    assert service.post().headers["location"].endswith("#comment-published")
    assert service.kept()[0].evidence == "sent without script"


def test_a_filled_hidden_field_holds_and_says_why(service: Service) -> None:
    assert service.post(subject="x").headers["location"].endswith("#comment-held")

    (kept,) = service.kept()
    assert kept.status is Status.HELD
    assert kept.evidence.startswith("the hidden field was filled in")


@pytest.mark.parametrize("name", ["Mara", "  mara ", "M\u0430ra", "ADMIN", "Ma\u200bra", "Ｍara"])
def test_the_blogs_own_name_on_a_readers_comment_waits_for_a_person(
    service: Service, name: str
) -> None:
    service.script(author=name)

    (kept,) = service.kept()
    assert kept.status is Status.HELD
    assert kept.role is Role.READER


def test_a_token_is_good_for_one_article_one_comment_and_one_day(service: Service) -> None:
    token = service.token()
    service.clock.pass_(seconds=1)
    service.script(token=token, body="Quick.")
    service.script(token=token, body="Again.")
    other = service.token("traps")
    service.clock.pass_(days=2)
    service.script(token=other, body="Late.")
    service.script(token="forged", body="Forged.")

    said = {kept.body: kept.evidence for kept in service.kept()}
    assert said == {
        "Quick.": "sent 1 s after the form was touched",
        "Again.": "the form's token came with another comment; sent 1 s after the form was touched",
        "Late.": "the form was opened long ago",
        "Forged.": "the form's token is forged",
    }


def test_many_comments_from_one_network_are_noted_then_forms_are_refused(
    start: Callable[..., Service],
) -> None:
    service = start(comment_rate="2 per hour", request_rate="4 per hour")

    codes = [service.script(body=f"Number {n}.").status_code for n in range(6)]

    assert codes == [201, 201, 201, 201, 429, 429]
    assert [kept.evidence for kept in sorted(service.kept(), key=lambda c: c.published)] == [
        "",
        "",
        "many comments from one network",
        "many comments from one network",
    ]


def test_no_address_of_a_reader_is_kept_anywhere(service: Service) -> None:
    service.post(subject="x")
    service.script()

    for path in service.project.root.rglob("*"):
        if path.is_file():
            assert service.address.encode() not in path.read_bytes(), path


def test_work_that_was_asked_for_and_not_done_is_noted(start: Callable[..., Service]) -> None:
    from itertools import count

    from tipsblog.intake.tokens import work_done

    service = start(proof_of_work=6)
    token = service.token()
    service.clock.pass_(seconds=60)
    answer = next(str(n) for n in count() if work_done(token, str(n), 6))
    other = service.token()
    guess = next(guess for guess in ("", *"abcdefgh") if not work_done(other, guess, 6))
    service.clock.pass_(seconds=60)

    service.script(token=token, work=answer, body="Worked.")
    service.script(token=other, work=guess, body="Lazy.")

    said = {kept.body: kept.evidence for kept in service.kept()}
    assert said == {"Worked.": "", "Lazy.": "the work asked for was not done"}


# Preview and the form by itself


def test_a_preview_shows_the_sanitised_text_and_keeps_nothing(service: Service) -> None:
    page = service.post(action="preview", body="*Fine* <script>alert(1)</script>")
    said = service.client.post("/intake/preview", data={"body": "*Fine*"}, headers=ORIGIN | JSON)

    assert "<p><em>Fine</em> &lt;script&gt;alert(1)&lt;/script&gt;</p>" in page.text
    assert said.json()["html"].strip() == "<p><em>Fine</em></p>"
    assert service.kept() == []


def test_an_answer_can_be_written_without_script_under_what_it_answers(service: Service) -> None:
    service.store.put(comment("a", author="<b>Ann</b>", body="Is *that* so?"))

    page = service.client.get("/intake/form?article=traps&parent=a").text

    assert "<p>In answer to &lt;b&gt;Ann&lt;/b&gt;:</p>" in page
    assert "<p>Is <em>that</em> so?</p>" in page
    assert 'name="parent" value="a"' in page


@pytest.mark.parametrize("parent", ["deleted", "gone", "../x", "%00"])
def test_nothing_is_quoted_that_readers_cannot_see(service: Service, parent: str) -> None:
    service.store.put(comment("deleted", body="Secret", status=Status.DELETED))

    page = service.client.get(f"/intake/form?article=traps&parent={parent}")

    assert page.status_code == 200
    assert "In answer to" not in page.text
    assert "Secret" not in page.text


# Changing one's own


def test_a_reader_may_change_a_comment_for_a_while_and_it_is_judged_anew(
    service: Service, filter_says: list[Outcome]
) -> None:
    token = service.script().json()["edit_token"]
    filter_says.append(Outcome.UNSURE)

    said = service.script("edit", edit_token=token, body="A better thought.").json()

    assert said["state"] == "held"
    (kept,) = service.kept()
    assert kept.body == "A better thought."
    assert kept.updated == service.clock()
    assert service.script("edit", edit_token=token, body="Old token.").status_code == 409
    service.clock.pass_(minutes=16)
    late = service.script("edit", edit_token=said["edit_token"], body="Late.")
    assert late.status_code == 403


def test_an_edit_never_slips_past_a_decision(service: Service) -> None:
    from dataclasses import replace

    approved, binned = (service.script(body=body).json() for body in ("One.", "Two."))
    one, two = (service.store.get("traps", said["id"]) for said in (approved, binned))
    service.store.put(replace(one, status=Status.PUBLISHED))
    service.store.put(replace(two, status=Status.SPAM))

    service.script("edit", edit_token=approved["edit_token"], body="Buy now.")
    refused = service.script("edit", edit_token=binned["edit_token"], body="Better.")

    assert service.store.get("traps", one.id).status is None
    assert refused.status_code == 409


def test_a_deleted_comment_is_gone_or_leaves_a_place_for_its_answers(service: Service) -> None:
    alone, answered = (service.script(body=body).json() for body in ("One.", "Two."))
    service.script(parent=answered["id"], body="Answer.")

    for said in (alone, answered):
        gone = service.script("delete", edit_token=said["edit_token"])
        assert gone.json()["state"] == "deleted"

    left = {kept.id: kept for kept in service.kept()}
    assert alone["id"] not in left
    place = left[answered["id"]]
    assert (place.author, place.body, place.status) == ("", "", Status.DELETED)
    assert place.removed_by is Remover.AUTHOR


def test_health_and_counts_are_there_for_the_machine_itself(service: Service) -> None:
    service.script()
    local = Service(service.project, address="127.0.0.1")
    local.script(body="More.")

    assert service.client.get("/intake/health").json()["ok"]
    assert service.client.get("/intake/metrics").status_code == 404
    assert 'tipsblog_comments_total{state="published"} 1.0' in (
        local.client.get("/intake/metrics").text
    )
