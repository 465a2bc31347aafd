"""The bundles of the pages' modules that the package build makes: a few files a page instead of seventy.

They are used while the modules are those that they were made of. Where one has been edited since, pages load the modules.
"""

from __future__ import annotations

import re
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

import orjson

_SCRIPT = re.compile(r'<script type="module" src="/portal/pages/([\w.-]+)"></script>')
_MADE = "vendor/pages"


def bundled(page: str, folder: Path) -> str:
    """The page with its module scripts exchanged for their bundles, if there are current ones. `folder` is `/portal`."""
    imports = _current(folder)
    return _SCRIPT.sub(
        lambda script: _links(imports[script[1]], script[1]) if script[1] in imports else script[0], page
    )


def _links(imports: list[str], entry: str) -> str:
    preloads = "".join(f'<link rel="modulepreload" href="/portal/{_MADE}/{name}">\n    ' for name in imports)
    return f'{preloads}<script type="module" src="/portal/{_MADE}/{entry}"></script>'


def _current(folder: Path) -> dict[str, list[str]]:
    """What each bundle imports; nothing where the modules are not those that the bundles were made of."""
    try:
        made = orjson.loads((folder / _MADE / "made.json").read_bytes())
    except (OSError, ValueError):
        return {}
    modules = sorted((path for path in folder.rglob("*.js") if path.relative_to(folder).parts[0] != "vendor"), key=str)
    same = made["sources"] == _digest(folder, tuple((path, path.stat().st_mtime_ns) for path in modules))
    imports: dict[str, list[str]] = made["imports"] if same else {}
    return imports


@lru_cache(maxsize=1)
def _digest(folder: Path, modules: tuple[tuple[Path, int], ...]) -> str:
    digest = sha256()
    for path, _ in modules:
        digest.update(f"{path.relative_to(folder).as_posix()}\n".encode() + path.read_bytes())
    return digest.hexdigest()
