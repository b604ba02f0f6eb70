"""Building a site as it is published, and what came of it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urljoin, urlsplit
from xml.etree import ElementTree

import html5lib

XHTML = "{http://www.w3.org/1999/xhtml}"
ROOT = Path(__file__).parents[1]


def build(output: Path, *, content: Path = ROOT / "content", **settings: Any) -> str:
    """Run Pelican with the settings of the published site; return what it says."""
    given = [f"{name}={json.dumps(value)}" for name, value in settings.items()]
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "pelican",
            content,
            "-o",
            output,
            "-s",
            "publishconf.py",
            "--fatal=warnings",
            *(["-e", *given] if given else []),
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    said = done.stdout + done.stderr
    assert done.returncode == 0, said
    return said


def write(root: Path, files: dict[str, str]) -> Path:
    """Write `files`, a text by its path below `root`; return `root`."""
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    return root


@dataclass(frozen=True)
class Site:
    """A built site: where its root lies, and under which address it is served."""

    folder: Path
    url: str

    @cached_property
    def pages(self) -> dict[str, str]:
        """Every HTML page by its path below `folder`."""
        return {
            file.relative_to(self.folder).as_posix(): file.read_text(encoding="utf-8")
            for file in sorted(self.folder.rglob("*.html"))
        }


def build_site(
    folder: Path, url: str, *, content: Path = ROOT / "content", **settings: Any
) -> Site:
    build(folder, content=content, SITEURL=url, FEED_DOMAIN=url, **settings)
    return Site(folder, url)


def parse(html: str) -> ElementTree.Element:
    """Read `html` as a browser does."""
    tree: ElementTree.Element = html5lib.parse(html)
    return tree


def _links(tree: ElementTree.Element) -> Iterator[str]:
    for element in tree.iter():
        if element.get("rel") == "canonical":
            continue
        for name in ("href", "src", "action", "poster"):
            if name in element.attrib:
                yield element.attrib[name]


def broken(site: Site) -> list[str]:
    """Say which addresses on which page lead nowhere within the site."""
    trees = {path: parse(html) for path, html in site.pages.items()}
    ids = {
        path: {element.get("id") for element in tree.iter()} | {""} for path, tree in trees.items()
    }
    found = []
    for page, tree in trees.items():
        for address in _links(tree):
            target = urljoin(f"{site.url}/{page}", address)
            if urlsplit(target)[:2] != urlsplit(site.url)[:2]:
                continue
            path, _, fragment = target.partition("#")
            if not path.startswith(f"{site.url}/"):
                found.append(f"{page}: {address} leads out of the site")
                continue
            name = unquote(path.removeprefix(f"{site.url}/").partition("?")[0])
            if name == "" or name.endswith("/"):
                name += "index.html"
            if not (site.folder / name).is_file():
                found.append(f"{page}: {address} is not there")
            elif unquote(fragment) not in ids.get(name, {""}):
                found.append(f"{page}: {address} names no element of {name}")
    return found
