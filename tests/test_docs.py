"""Documentation follows the code."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from exos import __version__

ROOT = Path(__file__).parent.parent


@pytest.mark.timeout(60)
def test_generated_pages_are_current() -> None:
    done = subprocess.run(
        [sys.executable, "docs/generate.py", "--check"],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_changelog_knows_this_version() -> None:
    assert f"## [{__version__}]" in (ROOT / "CHANGELOG.md").read_text()


@pytest.mark.parametrize(
    "page", sorted(ROOT.glob("*.md")) + sorted((ROOT / "docs").rglob("*.md")), ids=lambda path: path.name
)
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#\s]+)", page.read_text(encoding="utf-8")):
        if not target.startswith(("http:", "https:", "mailto:")):
            assert (page.parent / target).exists(), f"{page.name} links to {target}"


def test_decisions_end_in_a_rule() -> None:
    for record in (ROOT / "docs" / "decisions").glob("*.md"):
        text = record.read_text(encoding="utf-8").strip()
        assert re.match(r"---\nstatus: \w+\ndate: \d{4}-\d\d-\d\d\n---\n+# ", text), record.name
        assert text.splitlines()[-1].startswith("Rule: "), record.name


def test_nothing_committed_names_a_machine() -> None:
    names = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    forbidden = re.compile(r"/root/|/home/\w+/|/work/|registry\.npmjs|pypi\.org|files\.pythonhosted")
    for name in names:
        path = ROOT / name
        if path.suffix in (".png", ".woff2") or not path.is_file() or path == Path(__file__):
            continue
        found = forbidden.search(path.read_text(encoding="utf-8", errors="ignore"))
        assert found is None, f"{name}: {found.group(0) if found else ''}"
