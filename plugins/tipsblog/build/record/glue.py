"""What of Pelican's objects is traced while pages are drawn, and kept of them."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from typing import Any

from pelican.contents import Content
from pelican.paginator import Page as ListPage
from pelican.paginator import Paginator
from pelican.urlwrappers import URLWrapper
from pelican.utils import SafeDatetime

from .keeping import Keeper
from .reads import Tracer
from .watched import LIVING


def tracer_of(context: dict[str, Any], settings: Mapping[str, Any]) -> Tracer | None:
    """Return what notes the reads of all that templates see; None where a
    function of the settings' own may tell them anything.
    """
    if not knows_functions(settings):
        return None
    return Tracer(
        _objects(context),
        settings=settings,
        wrappers=(URLWrapper,),
        listings=(Paginator, ListPage),
    )


def knows_functions(settings: Mapping[str, Any]) -> bool:
    """Tell whether templates get no function but Pelican's, Jinja's and ours."""
    filters = settings["JINJA_FILTERS"].values()
    extensions = settings["JINJA_ENVIRONMENT"].get("extensions", ())
    return (
        not settings["JINJA_GLOBALS"]
        and not settings["JINJA_TESTS"]
        and all(str(one.__module__).startswith("tipsblog.") for one in filters)
        and all(str(one).startswith("jinja2.ext.") for one in extensions)
    )


def keeper_of(tracer: Tracer, context: dict[str, Any], settings: Mapping[str, Any]) -> Keeper:
    """Return what keeps the values that templates see."""
    return Keeper(
        tracer,
        _objects(context),
        context,
        settings=settings,
        living=LIVING,
        moment=SafeDatetime,
        wrappers=(URLWrapper,),
        listings=(Paginator, ListPage),
    )


def _objects(context: dict[str, Any]) -> dict[str, Any]:
    objects = {
        f"{kind}:{name}": content
        for kind in ("generated_content", "static_content")
        for name, content in context[kind].items()
        if content is not None
    }
    if "tipsblog" in context:
        objects["tipsblog"] = context["tipsblog"]
    return objects


@contextlib.contextmanager
def frozen(tracer: Tracer | None, context: Mapping[str, Any]) -> Iterator[None]:
    """Let `tracer` see every read of a content, and of the blog's lists."""
    if tracer is None:
        yield
        return
    with tracer.installed(
        [Content, *({type(context["tipsblog"])} if "tipsblog" in context else ())]
    ):
        yield
