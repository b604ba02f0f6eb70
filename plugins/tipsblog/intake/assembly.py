"""Puts the service together from a blog's settings."""

from __future__ import annotations

import json
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

from limits.storage import MemoryStorage, Storage
from starlette.applications import Starlette

from ..comments import manifest
from ..comments.desk import open_desk
from ..comments.journal import FILE as JOURNAL
from ..comments.lists import open_lists
from ..comments.model import Comment, Status
from ..comments.moderation import state
from ..comments.store import FileStore, Store, copy
from ..comments.stores import open_store
from ..errors import SettingError, TipsblogError
from ..notify.announce import Announcer
from ..notify.letters import Writer
from ..notify.stores import open_followers
from ..project import Project, load_project
from ..spam.asking import policy_of
from . import mail, publisher
from .app import Service, assemble
from .filter import Filter, remember
from .follow import Follow
from .http import Origins, Pages, WithHeaders, origin_of
from .moderate import Moderation, Passphrase
from .notifier import Notifier
from .publisher import Condition, Publisher
from .rate import Rates
from .reception import Receipt, Reception
from .site import Site
from .tokens import Tokens, secret_in
from .watching import Metrics, Watch

#: Where the service lives if `TIPSBLOG_INTAKE_URL` does not say.
BASE = "/intake"


def now() -> datetime:
    """The moment, in UTC."""
    return datetime.now(UTC)


def application(
    project: Project,
    *,
    site: Path | None = None,
    public: str = "",
    clock: Callable[[], datetime] = now,
) -> WithHeaders:
    """Return the service of `project`. site: a built site to serve beside it.
    public: where browsers find the service, if the settings name only a path.
    """
    settings = project.settings
    address = settings.intake_url or BASE
    base = urlsplit(address).path.rstrip("/")
    store = open_store(project)
    secret = secret_in(project.state)
    tokens = Tokens(secret)
    articles = Site(project.state / manifest.FILE, project.content)
    publishing, storage = _publishing(project, store)
    rates = Rates(secret, settings.comment_rate, settings.request_rate, storage)
    judge = Filter(
        store,
        articles,
        policy_of(settings, project.root),
        recall=partial(remember, project.file),
        decisions=project.state / JOURNAL,
    )
    mailer = mail.Mailer(settings.smtp) if settings.smtp else None
    mails = mailer.mails if mailer else mail.Mails
    site_origin = origin_of(str(project.values.get("SITEURL", "")))
    # The proxy in front of the service gives it the blog's own host.
    host = public if site else site_origin or public
    reach = address if origin_of(address) else f"{host}{base}"

    def are_public(comments: Sequence[Comment]) -> list[Comment]:
        entries = articles.manifest().articles
        return [
            comment
            for comment in comments
            if (entry := entries.get(comment.article)) is not None
            and state(comment, judge.judge_again(comment, entry)) is Status.PUBLISHED
        ]

    notifier = None
    followers = open_followers(project, make=True) if settings.mails_readers else None
    if mailer and followers:
        if not origin_of(reach):
            raise SettingError("no mail could lead readers to the service", way_out="set SITEURL")
        notifier = Notifier(
            followers=followers,
            announcer=Announcer(followers, are_public, clock),
            store=store,
            site=articles,
            tokens=tokens,
            writer=Writer(str(project.values.get("SITENAME", "")), settings.sender),
            deliver=mailer.deliver,
            publishing=publishing,
            reach=reach,
            origin=origin_of(reach),
            delay=settings.notify_delay,
            clock=lambda: clock().timestamp(),
        )

    def accepted(receipt: Receipt) -> None:
        publishing.ask()
        if notifier and receipt.state is Status.PUBLISHED:
            notifier.published(receipt.comment)
        if mailer and settings.mail_to and receipt.state not in (Status.SPAM, Status.DELETED):
            token = tokens.place("decide", receipt.comment, clock().timestamp())
            mailer.send(
                mail.notice(
                    receipt,
                    to=settings.mail_to,
                    sender=settings.sender,
                    link=f"{reach}/decide?token={token}",
                    blog=str(project.values.get("SITENAME", "")),
                )
            )

    reception = Reception(
        store=store,
        site=articles,
        judge=judge,
        tokens=tokens,
        rates=rates,
        settings=settings,
        names=names(project),
        clock=clock,
        accepted=accepted,
    )
    pages = Pages({"base": base, "settings": settings})
    origins = Origins(frozenset(filter(None, (site_origin, origin_of(address)))))
    follow = None
    if notifier:
        follow = Follow(
            notifier=notifier,
            site=articles,
            tokens=tokens,
            rates=rates,
            pages=pages,
            origins=origins,
            clock=lambda: clock().timestamp(),
        )
    desk = open_desk(project, store, clock, notifier.decided if notifier else None)
    moderation = Moderation(
        desk=desk,
        lists=open_lists(project, desk),
        judge=judge,
        site=articles,
        tokens=tokens,
        rates=rates,
        pages=pages,
        origins=origins,
        passphrase=Passphrase(project.state),
        condition=publishing.condition,
        mails=mails,
        changed=publishing.ask,
        clock=lambda: clock().timestamp(),
        base=base,
        author=names(project)[0],
    )

    metrics = Metrics(publishing.condition, mails)
    watch = Watch(metrics, publishing.condition, mails, articles)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        judge.start()
        publishing.start()
        if mailer:
            mailer.start()
        if notifier:
            notifier.start()
        yield
        publishing.stop()
        if notifier:
            notifier.stop()
            notifier.followers.close()
        if mailer:
            mailer.stop()
        store.close()

    return assemble(
        Service(
            reception=reception,
            pages=pages,
            origins=origins,
            metrics=metrics,
            clock=lambda: clock().timestamp(),
            follow=follow,
        ),
        base=base,
        more=[
            *watch.routes(),
            *moderation.routes(),
            *(follow.routes() if follow else ()),
        ],
        lifespan=lifespan,
        site=site,
    )


class _Publishing(Protocol):
    def start(self) -> None: ...
    def stop(self) -> None: ...
    def ask(self) -> None: ...
    def condition(self) -> Condition: ...
    def settled(self, now: float) -> float: ...


def _publishing(project: Project, store: Store) -> tuple[_Publishing, Storage]:
    """Return who publishes, and where networks are counted: in this process,
    or shared between several through the database.
    """
    if not project.settings.store:
        delay = project.settings.on_comment_delay
        return Publisher(steps(project), project.state / "publish", delay=delay), MemoryStorage()
    from . import shared

    engine = shared.prepare(project.settings.store)
    return shared.SharedQueue(engine), shared.SharedRates(engine)


def build(project: Project) -> None:
    """Be the builder of a blog whose comments are in a database, until stopped."""
    if not project.settings.store:
        raise TipsblogError("the comments are files", way_out="`tipsblog intake` builds by itself")
    from . import shared

    store = open_store(project)

    def mirror() -> None:
        copy(store, FileStore(project.comments))

    engine = shared.prepare(project.settings.store)
    shared.Builder(engine, [mirror, *steps(project)], delay=project.settings.on_comment_delay).run()


def names(project: Project) -> tuple[str, ...]:
    """Return the names that are the blog's own, the author's first."""
    author = str(project.values.get("AUTHOR", "")) or str(project.values.get("SITENAME", ""))
    return tuple(filter(None, (author, "Admin", "Administrator", "Moderator"))) or ("Author",)


def steps(project: Project) -> list[Callable[[], None]]:
    """Return what follows a comment, in order."""
    settings = project.settings
    found: list[Callable[[], None]] = []
    if settings.git:
        found.append(publisher.commit(project.comments, push=settings.git == "push"))
    if settings.on_comment == "build":
        found.append(publisher.command(build_command(project), project.root))
    elif settings.on_comment:
        found.append(publisher.command(settings.on_comment, project.root))
    return found


def build_command(project: Project) -> list[str]:
    """Return the blog's own build: the one that redoes only what changed, or
    Pelican's where `project` is not quite what its settings file says.
    """
    if project == load_project(project.file):
        return [*(sys.executable, "-m", "tipsblog", "build", "-s", str(project.file))]
    output = project.root / str(project.values.get("OUTPUT_PATH", "output"))
    address, site = project.settings.intake_url, project.values.get("SITEURL", "")
    return [
        *(sys.executable, "-m", "pelican", str(project.content), "-o", str(output)),
        *("-s", str(project.file), "--fatal=errors"),
        *("-e", f"TIPSBLOG_INTAKE_URL={json.dumps(address)}", f"SITEURL={json.dumps(site)}"),
    ]
