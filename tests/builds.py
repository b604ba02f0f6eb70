"""Small sites on disk, built by a process of their own, for tests of builds."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import types
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

PLUGINS = Path(__file__).parent.parent / "plugins"

SETTINGS = {
    "SITENAME": "Tips",
    "SITEURL": "https://tips.example",
    "AUTHOR": "Ada Moss",
    "TIMEZONE": "UTC",
    "DEFAULT_LANG": "en",
    "PATH": "content",
    "OUTPUT_PATH": "output",
    "ARTICLE_PATHS": ["articles"],
    "PAGE_PATHS": ["pages"],
    "STATIC_PATHS": ["images"],
    "THEME": "theme",
    "PLUGIN_PATHS": [str(PLUGINS)],
    "PLUGINS": ["tipsblog"],
    "DEFAULT_PAGINATION": 3,
    "MONTH_ARCHIVE_SAVE_AS": "{date:%Y}/{date:%m}/index.html",
    "FEED_ALL_ATOM": "feeds/all.atom",
    "TAG_FEED_ATOM": "feeds/tag-{slug}.atom",
    "CATEGORY_FEED_ATOM": None,
    "TRANSLATION_FEED_ATOM": None,
    "AUTHOR_FEED_ATOM": None,
    "AUTHOR_FEED_RSS": None,
    "WITH_FUTURE_DATES": False,
    "TIPSBLOG_THREAD_DEPTH": 2,
}

_LIST = """{% for a in articles_page.object_list %}
<h2><a href="{{ SITEURL }}/{{ a.url }}">{{ a.title }}</a></h2>{{ a.summary }}
{{ a.locale_date }} {{ a.discussion.short }} {% for t in a.tags %}{{ t }} {% endfor %}
{% endfor %}
{{ articles_page.number }}/{{ articles_paginator.num_pages }}"""

TEMPLATES = {
    "base": """<title>{% block title %}{{ SITENAME }}{% endblock %}</title>
{% include "nav.html" %}{% block main %}{% endblock %}""",
    "nav": """
{% if checklists_page %}<a href="{{ SITEURL }}/{{ checklists_page }}">Lists</a>{% endif %}
{% for c, of in categories %}
<a href="{{ SITEURL }}/{{ c.url }}">{{ c }} {{ of|length }}</a>{% endfor %}
{% for p in pages %}<a href="{{ SITEURL }}/{{ p.url }}">{{ p.title }}</a>{% endfor %}""",
    "_list": _LIST,
    "article": """{% extends "base.html" %}{% block main %}
<h1>{{ article.title }}</h1>{{ article.content }}
{% for t in article.translations %}{{ t.url }}{% endfor %}
{% for t in article.tags %}{{ t.url }}{% endfor %}
{% if article.newer %}{{ article.newer.title }}{% endif %}
{% if article.older %}{{ article.older.title }}{% endif %}
{% include "tipsblog/comments.html" %}{% endblock %}""",
    "page": """{% extends "base.html" %}
{% block main %}{{ page.title }} {{ page.content }}{% endblock %}""",
    "index": """{% extends "base.html" %}{% block main %}{% include "_list.html" %}
{% for c in tipsblog.latest_comments %}
{{ c.author_name }}: {{ c.excerpt }} {{ c.article.title }}{% endfor %}
{% for a in tipsblog.most_discussed %}{{ a.title }}{% endfor %}{% endblock %}""",
    "archives": """{% for a in dates %}{{ a.date }} {{ a.title }}{% endfor %}""",
    "period_archives": """{{ period }}
{% for a in articles %}{{ a.title }}{{ a.summary }}{% endfor %}""",
    "tag": """{% extends "base.html" %}
{% block main %}{{ tag }}{% include "_list.html" %}{% endblock %}""",
    "category": """{% extends "base.html" %}
{% block main %}{{ category }}{% include "_list.html" %}{% endblock %}""",
    "author": """{{ author }}{% include "_list.html" %}""",
    "tags": """{% for t, of in tags|sort %}{{ t.url }} {{ of|length }}{% endfor %}""",
    "categories": """{% for t, of in categories %}{{ t.url }} {{ of|length }}{% endfor %}""",
    "authors": """{% for t, of in authors %}{{ t.url }} {{ of|length }}{% endfor %}""",
}


#: Ends itself when so many files were opened or replaced after all was drawn.
_KILLED = """
import os, signal, sys
from tipsblog.build import front
from tipsblog.build.swift import follow
left = int(sys.argv[1]) if len(sys.argv) > 1 else -1

def hook(event, arguments):
    global left
    if event in ("open", "os.rename", "os.remove", "sqlite3.connect") and left >= 0 and armed:
        left -= 1
        if left < 0:
            os.kill(os.getpid(), signal.SIGKILL)

armed = False
plain = follow._Build._check_still

def check_still(*arguments):
    global armed
    plain(*arguments)
    armed = True

follow._Build._check_still = check_still
sys.addaudithook(hook)
report = front.attempt("pelicanconf.py", "")
if report is None:
    from tipsblog.build import glue
    glue.build(glue.Request("pelicanconf.py"))
"""

#: When `build` builds, in seconds since 1970.
NOW = datetime(2024, 5, 10, tzinfo=UTC).timestamp()


class Blog:
    """A blog in `root`. Build it with a `Builder`."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.settings: dict[str, Any] = dict(SETTINGS)
        for name, text in TEMPLATES.items():
            self.write(f"theme/templates/{name}.html", text)
        self.write("theme/static/site.css", "p { margin: 1em }")
        self.set()

    @property
    def output(self) -> Path:
        return self.root / "output"

    def set(self, **changes: Any) -> None:
        """Change settings, and write the settings file."""
        self.settings.update(changes)
        lines = [f"{name} = {value!r}\n" for name, value in self.settings.items()]
        self.write("pelicanconf.py", "".join(lines))

    def write(self, name: str, text: str) -> Path:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def article(self, name: str, body: str = "Some words.", **fields: str) -> Path:
        """Write an article, a day later for each letter of its name's place."""
        values = {"title": name.capitalize(), "date": "2024-03-05 10:00", **fields}
        header = "".join(f"{key.capitalize()}: {value}\n" for key, value in values.items())
        return self.write(f"content/articles/{name}.md", f"{header}\n{body}\n")

    def page(self, name: str, body: str = "Some words.") -> Path:
        return self.write(f"content/pages/{name}.md", f"Title: {name.capitalize()}\n\n{body}\n")

    def comment(self, article: str, id: str, body: str = "Thanks.", **fields: str) -> Path:
        values = {"author": "Bo", "date": "2024-04-01T10:00:00+00:00", "status": "published"}
        values |= fields
        header = "".join(f"{key.capitalize()}: {value}\n" for key, value in values.items())
        return self.write(f"content/comments/{article}/{id}.md", f"{header}\n{body}\n")


class Builder:
    """A process that builds sites, each time in a fresh child."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", "import builds; builds.serve()"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": f"{Path(__file__).parent}{os.pathsep}{PLUGINS}"},
        )

    def close(self) -> None:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait()

    def build(self, blog: Blog, *, now: float | None = None, **options: Any) -> dict[str, Any]:
        """Build as `tipsblog build` does; return its report.

        now: what the clock shows. plain=True, output=...: Pelican alone. apart:
        read edited articles in another process, as where nothing is loaded yet.
        shared: share out, and keep out of memory, even what a small blog has.
        """
        assert self._process.stdin
        assert self._process.stdout
        request = {"root": str(blog.root), "now": now, **options}
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        result: dict[str, Any] = json.loads(self._process.stdout.readline())
        return result

    def differences(self, blog: Blog, *, now: float | None = None) -> list[str]:
        """Return how the site's output differs from what Pelican alone makes."""
        plain = blog.root / "plain"
        subprocess.run(["rm", "-rf", plain], check=True)
        result = self.build(blog, now=now, plain=True, output=str(plain))
        assert not result["error"], result["error"]
        return compare(blog.output, plain)


def build(builder: Builder, blog: Blog, **options: Any) -> dict[str, Any]:
    """Build at the moment `NOW`; return what the process answers."""
    result = builder.build(blog, now=NOW, **options)
    assert not result["error"], result
    return result


def read(blog: Blog, name: str) -> str:
    """Return what stands in an output."""
    return (blog.output / name).read_text("utf-8")


def compare(one: Path, other: Path) -> list[str]:
    """Return which files differ, or stand in only one of two folders."""
    files = [{str(p.relative_to(f)): p for p in f.rglob("*") if p.is_file()} for f in (one, other)]
    return sorted(
        name
        for name in files[0].keys() | files[1].keys()
        if name not in files[0]
        or name not in files[1]
        or files[0][name].read_bytes() != files[1][name].read_bytes()
    )


def serve() -> None:
    """The loop of the process that builds."""
    import pelican  # noqa: F401 - once, for all children

    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # whatever else is printed must not be taken for an answer
    for line in sys.stdin:
        reading, writing = os.pipe()
        pid = os.fork()
        if pid == 0:
            with os.fdopen(writing, "w") as pipe:
                json.dump(_answer(json.loads(line)), pipe)
            os._exit(0)
        os.close(writing)
        with os.fdopen(reading) as pipe:
            answers.write((pipe.read() or '{"error": "killed"}') + "\n")
        os.waitpid(pid, 0)
        answers.flush()


def explained(blog: Blog) -> str:
    """Build with `tipsblog build --explain`; return what it says."""
    environment = {**os.environ, "PYTHONPATH": str(blog.settings["PLUGIN_PATHS"][0])}
    command = [sys.executable, "-m", "tipsblog", "build", "--explain"]
    done = subprocess.run(
        command, cwd=blog.root, env=environment, capture_output=True, text=True, check=True
    )
    return done.stdout


def check_killed(blog: Blog, builder: Builder, after: int, change: Callable[[], object]) -> None:
    """Kill a build that follows `change` after so many steps: the next makes it right."""
    environment = {**os.environ, "PYTHONPATH": str(blog.settings["PLUGIN_PATHS"][0])}
    command = [sys.executable, "-c", _KILLED, str(after)]
    # The clock of this process is not pinned.
    subprocess.run(command[:3], cwd=blog.root, env=environment, check=True)
    change()
    process = subprocess.run(command, cwd=blog.root, env=environment, check=False)
    assert process.returncode in (0, -signal.SIGKILL)

    assert not builder.build(blog)["error"]

    assert builder.differences(blog) == []
    leftovers = [path.name for path in blog.output.rglob(".*") if path.is_file()]
    assert leftovers == []


def _answer(request: dict[str, Any]) -> dict[str, Any]:
    import logging

    from pelican import log

    from tipsblog.build import front, glue
    from tipsblog.build.changes import contents, seals
    from tipsblog.build.swift import drawing as drawing_again
    from tipsblog.build.swift import edit, follow
    from tipsblog.build.whole import ahead, drawing, parsing, texts
    from tipsblog.comments import gathering
    from tipsblog.spam import asking, update, weighing

    os.chdir(request["root"])
    log.init(level=logging.WARNING, fatal="warnings", handler=None)
    messages: list[str] = []
    handler = logging.Handler()
    handler.emit = lambda record: messages.append(record.getMessage())  # type: ignore[method-assign]
    logging.getLogger().handlers = [handler]
    if request["now"]:
        _pin(request["now"])
    if request.get("apart"):
        edit.sys = types.SimpleNamespace(modules={})
    output = request.get("output", "")
    answer: dict[str, Any] = {"error": "", "messages": messages, "current": False, "swift": False}
    try:
        if request.get("plain"):
            glue.take_over = _leave_alone
            # Nor may the filter remember.
            asking.Asking.file = property(lambda self: Path("/dev/null/none"))  # type: ignore[misc,assignment]
            from pelican.settings import read_settings

            values = read_settings("pelicanconf.py", override={"OUTPUT_PATH": output})
            from pelican import Pelican

            Pelican(values).run()
        else:
            if request.get("shared"):
                ahead._FEW, drawing._FEW, parsing._FEW, texts._LONG = 20, 4, 2, 0
                parsing._MANY = 1
                drawing_again._FEW = 2
                seals._SHARE = 5000
                contents._SHARE, gathering._MANY = 5, 2
                update.MANY = weighing.MANY = 2
                _let_one_process_keep()
            full = bool(request.get("full"))
            report = None if full else front.attempt("pelicanconf.py", output)
            answer["why"] = follow.why_not
            if report is None:
                seen = None if full else front.found("pelicanconf.py", output)
                report = glue.build(glue.Request("pelicanconf.py", output, full, seen))
            answer["current"], answer["swift"] = report.nothing, report.swift
            answer |= {
                name: getattr(report, name) for name in ("written", "removed", "parsed", "kept")
            }
    except Exception as error:  # noqa: BLE001
        answer["error"] = f"{type(error).__name__}: {error}"
    return answer


def _let_one_process_keep() -> None:
    """Stop any other that writes into the cache: they would wait for each other."""
    from tipsblog.build.cache import Cache

    owner, plain = os.getpid(), Cache.put

    def put(self: Cache, *values: Any) -> None:
        if os.getpid() != owner:
            os._exit(1)
        plain(self, *values)

    Cache.put = put  # type: ignore[method-assign]


def _leave_alone(pelican: Any) -> None:
    pass


def _pin(now: float) -> None:
    """Let Pelican and the build see `now` on the clock."""
    import datetime
    import time

    import pelican.contents

    from tipsblog.build import front, glue
    from tipsblog.comments import glue as comments

    class Pinned(datetime.datetime):
        @classmethod
        def now(cls, tz: Any = None) -> Any:
            return datetime.datetime.fromtimestamp(now, tz)

    shown = types.ModuleType("datetime")
    vars(shown).update({**vars(datetime), "datetime": Pinned})
    pelican.contents.datetime = shown
    clock = types.ModuleType("time")
    vars(clock).update({**vars(time), "time": lambda: now})
    front.time = glue.time = clock
    comments._now = lambda: datetime.datetime.fromtimestamp(now, datetime.UTC)
