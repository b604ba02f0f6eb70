"""Runs the service: uvicorn, with limits of its own on what a browser may do."""

from __future__ import annotations

from dataclasses import replace

import click
import uvicorn

from ..errors import TipsblogError
from ..project import Project
from . import publisher
from .assembly import BASE, application, build_command

#: Connections at once; a proxy in front holds the rest.
MAX_CONNECTIONS = 500


def try_out(project: Project, bind: str) -> None:
    """Build the blog with the form on every open article into a folder of its
    own, and serve both: nothing but a comment's file is left behind.
    """
    output = project.state / "try"
    settings = replace(project.settings, intake_url=BASE)
    values = {**project.values, "OUTPUT_PATH": str(output), "SITEURL": ""}
    trial = replace(project, values=values, settings=settings)
    publisher.command(build_command(trial), project.root)()
    run(trial, bind, with_site=True)


def run(project: Project, bind: str, *, with_site: bool = False) -> None:
    """Serve until told to stop."""
    host, colon, port = bind.rpartition(":")
    is_socket = bind.startswith("unix:")
    if not is_socket and not (colon and port.isdecimal()):
        raise TipsblogError(f"{bind} is no place to listen", way_out="such as 127.0.0.1:8010")
    site = None
    if with_site:
        site = project.root / str(project.values.get("OUTPUT_PATH", "output"))
        if not site.is_dir():
            raise TipsblogError("the site is not built", path=site, way_out="run `make html`")
    public = "" if is_socket else f"http://{bind}"
    if with_site:
        click.echo(f"The blog: {public}/   Moderation: {public}{BASE}/moderate")
    uvicorn.run(
        application(project, site=site, public=public),
        host=host if not is_socket else "127.0.0.1",
        port=int(port) if not is_socket else 8010,
        uds=bind.removeprefix("unix:") if is_socket else None,
        proxy_headers=True,
        forwarded_allow_ips=project.settings.proxies,
        access_log=False,
        server_header=False,
        limit_concurrency=MAX_CONNECTIONS,
        timeout_keep_alive=15,
        timeout_graceful_shutdown=10,
        log_level="warning",
    )
