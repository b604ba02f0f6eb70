"""Libraries that are loaded when they are used, not when they are imported."""

from __future__ import annotations

import subprocess
import sys

import pytest
from pelican import paginator

from builds import PLUGINS

START = f"""
import sys
sys.path.insert(0, {str(PLUGINS)!r})
from tipsblog.build.swift import lazily
lazily.put_off()

def there(name):
    return type(sys.modules[name]).__name__ == "module"
"""


def run(code: str) -> list[str]:
    command = [sys.executable, "-c", START + code]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()


def test_who_draws_a_page_does_not_wait_for_what_jinja_seldom_needs() -> None:
    said = run(
        "import tipsblog.build.swift.redraw, tipsblog.comments.follow, tipsblog.spam.update\n"
        "print(*map(there, [*lazily.SELDOM, 'hashlib']))\n"
        "print(*[name in sys.modules for name in ('logging', 'shutil', '_hashlib')])"
    )

    assert set(said) == {"False"}


@pytest.mark.parametrize(
    ("use", "what"),
    [
        ("import inspect; print(inspect.signature(there))", "(name)"),
        ("from inspect import getattr_static as get; print(get(lazily, '__name__'))",
         "tipsblog.build.swift.lazily"),
        ("from ast import literal_eval; print(literal_eval('1'))", "1"),
        ("from ast import parse; print(parse.__name__)", "parse"),
        ("import ipaddress; print(ipaddress.ip_address('::1'))", "::1"),
        ("from random import choice; print(choice([7]))", "7"),
        ("import tempfile; print(tempfile.gettempprefix())", "tmp"),
        ("import importlib.metadata; print(importlib.metadata.version('pelican')[:2])", "4."),
        ("from importlib.metadata import entry_points; print(len(entry_points(group='a')))", "0"),
        ("from importlib import metadata; print(metadata.__name__)", "importlib.metadata"),
        ("import traceback; print(traceback.format_exception_only(KeyError())[0])",
         "KeyError"),
        ("lazily.load(); import importlib.metadata; print(there('importlib.metadata'))", "True"),
        ("lazily.load(); import tempfile; print(there('tempfile'))", "True"),
        ("import pickle, random; print(pickle.loads(pickle.dumps(random.Random)).__name__)",
         "Random"),
        ("import hashlib; print(hashlib.sha1(b'a').hexdigest()[:8])", "86f7e437"),
        ("import hashlib; print(hashlib.sha256(b'a').hexdigest()[:8])", "ca978112"),
        ("import hashlib; print(hashlib.blake2b(b'a', digest_size=4).hexdigest())", "ca234c55"),
        ("import hashlib; print(hashlib.new('sha512', b'a').hexdigest()[:8])", "1f40fc92"),
        ("from urllib.parse import urlsplit; print(urlsplit('http://[::1]/').port)", "None"),
    ],
)  # fmt: skip
def test_whoever_uses_one_gets_the_real_one(use: str, what: str) -> None:
    assert run(use) == [what]


def test_who_reads_an_edited_body_does_not_wait_for_what_is_seldom_needed() -> None:
    said = run(
        "import tipsblog.build.swift.reading\n"
        "import markdown.extensions.codehilite\n"
        "print(*map(there, ['importlib.metadata', 'traceback']), 'email' in sys.modules)"
    )

    assert set(said) == {"False"}


def test_a_template_can_still_be_compiled() -> None:
    said = run(
        "import tipsblog.build.swift.redraw\n"
        "from jinja2 import Environment\n"
        "text = '{{ 1.5 }}{{ [3]|random }}{{ x|attr(\"y\") }}'\n"
        "print(Environment().from_string(text).render(x=1))"
    )

    assert said == ["1.53"]


def test_nothing_is_put_off_where_there_may_be_threads() -> None:
    code = START.replace("lazily.put_off()", "import threading; lazily.put_off()")
    code += "print('tempfile' in sys.modules)"

    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert said.stdout == "False\n"


def test_a_page_of_a_list_does_not_wait_for_logging() -> None:
    code = (
        f"import sys; sys.path.insert(0, {str(PLUGINS)!r})\n"
        "from tipsblog.build.record import replay\n"
        f"replay.paginator_file = {paginator.__file__!r}\n"
        "found = replay._load_listings()\n"
        "assert 'logging' not in sys.modules\n"
        "try:\n    found['logger'].warning('x')\n"
        "except replay.MissError as error:\n    print(error)"
    )

    said = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout

    assert said == "logging.warning\n"
