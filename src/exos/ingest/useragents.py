"""What a browser says about itself in its User-Agent header.

Names and versions come from ua-parser; the device class and whether a program is at work are decided here, because
ua-parser tells makers and models, not classes.
"""

from __future__ import annotations

import re
from functools import lru_cache

from ua_parser import parse

LONGEST = 512
"""Characters of a user agent that are looked at; real ones are shorter, and matching takes time by length."""

_PROGRAM = re.compile(
    r"(?<!cu)bot\b|crawl|spider|slurp|headless|phantomjs|puppeteer|playwright|selenium|lighthouse|pingdom|uptime|monitor"
    r"|preview|facebookexternalhit|scan|scrap|fetch|archiver|curl|wget|httpie|postman|insomnia"
    r"|python|java/|okhttp|go-http|node|axios|ruby|perl|libwww|apache-http|guzzle|aiohttp|httpx",
    re.IGNORECASE,
)
_TABLET = re.compile(r"ipad|tablet|kindle|silk(?!.*mobile)|playbook", re.IGNORECASE)
_MOBILE = re.compile(r"mobi|iphone|ipod|windows phone|blackberry|opera mini", re.IGNORECASE)
_SYSTEMS = {"Mac OS X": "macOS"}


def describe_agent(text: str) -> dict[str, str]:
    """The attributes of one User-Agent: name, version, system, device class (desktop, mobile, tablet, bot), bot flag.

    Nothing for an empty one. What is unknown is left out.
    """
    return dict(_described(text[:LONGEST].strip()))


@lru_cache(maxsize=4096)
def _described(text: str) -> dict[str, str]:
    if not text:
        return {}
    found = parse(text)
    attributes = {"user_agent.original": text}
    if found.user_agent and found.user_agent.family != "Other":
        agent = found.user_agent
        attributes["user_agent.name"] = agent.family
        attributes["user_agent.version"] = _dotted(agent.major, agent.minor, agent.patch, agent.patch_minor)
    if found.os and found.os.family != "Other":
        system = found.os
        attributes["user_agent.os.name"] = _SYSTEMS.get(system.family, system.family)
        attributes["user_agent.os.version"] = _dotted(system.major, system.minor, system.patch)
    spider = found.device is not None and found.device.family == "Spider"
    program = spider or _PROGRAM.search(text) is not None
    attributes["exos.device.type"] = "bot" if program else _device(text)
    attributes["exos.bot"] = "true" if program else "false"
    return {name: value for name, value in attributes.items() if value}


def _device(text: str) -> str:
    """Android without `Mobile` is a tablet: Google's own rule for telling the two apart."""
    if _TABLET.search(text):
        return "tablet"
    if _MOBILE.search(text):
        return "mobile"
    return "tablet" if "Android" in text else "desktop"


def _dotted(*parts: str | None) -> str:
    known = []
    for part in parts:
        if part is None:
            break
        known.append(part)
    return ".".join(known)
