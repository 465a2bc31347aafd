from __future__ import annotations

from pathlib import Path

import pytest

from exos.errors import BadSettings
from exos.settings import Settings, describe, env_name


def test_environment_then_arguments(tmp_path: Path) -> None:
    environ = {"EXOS_HOME": str(tmp_path), "EXOS_PORT": "8700", "EXOS_READERS": ""}
    loaded = Settings.load(environ, port=8701, host=None)
    assert (loaded.home, loaded.port, loaded.host, loaded.readers) == (tmp_path, 8701, "127.0.0.1", 4)
    assert loaded.database == f"chdb://{tmp_path}/db"
    assert loaded.embedded


def test_links_and_detours_lead_to_the_same_folder(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    for way in ("real", "link", "real/../link"):
        loaded = Settings.load({}, home=str(tmp_path / way))
        assert (loaded.home, loaded.folder) == (tmp_path / "real", tmp_path / "real" / "db")
        given = Settings.load({}, database=f"chdb://{tmp_path / way / 'db'}")
        assert given.folder == tmp_path / "real" / "db"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("port", "many"),
        ("port", "99999"),
        ("port", "0"),
        ("grpc_port", "-1"),
        ("memory_limit", "7"),
        ("memory_limit", "16"),
        ("memory_limit", "nan"),
        ("memory_limit", "inf"),
        ("memory_limit", "1e-9"),
        ("memory_limit", "-1"),
        ("readers", "0"),
        ("query_seconds", "-1"),
        ("query_seconds", "nan"),
        ("query_seconds", "inf"),
        ("sql_seconds", "0"),
        ("query_memory", "7"),
        ("query_memory", "0"),
        ("query_rows", "0"),
        ("sql_rows", "0"),
        ("sql_rows", "-5"),
        ("telemetry_days", "-3"),
        ("upload_bytes", "0"),
        ("database", "postgres://x"),
        ("grpc_port", "8600"),
        ("ingest_origins", "foo bar"),
        ("ingest_pending_bytes", "1"),
        ("ingest_request_bytes", "999999999999"),
    ],
)
def test_a_bad_value_names_its_setting(name: str, value: str) -> None:
    with pytest.raises(BadSettings, match=env_name(name)):
        Settings.load({env_name(name): value})


def test_memory_limit_is_a_share_or_mebibytes() -> None:
    assert Settings.load({}, memory_limit=512).memory_bytes == 512 * 1024**2
    whole, half = (Settings.load({}, memory_limit=share).memory_bytes for share in (1, 0.5))
    assert half == pytest.approx(whole / 2, abs=1)


def test_every_setting_is_described() -> None:
    for name, env, _, help in describe():
        assert env == f"EXOS_{name.upper()}"
        assert help.endswith((".", ")"))
