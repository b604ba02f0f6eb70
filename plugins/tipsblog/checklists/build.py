"""Last pass: each item gets its box and label, each list its frame."""

from __future__ import annotations

from html import escape
from xml.etree.ElementTree import Element, SubElement

from markdown import Markdown

from ..errors import did_you_mean
from . import keys, markup
from .model import Checklist, Item, Tick
from .state import BLOCK_EXAMPLE, Block, Entry, State

_TELL = {Tick.AVOID: "Tick the mistakes you avoid.", Tick.MAKE: "Tick the mistakes you make."}
_FRAMED = frozenset(["ul", "ol", "form"])
_LEVELS = ("optional", "required")


def build(
    md: Markdown, state: State, root: Element, *, article: str = "", lines: bool = False
) -> None:
    """Turn what the first pass found below `root` into checklists.

    article: goes before every id, so that several articles can stand on one page.
    lines: whether the items are to say where they stand.
    """
    _Builder(md, state, root, article, lines=lines).run()


class _Builder:
    def __init__(
        self, md: Markdown, state: State, root: Element, article: str, *, lines: bool
    ) -> None:
        self.md = md
        self.state = state
        self.root = root
        self.article = article
        self._prefix = f"{article}." if article else "tick-"
        self.before_key = escape(self._prefix)
        self.xhtml = md.output_format == "xhtml"
        self.lines = lines
        self.entries = {entry.li: entry for entry in state.entries}
        self.blocks = {block.frame: block for block in state.blocks}
        self.items: dict[Element, Item] = {}
        self.taken: set[str] = set()

    def run(self) -> None:
        entries = self.entries
        for li, entry in entries.items():
            self.items[li] = self._item(entry)
        inside: set[Element] = set()
        for element in self._candidates():
            if element in inside:
                continue
            if element in self.blocks:
                inside.update(element.iter())
                self._block(self.blocks[element])
            elif element.tag != "form" and any(li in entries for li in element):
                inside.update(element.iter())
                markup.put_in_frame(element)
                self._finish(element)
        if any(entry.stop is not None for entry in entries.values()):
            self._stops()

    def _candidates(self) -> list[Element]:
        """Lists and blocks in the order of the page, outer ones first."""
        bullets, numbers = list(self.root.iter("ul")), list(self.root.iter("ol"))
        if self.blocks or (bullets and numbers):
            return [element for element in self.root.iter() if element.tag in _FRAMED]
        return bullets or numbers

    def _block(self, block: Block) -> None:
        tick = next((tick for tick in Tick if tick.lower() == block.tick.strip().lower()), None)
        if block.tick and tick is None:
            self.state.problem(
                self.state.line_of(r"^[ >]*tick\s*:\s*" + block.tick[:1]),
                f'unknown meaning of a tick "{block.tick}"',
                did_you_mean(block.tick, Tick)
                or f"write {' or '.join(f'`tick: {t}`' for t in Tick)}",
            )
        if tick is not None:
            told = Element("p", {"class": "checklist-meaning"})
            told.text, told.tail = self.state.say(_TELL[tick]), "\n"
            has_title = any(child.get("class") == "checklist-title" for child in block.frame[:2])
            block.frame.insert(2 if has_title else 1, told)
        if tick is Tick.MAKE:
            block.frame.set("data-tick", "make")
        items = self._finish(block.frame)
        if not items:
            self.state.problem(
                self.state.line_of(r"^[ >]*/{3,}\s*checklist\b"),
                "a checklist block has no items",
                BLOCK_EXAMPLE,
            )
            return
        title = next((p for p in block.frame if p.get("class") == "checklist-title"), None)
        words = ""
        if title is not None:
            words = markup.text_of(self.md, title)
            title.set("id", f"{self._prefix}{items[0].key}:title")
            block.frame.set("aria-labelledby", title.get("id", ""))
        self._results(block.frame, sum(not item.optional for item in items))
        self.state.found.lists[-1] = Checklist(items, words, tick or Tick.AVOID)

    def _finish(self, frame: Element) -> tuple[Item, ...]:
        """Name the frame and its lists, and note the checklist."""
        if self.article:
            frame.set("data-article", self.article)
        lists = 0
        for tag in ("ul", "ol"):
            for element in frame.iter(tag):
                if any(li in self.items for li in element):
                    _add_class(element, "checklist-items")
                    lists += 1
        entries = [li for li in frame.iter("li") if li in self.items]
        if lists > 1:
            for li in entries:
                for inner in li.iterfind(".//li"):
                    if inner in self.items:
                        self.items[inner] = self.items[inner]._replace(nested=True)
        items = tuple(self.items[li] for li in entries)
        if self.blocks:
            for inner in list(frame.iter("form")):
                if inner is not frame:  # HTML knows no form in a form
                    self._unframe(inner)
        if items:
            self.state.found.lists.append(Checklist(items))
        return items

    def _unframe(self, form: Element) -> None:
        self.state.problem(
            self.state.line_of(r"^[ >]*/{3,}\s*checklist\b", 1),
            "a checklist block stands inside another checklist",
            "put one after the other",
        )
        form.tag = "div"
        form.attrib.pop("autocomplete", None)
        for child in list(form):
            if child.tag == "button":
                form.remove(child)

    def _results(self, frame: Element, total: int) -> None:
        results = [div for div in frame.iter("div") if div.get("class") == "checklist-result"]
        expected = 0
        for div in results:
            low, high = int(div.get("data-from", "0")), int(div.get("data-to", "0"))
            if low != expected or high < low:
                break
            expected = high + 1
            span = self.state.say("{low} to {high}")
            span = span.replace("{low}", f"{low}").replace("{high}", f"{high}")
            markup.fill_places(div, score=f"{low}" if low == high else span, total=str(total))
        if results and expected != total + 1:
            self.state.problem(
                self.state.line_of(r"^[ >]*/{3,}\s*result\b"),
                f"the results do not cover every score from 0 to {total} once, in order",
                BLOCK_EXAMPLE,
            )

    def _item(self, entry: Entry) -> Item:
        li = entry.li
        named = entry.key or li.attrib.pop("id", "")
        count = markup.take_words(self.md, li)
        text = markup.text_of(self.md, li, count)
        key = named or keys.derive(text)
        if key in self.taken:
            self.state.problem(
                self.state.line_of_entry(entry),
                f'two items of this article have the key "{key}"',
                f"give one of them a key of its own: `- [ ] {text[:40]} {{#another-key}}`",
            )
            key = next(other for n in range(2, 10**6) if (other := f"{key}-{n}") not in self.taken)
        self.taken.add(key)
        optional = "optional" in entry.classes
        written = escape(key) if named else key
        box = markup.box(
            self.before_key + written,
            written,
            ticked=entry.ticked,
            optional=optional,
            xhtml=self.xhtml,
        )
        end = "" if text else written
        _add_class(li, "checklist-item")
        for name in entry.classes:
            if name in _LEVELS:
                remark = escape(self.state.say(name))
                end += f' <span class="checklist-remark">({remark})</span>'
            else:
                _add_class(li, name)
        keep = self.state.keep
        markup.wrap_words(li, count, keep(box), keep(f"{end}</label>\n"))
        return Item(
            key,
            text,
            entry.ticked,
            optional,
            bool(named),
            self.state.line_of_entry(entry) if self.lines else None,
        )

    def _stops(self) -> None:
        """Link the items that headings gave to their headings, and box these."""
        parents = {child: parent for parent in self.root.iter() for child in parent}
        for li, entry in self.entries.items():
            heading = entry.stop
            if heading is None:
                continue
            item = self.items[li]
            anchor = heading.get("id") or entry.key or f"{self._prefix}{item.key}:stop"
            heading.set("id", anchor)
            link = SubElement(li, "a", {"class": "checklist-read", "href": f"#{anchor}"})
            named = self.state.say("Read why: {item}").replace("{item}", item.text)
            link.set("aria-label", named)
            link.text = self.state.say("Read why")
            box = markup.box_of_heading(f"{self._prefix}{item.key}:box", item.key)
            stop = markup.add_box_to_heading(parents[heading], heading, box)
            if self.article:
                stop.set("data-article", self.article)


def _add_class(element: Element, name: str) -> None:
    before = element.get("class")
    element.set("class", f"{before} {name}" if before else name)
