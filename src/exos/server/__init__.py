"""The HTTP door: API, portal and health on one port."""
