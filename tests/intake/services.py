"""A service under test: a small blog as a build leaves it, and a browser's side."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from starlette.testclient import TestClient

from tipsblog.comments import manifest
from tipsblog.comments.model import Comment
from tipsblog.comments.store import FileStore
from tipsblog.intake.assembly import application
from tipsblog.project import Project, load_project

SITE = "https://blog.example.org"
START = datetime(2026, 3, 5, 14, 0, tzinfo=UTC)
ORIGIN = {"origin": SITE}
JSON = {"accept": "application/json"}


@dataclass
class Clock:
    """A clock that only moves when it is told to."""

    now: datetime = START

    def __call__(self) -> datetime:
        return self.now

    def pass_(self, **time: float) -> None:
        self.now += timedelta(**time)


def make_blog(root: Path, **settings: Any) -> Project:
    """A blog with the open article "traps" and the closed one "over"."""
    given = {
        "SITEURL": SITE,
        "SITENAME": "Test blog",
        "AUTHOR": "Mara",
        "PATH": "content",
        "ARTICLE_PATHS": ["articles"],
        "TIPSBLOG_INTAKE_URL": "/intake",
        "TIPSBLOG_ON_COMMENT": "",
    } | {f"TIPSBLOG_{name.upper()}": value for name, value in settings.items()}
    lines = "".join(f"{name} = {value!r}\n" for name, value in given.items())
    (root / "pelicanconf.py").write_text(lines)
    (root / "content" / "articles").mkdir(parents=True, exist_ok=True)
    entries = []
    for key, is_open in (("traps", True), ("over", False)):
        (root / "content" / "articles" / f"{key}.md").write_text(f"Title: {key}\n\nWords.\n")
        entries.append(
            manifest.Entry(
                key=key,
                url=f"{SITE}/{key}.html",
                title=f"About {key}",
                source=f"articles/{key}.md",
                published=START - timedelta(days=3),
                open=is_open,
            )
        )
    write_manifest(root, *entries)
    return load_project(root / "pelicanconf.py")


def write_manifest(root: Path, *entries: manifest.Entry) -> None:
    (root / ".tipsblog").mkdir(exist_ok=True)
    text = manifest.dump(manifest.Manifest("Test blog", {entry.key: entry for entry in entries}))
    (root / ".tipsblog" / manifest.FILE).write_text(text)


@dataclass
class Service:
    """The running service and what it keeps."""

    project: Project
    clock: Clock = field(default_factory=Clock)
    address: str = "192.0.2.7"

    def __post_init__(self) -> None:
        app = application(self.project, clock=self.clock, public="http://127.0.0.1:8010")
        self.client = TestClient(
            app,
            base_url=SITE,
            follow_redirects=False,
            client=(self.address, 4711),
            raise_server_exceptions=False,
        )
        self.store = FileStore(self.project.comments)

    def token(self, article: str = "traps") -> str:
        answer = self.client.get("/intake/token", params={"article": article})
        return str(answer.json()["token"])

    def post(self, headers: dict[str, str] | None = None, **fields: str) -> Any:
        """Send the form as a browser without script does."""
        data = {"article": "traps", "author": "Ann", "body": "A useful thought."} | fields
        return self.client.post("/intake/comments", data=data, headers=headers or ORIGIN)

    def script(self, path: str = "comments", **fields: str) -> Any:
        """Send the form as our script does, a minute after it was touched."""
        data = {"article": "traps", "author": "Ann", "body": "A useful thought."} | fields
        if "token" not in data:
            data["token"] = self.token(data["article"])
            self.clock.pass_(seconds=60)
        return self.client.post(f"/intake/{path}", data=data, headers=ORIGIN | JSON)

    def kept(self) -> list[Comment]:
        return list(self.store.load().comments)
