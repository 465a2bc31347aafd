"""The storey of screens: browser sessions of operators and customers, what is behind them, and recordings."""

from __future__ import annotations
