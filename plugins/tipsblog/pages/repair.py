"""What is mended in the HTML of an article or a page before anybody sees it.

Looks at the images it shows; knows nothing of Pelican.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable
from pathlib import Path
from urllib.parse import unquote, urlsplit

from ..comments.model import without_controls
from . import markup


def repaired(html: str, root: Path, source: str, complain: Callable[[str], None]) -> str:
    """Return `html` without control characters, its images sized and its tables
    boxed.

    root: the folder of the content; source: the file's path in it. `complain`
    is told of each image whose size is not known.
    """

    def size_of(address: str) -> markup.Size | None:
        file = _image_file(address, root, source)
        if file is None:
            return None
        import imagesize  # most texts show no image

        try:
            width, height = imagesize.get(file)
        except (OSError, ValueError):
            width = height = -1
        if width < 1 or height < 1:
            complain(
                f"the size of {address} is not known: the text around it will jump while it "
                "loads (an SVG needs a width and a height)"
            )
            return None
        return round(width), round(height)

    return markup.box_tables(markup.size_images(without_controls(html), size_of))


def _image_file(address: str, root: Path, source: str) -> Path | None:
    """Find the file that an image's address in a source means."""
    kind, _, rest = address.partition("}")
    if kind in ("{static", "{attach", "{filename"):
        path = unquote(urlsplit(rest).path)
        if not path.startswith("/"):
            path = posixpath.join(posixpath.dirname(source), path)
    elif address.startswith("/") and not address.startswith("//"):
        path = unquote(urlsplit(address).path)
    else:
        return None
    file = (root / path.lstrip("/")).resolve()
    return file if file.is_relative_to(root.resolve()) and file.is_file() else None
