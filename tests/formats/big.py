"""A classic Blogger backup of any size, for measuring, written by
`PYTHONPATH=tests python tests/formats/big.py 10000 100000 FILE`.
"""

from __future__ import annotations

import random
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from exports import KIND

START = datetime(2008, 1, 1, tzinfo=UTC)
_WORDS = (
    "outsource hire task brief trial week pay late goal trust reply draft price hour review job "
    "friend office phone list plan client skill answer note budget check habit team promise"
)
WORDS = _WORDS.split()


def write(path: Path, posts: int, comments: int) -> None:
    """Write a backup of `posts` articles of about 4 KB, and of `comments`, every
    third of which is a reply. The same numbers give the same bytes.
    """
    chance = random.Random(0)
    with path.open("w", encoding="utf-8") as file:
        file.write(
            "<?xml version='1.0' encoding='UTF-8'?><feed xmlns='http://www.w3.org/2005/Atom' "
            "xmlns:thr='http://purl.org/syndication/thread/1.0'><title>Big</title>"
        )
        for number in range(posts):
            body = "".join(
                f"&lt;p&gt;{text(chance, 60)} &lt;b&gt;{text(chance, 2)}&lt;/b&gt;&lt;/p&gt;"
                for _ in range(10)
            )
            day = START + timedelta(hours=6 * number)
            file.write(
                f"<entry><id>tag:blogger.com,1999:blog-1.post-{number}</id>"
                f"<published>{day.isoformat()}</published>{kind('post')}"
                f"<title type='text'>{text(chance, 6)}</title><content type='html'>{body}</content>"
                f"<link rel='alternate' href='http://big.example.org/{day:%Y/%m}/post-{number}.html'/>"
                f"<author><name>Author</name></author></entry>\n"
            )
        last: dict[int, int] = {}
        for number in range(posts, posts + comments):
            under = chance.randrange(posts)
            parent = ""
            if number % 3 == 0 and under in last:
                address = "https://www.blogger.com/feeds/1/1/comments/default"
                parent = f"<link rel='related' href='{address}/{last[under]}'/>"
            last[under] = number
            day = START + timedelta(hours=6 * under, minutes=number % 9999)
            file.write(
                f"<entry><id>tag:blogger.com,1999:blog-1.post-{number}</id>"
                f"<published>{day.isoformat()}</published>{kind('comment')}"
                f"<content type='html'>{text(chance, 40)}</content>{parent}"
                f"<author><name>{text(chance, 2)}</name></author><thr:in-reply-to "
                f"ref='tag:blogger.com,1999:blog-1.post-{under}'/></entry>\n"
            )
        file.write("</feed>")


def kind(name: str) -> str:
    term = f"http://schemas.google.com/blogger/2008/kind#{name}"
    return f"<category scheme='{KIND}' term='{term}'/>"


def text(chance: random.Random, words: int) -> str:
    return " ".join(chance.choices(WORDS, k=words)).capitalize()


if __name__ == "__main__":
    write(Path(sys.argv[3]), int(sys.argv[1]), int(sys.argv[2]))
