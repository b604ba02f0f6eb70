"""What is kept by its content."""

from __future__ import annotations

from pathlib import Path

from tipsblog.build.cache import Cache


def test_of_many_kept_results_those_come_back_that_are_asked_for(tmp_path: Path) -> None:
    results = {number.to_bytes(16): bytes([number % 7]) * 3 for number in range(3000)}
    cache = Cache(tmp_path / "kept.sqlite")
    cache.put(results)

    wanted = [*list(results)[::2], b"never kept"]

    assert cache.get(wanted) == {key: results[key] for key in wanted[:-1]}
    assert cache.get([]) == {}


def test_a_damaged_file_is_as_good_as_empty(tmp_path: Path) -> None:
    path = tmp_path / "kept.sqlite"
    path.write_bytes(b"not a database" * 100)
    cache = Cache(path)

    assert cache.get([b"key"]) == {}
    cache.put({b"key": b"value"})

    assert cache.get([b"key"]) == {b"key": b"value"}


def test_only_what_no_build_asked_for_in_a_long_time_is_forgotten(tmp_path: Path) -> None:
    path = tmp_path / "kept.sqlite"
    Cache(path).put({b"asked for": b"1", b"not asked for": b"2"})

    for number in range(50):
        cache = Cache(path)
        cache.get([b"asked for"])
        for part in range(30):  # however much one build puts
            cache.put({b"%d %d" % (number, part): b""})
        cache.forget()

    assert Cache(path).get([b"asked for", b"not asked for"]) == {b"asked for": b"1"}
    assert len(Cache(path).get(b"49 %d" % part for part in range(30))) == 30
