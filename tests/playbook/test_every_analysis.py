"""What every analysis of the Playbook must have, whatever its area."""

from __future__ import annotations

import pytest

import goldens
from exos.analysis import Playbook
from exos.store.database import Database

PLAYBOOK = Playbook.load()


@pytest.mark.parametrize("slug", [one.slug for one in PLAYBOOK])
def test_has_golden_rows(slug: str) -> None:
    assert goldens.path(slug).is_file(), (
        "write them with --write-golden in the test of its area, then check them by hand"
    )


def test_no_golden_rows_without_an_analysis() -> None:
    known = {goldens.path(one.slug) for one in PLAYBOOK}
    assert set(goldens.FOLDER.glob("*.json")) <= known


def test_the_engine_accepts_every_analysis(database: Database) -> None:
    PLAYBOOK.validate(database)
