"""EXOS Analytics: operational intelligence on the telemetry a ClickStack already collects."""

__version__ = "0.1.0"
