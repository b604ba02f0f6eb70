"""The Markdown extension: task lists become lists that a reader can tick.

    markdown.markdown(text, extensions=["tipsblog.checklists.extension"])

It never raises and never loses text. `md.checklists` says what came out and
what its author got wrong. Where the `meta` extension is in use, the same also
stands in `md.Meta["checklists"]`, which is how Pelican hands it to the article.
"""

from __future__ import annotations

import re
from typing import Any
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.extensions import Extension
from markdown.postprocessors import Postprocessor
from markdown.preprocessors import Preprocessor
from markdown.treeprocessors import Treeprocessor

from . import build, items, mistakes, stops
from .state import State

_NEARLY_A_BOX = re.compile(r"\[[ xX✓✔]{0,3}\]")


class ChecklistExtension(Extension):
    """Options: `article`, the article's key, which goes before the ids of its
    items; `headings`, the same as `Checklist: headings` in the article's header;
    `lines`, whether each `Item` says its line; `words`, other ones for the English
    words that it adds (`state.WORDS`).
    """

    def __init__(self, **kwargs: Any) -> None:
        self.config = {
            "article": ["", "key of the article"],
            "headings": [False, "make a checklist of the numbered headings"],
            "lines": [False, "say where each item stands"],
            "words": [{}, "other words for the English ones"],
        }
        super().__init__(**kwargs)

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 (Markdown's name)
        self.md = md
        md.registerExtension(self)
        self.reset()
        # Before `meta`, so that lines are counted as in the file.
        md.preprocessors.register(_Begin(self), "checklists-begin", 100)
        # Before inline: what an author typed is still text.
        md.treeprocessors.register(_Find(self), "checklists-find", 25)
        # After the last of Markdown's own: nothing will touch the boxes again.
        md.treeprocessors.register(_Build(self), "checklists-build", -1)
        md.postprocessors.register(_Write(self), "checklists-write", 0)

    def reset(self) -> None:
        self.state = State(self.getConfig("words"))
        self.has_blocks = self.has_boxes = False
        self.md.checklists = self.state.found  # type: ignore[attr-defined]

    def wants_headings(self) -> bool:
        """Whether the numbered headings are to become a checklist."""
        wants = bool(self.getConfig("headings"))
        for kind in getattr(self.md, "Meta", {}).get("checklist", ()):
            if kind.strip() == "headings":
                wants = True
            else:
                line = self.state.line_of(r"(?i)^checklist\s*:")
                cause = f'unknown kind of checklist "{kind}"'
                self.state.problem(line, cause, "write `Checklist: headings`")
        return wants


class _Begin(Preprocessor):
    def __init__(self, extension: ChecklistExtension) -> None:
        super().__init__(extension.md)
        self.extension = extension

    def run(self, lines: list[str]) -> list[str]:
        extension = self.extension
        extension.reset()
        extension.state.source = lines
        text = "\n".join(lines)
        extension.state.indented = "\n " in text or "\n\t" in text
        # Most articles have neither; they need not pay for the search.
        extension.has_boxes = _NEARLY_A_BOX.search(text) is not None
        extension.has_blocks = "///" in text
        if extension.has_blocks:
            from . import blocks

            blocks.switch_on(extension.md, extension.state)
        return lines


class _Find(Treeprocessor):
    def __init__(self, extension: ChecklistExtension) -> None:
        super().__init__(extension.md)
        self.extension = extension

    def run(self, root: Element) -> None:
        state = self.extension.state
        if self.extension.has_boxes:
            items.find(state, root)
            mistakes.report(self.extension.md, state, root)
        if self.extension.has_blocks:
            from . import blocks

            mistakes.report_blocks(state, root, blocks.unclosed(self.extension.md))
        if self.extension.wants_headings():
            stops.add(state, root)


class _Build(Treeprocessor):
    def __init__(self, extension: ChecklistExtension) -> None:
        super().__init__(extension.md)
        self.extension = extension

    def run(self, root: Element) -> None:
        extension = self.extension
        state, md = extension.state, extension.md
        if state.entries or state.blocks:
            article, lines = extension.getConfig("article"), extension.getConfig("lines")
            build.build(md, state, root, article=article, lines=lines)
        found = state.found
        # Pelican takes `meta` away to convert a summary, and walks over Meta then.
        if (found.lists or found.problems) and "meta" in md.preprocessors:
            md.Meta["checklists"] = [found]  # type: ignore[attr-defined]


class _Write(Postprocessor):
    def __init__(self, extension: ChecklistExtension) -> None:
        super().__init__(extension.md)
        self.extension = extension

    def run(self, text: str) -> str:
        return self.extension.state.put_back(text)


def makeExtension(**kwargs: Any) -> ChecklistExtension:  # noqa: N802 (Markdown's name)
    """Called by Markdown."""
    return ChecklistExtension(**kwargs)
