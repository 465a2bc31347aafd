"""Hatchling hook: builds the portal's vendored assets before the wheel, so that nobody needs Node to run EXOS."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class PortalAssets(BuildHookInterface[Any]):
    """Runs frontend/build.py, which does nothing when the assets are up to date."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 - hatchling's signature
        """Build src/exos/portal/vendor/."""
        path = Path(self.root) / "frontend" / "build.py"
        spec = importlib.util.spec_from_file_location("exos_frontend_build", path)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        module.build()
