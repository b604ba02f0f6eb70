"""What an attacker may try, through every way in."""

from __future__ import annotations

import re
import socket
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote

import html5lib
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from running import Running
from services import JSON, ORIGIN, SITE, Service, make_blog

from tipsblog.comments.model import Status, clean_line
from tipsblog.intake.moderate import Passphrase

HTML = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<a href='javascript:alert(1)'>x</a>",
    "[x](javascript:alert(1))",
    "[x](java\tscript:alert(1))",
    "[x](java&#115;cript:alert(1))",
    "[x](javascript\u200b:alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](//evil.example)",
    "<//evil.example>",
    "<svg><script>alert(1)</script></svg>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    '<a href="https://x.example/\n" onclick=alert(1)>x</a>',
    "<b>open <i>and <a href='https://x.example'>open",
    '<p id="comments" class="comment-form">x</p>',
    "</textarea><script>alert(1)</script>",
    "</blockquote></main></body>",
    '" onmouseover="alert(1)',
    "{{ 7*7 }} {% include 'x' %} {filename}x.md {static}y",
    "<!-- -->",
    "<![CDATA[ x ]]>",
    "<style>*{display:none}</style>",
    "<form action=https://evil.example><button>x",
    "<iframe src=https://evil.example></iframe>",
    "<base href=https://evil.example>",
]
NAMES = [
    "Admin",
    "Mara",
    "\u041c\u0430r\u0430",
    "\u202eeraM",
    "Ma\u200bra",
    "a\0b",
    "n" * 10_000,
    "   ",
    "x\r\nStatus: published",
    "x\nSet-Cookie: a=b",
    "<b>Ann</b>",
    '"><script>alert(1)</script>',
]
ALLOWED = frozenset(
    ["a", "b", "blockquote", "br", "code", "em", "i", "li", "ol", "p", "pre", "strong", "ul"]
)
WORD = "correct horse battery"


def inert(page: str, where: str) -> None:
    """Assert that no element with the class `where` holds anything live, and
    that the whole page has no script, handler, style or foreign address.
    """
    tree = html5lib.parse(page, namespaceHTMLElements=False)
    for element in tree.iter():
        if not isinstance(element.tag, str):
            continue
        assert element.tag not in ("script", "iframe", "object", "embed", "base", "style", "svg")
        for name, value in element.attrib.items():
            assert not name.lower().startswith("on"), (element.tag, name)
            if name in ("href", "src", "action"):
                assert re.match(r"https?://(?!evil)|/(?!/)|data:,", value), value
    found = [e for e in tree.iter() if where in str(e.attrib.get("class", "")).split()]
    assert found
    for element in found:
        inside = {e.tag for e in element.iter() if e is not element}
        assert inside <= ALLOWED | {"div", "h2", "section"}, inside


@pytest.mark.parametrize("text", HTML)
def test_html_is_inert_in_the_answer_the_preview_the_form_and_the_moderation_page(
    service: Service, text: str, filter_says: list[Any]
) -> None:
    Passphrase(service.project.state).set(WORD)
    service.client.post("/intake/moderate/login", data={"passphrase": WORD}, headers=ORIGIN)

    posted = service.script(body=f"Words {text}", author=text[:90])
    edited = service.script("edit", edit_token=posted.json()["edit_token"], body=f"Edited {text}")
    preview = service.post(action="preview", body=f"Words {text}", author=text[:90])
    mended = service.post(body=f"Words {text}", author=text[:90], website="x x")
    answer = service.client.get(f"/intake/form?article=traps&parent={posted.json()['id']}")
    queue = service.client.get("/intake/moderate?state=held").text
    queue += service.client.get("/intake/moderate?state=published").text
    queue += service.client.get("/intake/moderate?state=spam").text

    for said in (posted, edited):
        inert(f'<div class="said">{said.json()["html"]}</div>', "said")
    inert(preview.text, "comment-preview")
    assert mended.status_code == 422
    for page in (mended.text, answer.text):
        tree = html5lib.parse(page, namespaceHTMLElements=False)
        forms = [e for e in tree.iter("form") if "comment-form" in e.attrib.get("class", "")]
        assert len(forms) == 1
        assert not list(tree.iter("script"))
    assert "Edited" in queue
    inert(queue.replace("<!DOCTYPE html>", ""), "comment-body")


@pytest.mark.parametrize("name", NAMES)
def test_a_hostile_name_makes_no_field_no_header_and_no_author(service: Service, name: str) -> None:
    answer = service.script(author=name)

    assert answer.status_code in (201, 422)
    assert "set-cookie" not in answer.headers
    for kept in service.kept():
        assert kept.author == clean_line(kept.author)
        assert kept.status is not Status.PUBLISHED
        assert kept.role == "reader"
        text = service.store.path_of(kept.article, kept.id).read_text()
        assert text.count("\nStatus:") <= 1


@pytest.mark.parametrize(
    "key",
    [
        "..",
        "%2e%2e",
        "../../etc/passwd",
        "/etc/passwd",
        "traps/../over",
        "traps\\..\\x",
        "traps\0",
        "CON",
        "Traps",
        "tra\u0301ps",
        "\uff54raps",
        "x" * 300,
        "traps.md",
        ".",
    ],
)
def test_no_slug_or_id_from_a_request_becomes_a_path(service: Service, key: str) -> None:
    before = sorted(map(str, service.project.root.rglob("*")))

    assert service.post(article=key).status_code in (403, 404)
    assert service.client.get(f"/intake/form?article={quote(key)}").status_code in (403, 404)
    assert service.client.get(f"/intake/token?article={quote(key)}").status_code in (403, 404)
    service.client.post(
        "/intake/moderate/decide",
        data={"article": key, "comment": key, "decision": "approve"},
        headers=ORIGIN,
    )

    assert sorted(map(str, service.project.root.rglob("*"))) == before


def test_a_comments_folder_that_is_a_link_elsewhere_keeps_the_file_inside_it(
    service: Service, tmp_path: Path
) -> None:
    service.store.root.mkdir()
    (tmp_path / "elsewhere").mkdir()
    (service.store.root / "traps").symlink_to(tmp_path / "elsewhere")

    service.post(parent="../../../x")

    names = [path.name for path in (tmp_path / "elsewhere").iterdir()]
    assert len(names) == 1
    assert names[0].endswith(".md")


@pytest.mark.parametrize(
    ("origin", "code"),
    [
        (SITE, 303),
        ("null", 303),
        ("https://evil.example", 403),
        (f"{SITE}.evil.example", 403),
        ("http://blog.example.org", 403),
        ("https://blog.example.org:8443", 403),
        (f"{SITE}/", 403),
        ("", 403),
    ],
)
def test_a_form_on_another_site_is_refused(service: Service, origin: str, code: int) -> None:
    answer = service.post(headers={"origin": origin})

    assert answer.status_code == code
    assert len(service.kept()) == (code == 303)


def test_only_the_blogs_own_pages_may_read_the_answers(service: Service) -> None:
    ours = service.post(headers=ORIGIN | JSON)
    theirs = service.post(headers={"origin": "https://evil.example"} | JSON)

    assert ours.headers["access-control-allow-origin"] == SITE
    assert "access-control-allow-origin" not in theirs.headers


@pytest.mark.parametrize("name", ["next", "url", "return", "redirect", "back", "article_url"])
def test_no_field_and_no_header_sends_a_reader_elsewhere(service: Service, name: str) -> None:
    answer = service.post(
        headers=ORIGIN | {"referer": "https://evil.example/", "x-forwarded-host": "evil.example"},
        **{name: "https://evil.example/"},
    )

    assert answer.headers["location"] == f"{SITE}/traps.html#comment-published"


@pytest.mark.parametrize("path", ["/intake/comments/", "/intake/moderate/", "/intake", "/intake/"])
def test_no_path_leads_to_the_host_that_a_request_names(service: Service, path: str) -> None:
    for ask in (service.client.get, service.client.post):
        answer = ask(path, headers={"host": "evil.example"})

        assert answer.status_code == 404
        assert "location" not in answer.headers


@pytest.mark.parametrize(
    ("content_type", "body", "code"),
    [
        ("application/x-www-form-urlencoded", b"a=&" * 10_000, 400),
        ("application/x-www-form-urlencoded", b"a=" + b"x" * 70_000, 413),
        ("application/x-www-form-urlencoded", b"article=traps&body=%ff%fe", 400),
        ("application/x-www-form-urlencoded", b"article=traps&body=\xff\xfe", 400),
        ("application/x-www-form-urlencoded", b"article=traps&article=over&body=x", 400),
        ("application/x-www-form-urlencoded", b"", 404),
        ("application/x-www-form-urlencoded; charset=utf-16", b"article=traps&body=x", 303),
        ("multipart/form-data; boundary=x", b"--x--", 415),
        ("application/json", b'{"article": "traps"}', 415),
        ("text/plain", b"article=traps&body=x", 415),
        ("", b"article=traps&body=x", 415),
    ],
)
def test_odd_bodies_are_refused_with_a_word(
    service: Service, content_type: str, body: bytes, code: int
) -> None:
    answer = service.client.post(
        "/intake/comments", content=body, headers=ORIGIN | {"content-type": content_type}
    )

    assert answer.status_code == code


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    method=st.sampled_from(["GET", "POST", "HEAD", "PUT", "DELETE", "OPTIONS"]),
    path=st.sampled_from(
        [
            *("comments", "preview", "form", "token", "edit", "delete", "health", "metrics"),
            *("moderate", "moderate/login", "moderate/decide", "moderate/undo", "decide", "x"),
        ]
    ),
    query=st.dictionaries(
        st.sampled_from(["article", "parent", "token", "state", "page"]),
        st.one_of(st.sampled_from(["traps", "a", "held", "0", "-1"]), st.text(max_size=30)),
        max_size=3,
    ),
    fields=st.one_of(
        st.binary(max_size=200),
        st.dictionaries(
            st.sampled_from(
                [
                    *("article", "author", "website", "body", "parent", "token", "work", "email"),
                    *("subject", "action", "edit_token", "csrf", "decision", "id", "passphrase"),
                ]
            ),
            st.one_of(st.sampled_from(["traps", "a", "preview", "approve"]), st.text(max_size=50)),
            max_size=8,
        ),
    ),
    headers=st.dictionaries(
        st.sampled_from(["origin", "accept", "cookie", "x-forwarded-for", "content-type"]),
        st.sampled_from(
            [SITE, "application/json", "tipsblog_moderator=x", "1.2.3.4, x", "a\xffb", ""]
        ),
        max_size=3,
    ),
)
def test_no_request_at_all_makes_the_service_fail(
    service: Service,
    method: str,
    path: str,
    query: dict[str, str],
    fields: Any,
    headers: dict[str, str],
) -> None:
    def encodable(given: dict[str, str]) -> dict[str, str]:
        return {name: text.encode("utf-8", "ignore").decode() for name, text in given.items()}

    body = {"content": fields} if isinstance(fields, bytes) else {"data": encodable(fields)}
    sent = [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]

    answer = service.client.request(
        method, f"/intake/{path}", params=encodable(query), headers=sent, **body
    )

    assert answer.status_code < 500
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]


# Against the running process


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    blog = make_blog(tmp_path, comment_rate="", request_rate="")
    service = Running(blog)
    yield service
    service.stop()


def head(running: Running, *lines: str) -> bytes:
    return "\r\n".join(
        [
            "POST /intake/comments HTTP/1.1",
            f"Host: 127.0.0.1:{running.port}",
            f"Origin: {running.url}",
            "Content-Type: application/x-www-form-urlencoded",
            *lines,
            "",
            "",
        ]
    ).encode()


def test_a_hundred_megabytes_are_refused_before_they_are_read_in_flat_memory(
    running: Running,
) -> None:
    running.post()
    before = running.memory()

    refused = running.raw(head(running, "Content-Length: 104857600"))
    with socket.create_connection(("127.0.0.1", running.port), timeout=20) as connection:
        connection.sendall(head(running, "Transfer-Encoding: chunked"))
        chunk = b"10000\r\n" + b"x" * 65536 + b"\r\n"
        sent = 0
        with suppress(OSError):  # it hangs up
            for _ in range(1600):
                connection.sendall(chunk)
                sent += len(chunk)

    assert refused.startswith(b"HTTP/1.1 413")
    assert sent < 20_000_000
    assert running.memory() - before < 20_000_000
    assert running.post(body="Still there.") == 201


@pytest.mark.slow
def test_a_slow_body_is_given_up_while_others_are_served(running: Running) -> None:
    with socket.create_connection(("127.0.0.1", running.port), timeout=20) as slow:
        slow.sendall(head(running, "Content-Length: 100") + b"article=")
        start = time.monotonic()
        assert running.post() == 201
        answer = slow.recv(100)

    assert answer.startswith(b"HTTP/1.1 408")
    assert time.monotonic() - start < 20


def test_a_forged_address_counts_for_nothing_unless_a_known_proxy_says_it(tmp_path: Path) -> None:
    def codes(proxies: str) -> list[bytes]:
        root = tmp_path / (proxies or "none")
        root.mkdir()
        running = Running(make_blog(root, request_rate="2 per hour", proxies=proxies))
        try:
            found = []
            for n in range(4):
                body = f"article=traps&body=Words+{n}".encode()
                lines = [
                    f"Content-Length: {len(body)}",
                    f"X-Forwarded-For: 10.0.{n}.1, 192.0.2.1",
                    "Connection: close",
                ]
                found.append(running.raw(head(running, *lines) + body)[9:12])
            return found
        finally:
            running.stop()

    # What the browser wrote before the proxy's own addition is not believed either.
    assert codes("127.0.0.1") == [b"303", b"303", b"429", b"429"]
    assert codes("203.0.113.9") == [b"303", b"303", b"429", b"429"]
