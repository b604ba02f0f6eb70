"""One conduct for every database that keeps followers."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from tipsblog.notify.databases import FileDatabase, PostgresDatabase
from tipsblog.notify.followers import NEWS_AGE, Followers
from tipsblog.notify.model import CONFIRM_AGE, Follower, Note
from tipsblog.notify.tables import FILE, TABLES, copy

NOW = 1_772_719_200.0
DAY = 86400.0


@pytest.fixture(params=["file", "postgresql"])
def followers(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Followers]:
    if request.param == "file":
        yield Followers(FileDatabase(tmp_path / "state" / FILE, TABLES))
    else:
        with closing(
            Followers(PostgresDatabase(request.getfixturevalue("database"), TABLES))
        ) as kept:
            yield kept


def follow(
    followers: Followers, email: str = "ann@example.org", article: str = "traps", at: float = NOW
) -> Follower:
    """Add a confirmed follower."""
    added = followers.add(article, email, at)
    assert added
    confirmed = followers.confirm(added.id, at)
    assert confirmed
    return confirmed


def test_who_asks_is_found_again_and_asked_once(followers: Followers) -> None:
    added = followers.add("traps", "ann@example.org", NOW, ["a"])

    assert added
    assert added.own == ("a",)
    assert followers.find("traps", "ann@example.org", NOW) == added
    assert followers.get(added.id, NOW) == added
    assert followers.add("traps", "ann@example.org", NOW + 1) is None
    assert followers.find("other", "ann@example.org", NOW) is None
    assert followers.unasked(NOW) == (added,)
    followers.asked(added, NOW + 5)
    assert followers.unasked(NOW + 6) == ()


def test_who_does_not_confirm_in_time_is_forgotten(followers: Followers) -> None:
    added = followers.add("traps", "ann@example.org", NOW)
    assert added
    late = NOW + CONFIRM_AGE

    assert followers.confirm(added.id, late) is None
    assert followers.find("traps", "ann@example.org", late) is None
    assert followers.unasked(late) == ()
    followers.clean(late)
    assert followers.of("ann@example.org") == ()


def test_who_asks_again_after_that_is_asked_anew(followers: Followers) -> None:
    first = followers.add("traps", "ann@example.org", NOW)
    second = followers.add("traps", "ann@example.org", NOW + CONFIRM_AGE)

    assert first
    assert second
    assert followers.of("ann@example.org") == (second,)


def test_confirmed_once_is_confirmed_for_good(followers: Followers) -> None:
    added = followers.add("traps", "ann@example.org", NOW)
    assert added
    first = followers.confirm(added.id, NOW + 60)
    assert first
    assert (first.confirmed, first.told) == (NOW + 60, NOW + 60)

    again = followers.confirm(added.id, NOW + DAY)

    assert again == first
    followers.clean(NOW + 1000 * DAY)
    assert followers.of("ann@example.org") == (first,)


def test_only_what_comes_after_confirming_is_told(followers: Followers) -> None:
    followers.note("traps", Note("early", ""), NOW)
    ann = follow(followers, at=NOW + 10)
    followers.note("traps", Note("late", "digest"), NOW + 20)
    followers.note("other", Note("elsewhere", ""), NOW + 20)

    assert followers.waiting(NOW + 30, NOW + 19) == ()
    assert followers.waiting(NOW + 30, NOW + 25) == (ann,)
    assert followers.notes(ann, NOW + 30) == (Note("late", "digest"),)
    assert followers.latest(NOW + 30) == NOW + 20
    followers.told(ann, NOW + 30, ["late"])
    assert followers.waiting(NOW + 40, NOW + 40) == ()
    assert followers.latest(NOW + 40) == 0


def test_a_comment_noted_again_is_told_once(followers: Followers) -> None:
    ann = follow(followers)
    followers.note("traps", Note("a", "one"), NOW + 1)
    followers.note("traps", Note("a", "two"), NOW + 2)
    assert followers.notes(ann, NOW + 9) == (Note("a", "two"),)
    followers.told(ann, NOW + 9, ["a"])

    followers.note("traps", Note("a", "three"), NOW + 20)

    assert followers.waiting(NOW + 30, NOW + 30) == ()


def test_one_held_when_the_others_were_told_of_is_told_when_it_is_published(
    followers: Followers,
) -> None:
    ann = follow(followers)
    followers.note("traps", Note("a", ""), NOW + 1)
    followers.told(ann, NOW + 9)  # "a" was held again: no mail told of it

    followers.note("traps", Note("a", ""), NOW + 20)

    assert len(followers.waiting(NOW + 30, NOW + 30)) == 1


def test_old_news_is_not_told(followers: Followers) -> None:
    ann = follow(followers)
    followers.note("traps", Note("a", ""), NOW + 1)
    late = NOW + NEWS_AGE + 2

    assert followers.waiting(late, late) == ()
    assert followers.notes(ann, late) == ()


def test_of_several_processes_one_writes_to_a_follower(followers: Followers) -> None:
    ann = follow(followers)

    with ThreadPoolExecutor(8) as pool:
        took = list(pool.map(lambda _: followers.claim(ann, NOW, NOW + 600), range(8)))

    assert took.count(None) == 7
    assert not followers.claim(ann, NOW + 599, NOW + 1200)
    assert followers.claim(ann, NOW + 600, NOW + 1200)  # whoever took it on has died


def test_an_address_that_asks_many_times_at_once_is_kept_once(followers: Followers) -> None:
    with ThreadPoolExecutor(8) as pool:
        added = list(pool.map(lambda _: followers.add("traps", "ann@example.org", NOW), range(8)))

    assert len([one for one in added if one]) == 1


def test_a_mailbox_that_does_not_exist_is_given_up(followers: Followers) -> None:
    ann = follow(followers)
    ben = followers.add("traps", "ben@example.org", NOW)
    assert ben

    followers.refused(ben, NOW + 9)
    followers.refused(ann, NOW + 9)
    followers.refused(ann, NOW + 9)

    assert followers.of("ben@example.org") == ()
    assert followers.of("ann@example.org") == (ann,)
    followers.told(ann, NOW + 20)  # it exists after all
    followers.refused(ann, NOW + 30)
    followers.refused(ann, NOW + 30)
    assert len(followers.of("ann@example.org")) == 1
    followers.refused(ann, NOW + 30)
    assert followers.of("ann@example.org") == ()


def test_leaving_one_article_or_all(followers: Followers) -> None:
    here, there = follow(followers), follow(followers, article="other")
    ben = follow(followers, "ben@example.org")

    assert followers.remove([here, here]) == 1
    assert followers.of("ann@example.org") == (there,)
    assert followers.articles() == ("other", "traps")
    assert followers.remove(followers.of("ann@example.org")) == 1
    assert followers.is_followed("traps")
    assert not followers.is_followed("other")
    assert followers.get(ben.id, NOW) == ben
    followers.leave("traps")
    assert followers.articles() == ()


def test_whose_own_a_comment_is(followers: Followers) -> None:
    ann, ben = follow(followers), follow(followers, "ben@example.org")
    followers.owns(ann, "a")
    followers.owns(ann, "b")

    assert [f.email for f in followers.owners([("traps", "b"), ("other", "a")])] == [ann.email]
    assert followers.owners([("traps", "c")]) == ()
    assert followers.of(ben.email)[0].own == ()


def test_a_copy_holds_the_same_and_brings_nobody_back(followers: Followers, tmp_path: Path) -> None:
    other = Followers(FileDatabase(tmp_path / "other", TABLES))
    ann, ben = follow(followers), follow(followers, "ben@example.org")
    followers.note("traps", Note("a", ""), NOW + 1)
    followers.told(ben, NOW + 9, ["a"])
    followers.owns(ann, "a")
    ann, ben = followers.of(ann.email)[0], followers.of(ben.email)[0]

    assert copy(followers.database, other.database) == 2
    assert other.of(ann.email) == (ann,)
    assert other.waiting(NOW + 9, NOW + 9) == (ann,)
    other.note("traps", Note("a", ""), NOW + 20)  # told already, there as here
    assert other.waiting(NOW + 30, NOW + 30) == (ann,)
    other.remove([ann])
    copy(other.database, followers.database)
    assert followers.of(ann.email) == ()
    assert followers.of(ben.email) == (ben,)


def test_the_file_is_its_owners_alone_and_nothing_forgotten_stays_in_it(tmp_path: Path) -> None:
    path = tmp_path / "state" / FILE
    followers = Followers(FileDatabase(path, TABLES))
    follow(followers)
    assert b"ann@example.org" in path.read_bytes()

    followers.remove(followers.of("ann@example.org"))

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert b"ann@" not in path.read_bytes()
    assert [one.name for one in path.parent.iterdir()] == [FILE]


def test_a_file_that_cannot_be_used_is_an_os_error(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"no database at all" * 100)

    with pytest.raises(OSError, match=FILE):
        Followers(FileDatabase(tmp_path / FILE, TABLES)).add("traps", "ann@example.org", NOW)


def test_a_database_that_is_away_is_an_os_error_until_it_is_back() -> None:
    followers = Followers(PostgresDatabase("postgresql://nobody@/none?host=/nowhere", TABLES))

    with pytest.raises(ConnectionError):
        followers.is_followed("traps")
    followers.close()


def test_a_file_put_back_from_a_copy_is_the_one_that_counts(tmp_path: Path) -> None:
    followers = Followers(FileDatabase(tmp_path / FILE, TABLES))
    follow(followers)
    kept = (tmp_path / FILE).read_bytes()
    followers.remove(followers.of("ann@example.org"))

    (tmp_path / FILE).unlink()
    assert followers.of("ann@example.org") == ()
    (tmp_path / FILE).unlink()
    (tmp_path / FILE).write_bytes(kept)

    assert len(followers.of("ann@example.org")) == 1
