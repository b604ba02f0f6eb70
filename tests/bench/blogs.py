"""One made-up blog, written for this project and for Hugo.

    python tests/bench/blogs.py N FOLDER

Everything follows from N: the same number gives the same bytes. An article has
about 950 words with headings, lists, task lists and now and then code, one to
five labels, and comments with a long tail (ten on average, at most 400).
"""

from __future__ import annotations

import html
import json
import random
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

ROOT = Path(__file__).parents[2]

_WORDS = """
able about above acid after again agree air all alone along always among angle answer apple arm
ask autumn away back bake basket beach bell below bench bicycle bird board boat boil book borrow
both bottle bowl box branch bread break brick bridge bring broom brush bucket build butter
button buy cable call candle carry carpet ceiling chain chair change cheap cheese circle clean
clear clock close cloth cloud coat coffee cold colour cook copper corner count cover crack cross
cup curtain cut dark day deep desk dig dish door double dough drain draw dress drill drink drive
drop dry dust early earth easy edge egg empty engine evening every fall family far fast feed
fence few fibre field fill find finger fire first fish flat float floor flour flow fly fold
follow foot fork frame free fresh friend front fruit fuel full garden gate gather gentle give
glass glue gold good grain grass green grey grind ground grow guess half hammer hand hang happy
hard heat heavy hedge help high hinge hold hole home hook hot hour house idea ink iron jacket
jar join keep kettle key kitchen knee knife knot label ladder lamp large last late laugh lay
leaf learn leave left lemon letter level lid lift light line list live lock long look loose lose
loud low make map mark match measure meet melt mend metal middle milk mirror mix money moon
morning mouth move mud nail narrow near neat needle nest never night noise north note number oil
onion open orange order oven paint pan paper part pass paste path pen pepper phone pick piece
pin pipe place plan plant plate plug pocket point post pot pound press price pull pump push
quick quiet rain reach read ready repair rest rice right ring rinse river road roof room root
rope rough round rubber rule run salt sand saw scale screw sew shade shake shape sharp shed
sheet shelf shine shirt shoe short shoulder shut side sign silver sink skin slow small smell
smoke smooth snow soap sock soft soil sort soup spade spoon spring square stain stair stamp
stand start steam steel stem step stick still stir stone stop store storm stove straight strap
string strong sugar summer sun sweep sweet swing switch table tail tall tap tape taste tea tear
tent test thick thin thread throw tie tight tile timber time tin tool tooth top touch towel
tower train tray tree trip true tube turn twist under upper valve wait walk wall warm wash waste
watch water wax weak wear weather weigh wet wheel white wide wind window winter wipe wire wood
wool work wrap write year yellow young
"""
_VOCABULARY = _WORDS.split()
CATEGORIES = (
    *("Kitchen", "Garden", "Bicycle", "Money", "Repairs", "Travel"),
    *("Laundry", "Computers", "Letters", "Camping"),
)
AUTHORS = ("Mara Lindqvist", "Tomas Okafor", "Chloé Martin", "Ines Duarte")
_CODE = (
    (
        "python",
        "from pathlib import Path\n\nfor file in Path('.').glob('*.md'):\n    print(file)\n",
    ),
    ("bash", 'for f in *.jpg; do\n  cp "$f" "backup/$f"\ndone\n'),
    ("json", '{\n  "keep": 14,\n  "every": "day"\n}\n'),
    ("css", "li.done { color: gray; }\n"),
)


@dataclass(frozen=True, slots=True)
class Remark:
    """A comment."""

    id: str
    author: str
    website: str
    published: datetime
    paragraphs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Post:
    """An article with its comments."""

    slug: str
    title: str
    published: datetime
    category: str
    author: str
    tags: tuple[str, ...]
    summary: str
    body: str
    remarks: tuple[Remark, ...]


class _Maker:
    def __init__(self, count: int) -> None:
        self.count = count
        self.random = random.Random(count * 7919 + 17)
        size = max(25, int(6 * count**0.5))
        tags: dict[str, None] = {}
        while len(tags) < size:
            tags[" ".join(self.random.sample(_VOCABULARY, self.random.choice([1, 2])))] = None
        self.tags = list(tags)
        self.weights = [1 / (place + 5) for place in range(size)]

    def words(self, count: int) -> list[str]:
        return self.random.choices(_VOCABULARY, k=count)

    def sentence(self, *, marked: bool = True) -> str:
        words = self.words(self.random.randint(7, 21))
        if marked:
            place, luck = self.random.randrange(len(words)), self.random.random()
            if luck < 0.1:
                words[place] = f"**{words[place]}**"
            elif luck < 0.16:
                words[place] = f"`{words[place]}`"
            elif luck < 0.22:
                words[place] = f"[{words[place]}](https://example.org/{words[0]}/{place})"
        text = " ".join(words)
        return text[0].upper() + text[1:] + self.random.choice("......?!")

    def paragraph(self) -> str:
        return " ".join(self.sentence() for _ in range(self.random.randint(3, 6)))

    def body(self) -> str:
        blocks = [self.paragraph()]
        wanted, code = self.random.randint(620, 1200), self.random.random() < 0.25
        while sum(len(block.split()) for block in blocks) < wanted:
            if len(blocks) % 4 == 1:
                blocks.append("## " + " ".join(self.words(4)).capitalize())
            kind = self.random.random()
            lines = range(self.random.randint(3, 7))
            if kind < 0.15:
                blocks.append("\n".join(f"- {self.sentence()}" for _ in lines))
            elif kind < 0.25:
                blocks.append("\n".join(f"1. {self.sentence()}" for _ in lines))
            elif kind < 0.29:
                blocks.append(f"> {self.sentence()}")
            elif code and kind < 0.4:
                language, text = self.random.choice(_CODE)
                blocks.append(f"```{language}\n{text}```")
                code = False
            else:
                blocks.append(self.paragraph())
        blocks.append("\n".join(f"- [ ] {self.sentence()}" for _ in range(4)))
        return "\n\n".join(blocks) + "\n"

    def remarks(self, place: int, after: datetime) -> Iterator[Remark]:
        if self.random.random() < 0.08:
            return
        for number in range(min(400, int(self.random.lognormvariate(1.5, 1.35)))):
            after += timedelta(minutes=1 + int(self.random.expovariate(1 / 900)))
            yield Remark(
                id=f"{place:05}-{number}",
                author=" ".join(self.words(2)).title(),
                website=f"https://example.net/{number}" if self.random.random() < 0.3 else "",
                published=after,
                paragraphs=tuple(
                    " ".join(self.sentence(marked=False) for _ in range(self.random.randint(1, 4)))
                    for _ in range(self.random.choice([1, 1, 1, 2, 3]))
                ),
            )

    def posts(self) -> Iterator[Post]:
        first, last = datetime(2014, 1, 1, 8, tzinfo=UTC), datetime(2024, 6, 1, tzinfo=UTC)
        for place in range(self.count):
            published = first + (last - first) * place // self.count
            published = published.replace(second=0, microsecond=0)
            title = " ".join(self.words(self.random.randint(4, 8))).capitalize()
            chosen = self.random.choices(self.tags, self.weights, k=self.random.randint(1, 5))
            yield Post(
                slug=f"{'-'.join(title.lower().split())[:60]}-{place:05}",
                title=title,
                published=published,
                category=CATEGORIES[min(int(self.random.expovariate(0.3)), len(CATEGORIES) - 1)],
                author=AUTHORS[min(int(self.random.expovariate(0.7)), len(AUTHORS) - 1)],
                tags=tuple(dict.fromkeys(chosen)),
                summary=f"{self.sentence(marked=False)} {self.sentence(marked=False)}",
                body=self.body(),
                remarks=tuple(self.remarks(place, published)),
            )


def ours(post: Post, folder: Path) -> None:
    """Write an article and its comments as this project keeps them."""
    _write(
        folder / "content" / "articles" / f"{post.slug}.md",
        f"Title: {post.title}\nDate: {post.published:%Y-%m-%d %H:%M}\nCategory: {post.category}\n"
        f"Tags: {', '.join(post.tags)}\nAuthor: {post.author}\nSlug: {post.slug}\n"
        f"Summary: {post.summary}\n\n{post.body}",
    )
    for remark in post.remarks:
        website = f"Website: {remark.website}\n" if remark.website else ""
        text = "\n\n".join(remark.paragraphs)
        _write(
            folder / "content" / "comments" / post.slug / f"{remark.id}.md",
            f"Author: {remark.author}\n{website}Date: {remark.published.isoformat()}\n\n{text}\n",
        )


def hugo(post: Post, folder: Path) -> None:
    """Write an article and its comments as a Hugo site would keep them."""
    front = {
        "title": post.title,
        "date": post.published.isoformat(),
        "categories": [post.category],
        "tags": list(post.tags),
        "authors": [post.author],
        "slug": post.slug,
        "summary": post.summary,
    }
    _write(folder / "content" / "posts" / f"{post.slug}.md", f"{json.dumps(front)}\n\n{post.body}")
    remarks = [
        {
            "id": remark.id,
            "author": remark.author,
            "url": remark.website,
            "date": remark.published.isoformat(),
            "html": "".join(f"<p>{html.escape(text)}</p>" for text in remark.paragraphs),
        }
        for remark in post.remarks
    ]
    _write(folder / "data" / "comments" / f"{post.slug}.json", json.dumps(remarks, indent=1))


def make(count: int, folder: Path, *, theme: Path | None = None) -> None:
    """Write the blog of `count` articles into `folder`/ours and `folder`/hugo.

    theme: which theme ours is built with; None is the project's own.
    """
    here = Path(__file__).parent
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(here / "hugo", folder / "hugo")
    (folder / "ours" / "content" / "extra").mkdir(parents=True)
    shutil.copy(ROOT / "content" / "extra" / "favicon.svg", folder / "ours/content/extra")
    text = (ROOT / "pelicanconf.py").read_text(encoding="utf-8")
    _write(
        folder / "ours" / "pelicanconf.py",
        f"{text}\nPLUGIN_PATHS = [{str(ROOT / 'plugins')!r}]\n"
        f"THEME = {str(theme or ROOT / 'theme')!r}\n"
        'SITEURL = FEED_DOMAIN = "https://tips.example"\nFEED_ALL_ATOM = "feeds/posts.atom"\n'
        "FEED_MAX_ITEMS = 20\nDEFAULT_PAGINATION = 10\nSTATIC_PATHS = ['extra']\n"
        + ("DIRECT_TEMPLATES = DIRECT_TEMPLATES[:5]\n" if theme else ""),  # those of any theme
    )
    for post in _Maker(count).posts():
        ours(post, folder / "ours")
        hugo(post, folder / "hugo")


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    make(int(sys.argv[1]), Path(sys.argv[2]))
