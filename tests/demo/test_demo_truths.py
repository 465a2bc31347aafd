"""Every planted truth is in the data, its red herring beside it, and the analyses that exist find it."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from exos import demo
from exos.analysis import Playbook
from exos.errors import NotFound
from exos.store.database import Database

pytestmark = pytest.mark.timeout(300)
TRUTHS = {truth.id: truth for truth in demo.truths("mortgage")}
PLAYBOOK = Playbook.load()
FINDINGS = [(truth.id, number) for truth in TRUTHS.values() for number in range(len(truth.findings))]


@pytest.mark.parametrize("name", TRUTHS)
def test_truth_and_herring_are_in_the_data(world: Database, end: date, name: str) -> None:
    assert TRUTHS[name].failures(world, end) == []


@pytest.mark.parametrize(("name", "number"), FINDINGS, ids=[f"{name}-{number}" for name, number in FINDINGS])
def test_the_analysis_finds_it(world: Database, end: date, name: str, number: int) -> None:
    finding = TRUTHS[name].findings[number]
    try:
        PLAYBOOK.get(finding.analysis)
    except NotFound:
        pytest.skip(f"{finding.analysis} is not in the Playbook yet; the evidence in SQL is tested")
    assert finding.failures(PLAYBOOK.run(world, finding.analysis, finding.params_at(end))) == []


@pytest.mark.parametrize("truth", demo.truths(), ids=lambda truth: truth.id)
def test_truths_read_as_sentences(truth: demo.Truth, end: date) -> None:
    assert "{" not in truth.title + truth.told(end) + truth.told() + truth.herring_told
    for finding in truth.findings:
        assert finding.command(end, "exos --home x").startswith(f"exos --home x run {finding.analysis}")


def test_most_truths_have_a_red_herring() -> None:
    assert sum(bool(truth.herring) for truth in TRUTHS.values()) >= 6


def test_an_expectation_that_is_not_met_says_why(world: Database, end: date) -> None:
    finding = TRUTHS["bottleneck"].findings[0]
    answer = PLAYBOOK.run(world, finding.analysis, {"process": "flood"})
    assert finding.failures(answer)[0].startswith("source is 'Deliver certificate', expected 'Inspect property'")


def test_every_file_of_truths_is_read() -> None:
    texts = [path.read_text() for path in (Path(demo.__file__).parent / "planted").glob("*.yaml")]
    written = [name for text in texts for name in re.findall(r"^- id: (.+)$", text, re.MULTILINE)]
    assert sorted(written) == sorted(truth.id for truth in demo.truths())
