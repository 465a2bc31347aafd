"""Ingest keys: who is let in, and how soon other processes know."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from exos.errors import BadParameter, Conflict, NotFound
from exos.metadata import IngestKeys

pytestmark = pytest.mark.timeout(120)
Opened = Callable[..., IngestKeys]


def until(holds: Callable[[], bool], seconds: float = 10) -> bool:
    deadline = time.monotonic() + seconds
    while not holds() and time.monotonic() < deadline:
        time.sleep(0.05)
    return holds()


def test_a_first_key_is_there(opened: Opened) -> None:
    (first,) = opened().list()
    assert first.name == "default"
    assert re.fullmatch(r"exos_ik_[\w-]{32}", first.key)
    assert first.created_at.tzinfo is not None
    assert (first.last_used_at, first.revoked_at) == (None, None)
    assert [one.key for one in opened().list()] == [first.key]


def test_only_live_keys_have_a_name(opened: Opened) -> None:
    keys = opened()
    made = keys.create("order desk")
    assert keys.name_of(made.key) == "order desk"
    for wrong in ("", "exos_ik_", made.key[:-1], made.key + "x", made.key.upper(), "\ud800", "é"):
        assert keys.name_of(wrong) is None
    assert keys.revoke(made.id).revoked_at is not None
    assert keys.name_of(made.key) is None
    assert opened().name_of(made.key) is None


def test_revoking_again_changes_nothing(opened: Opened) -> None:
    keys = opened()
    made = keys.create("once")
    assert keys.revoke(made.id) == keys.revoke(made.id)
    with pytest.raises(NotFound):
        keys.revoke(made.id + 1)


def test_a_name_is_free_again_when_its_key_is_revoked(opened: Opened) -> None:
    keys = opened()
    first = keys.create("desk")
    with pytest.raises(Conflict, match="'desk'"):
        keys.create(" desk ")
    keys.revoke(first.id)
    second = keys.create("desk")
    assert second.key != first.key
    assert [one.name for one in keys.list()] == ["default", "desk", "desk"]


@pytest.mark.parametrize("name", ["", "   ", "x" * 81, "a\nb", "a\x00"])
def test_a_name_is_something_to_read(opened: Opened, name: str) -> None:
    keys = opened()
    with pytest.raises(BadParameter):
        keys.create(name)
    assert len(keys.list()) == 1


def test_two_who_want_one_name(opened: Opened) -> None:
    here, there = opened(), opened()
    outcomes: list[str] = []

    def make(keys: IngestKeys) -> None:
        for number in range(10):
            try:
                keys.create(f"desk {number}")
                outcomes.append("made")
            except Conflict:
                outcomes.append("taken")

    threads = [threading.Thread(target=make, args=(keys,)) for keys in (here, there)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(outcomes) == ["made"] * 10 + ["taken"] * 10


def test_keys_of_the_settings_count(opened: Opened) -> None:
    keys = opened(ingest_keys=" from-a-vault , second,")
    assert [keys.name_of(key) for key in ("from-a-vault", "second", "", "third")] == [
        "settings",
        "settings",
        None,
        None,
    ]


def test_open_ingest_takes_anything_and_still_knows_keys(opened: Opened) -> None:
    keys = opened(ingest_open=True)
    assert [keys.name_of(key) for key in ("", "nobody", keys.list()[0].key)] == ["open", "open", "default"]


def test_another_process_makes_and_revokes(opened: Opened) -> None:
    server, other = opened(), opened()
    with server.watching():
        made = other.create("made elsewhere")
        assert server.name_of(made.key) is None
        assert until(lambda: server.name_of(made.key) == "made elsewhere")
        assert until(lambda: other.list()[-1].last_used_at is not None)
        other.revoke(made.id)
        assert until(lambda: server.name_of(made.key) is None)


@pytest.mark.parametrize("metadata_url", [""])
def test_watching_outlives_a_store_that_goes_away(opened: Opened, tmp_path: Path) -> None:
    server = opened()
    key = server.list()[0].key
    store, hidden = tmp_path / "metadata.db", tmp_path / "hidden"
    with server.watching():
        store.rename(hidden)
        store.mkdir()
        time.sleep(2.5)
        assert server.name_of(key) == "default"
        store.rmdir()
        hidden.rename(store)
        made = opened().create("afterwards")
        assert until(lambda: server.name_of(made.key) == "afterwards")
