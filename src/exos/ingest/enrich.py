"""What the headers and the address of a request tell about its sender.

Headers that a proxy sets (forwarding, Cloudflare's locations and bot scores) are believed only when the connection comes from
one of the trusted networks; anybody could send them otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

from exos.errors import BadSettings
from exos.ingest.networks import Address, Networks
from exos.ingest.useragents import describe_agent
from exos.settings import Settings

POLICIES = ("keep", "truncate", "drop")
KEPT_BITS = {4: 24, 6: 48}
"""Bits of an address that `truncate` keeps."""
LIKELY_BOT = 30
"""Cloudflare calls what scores below this likely automated."""
_LOCATIONS = {
    "geo.country.iso_code": "cf-ipcountry",
    "geo.continent.code": "cf-ipcontinent",
    "geo.region.name": "cf-region",
    "geo.region.iso_code": "cf-region-code",
    "geo.locality.name": "cf-ipcity",
    "geo.postal_code": "cf-postal-code",
    "geo.location.lat": "cf-iplatitude",
    "geo.location.lon": "cf-iplongitude",
    "geo.timezone": "cf-timezone",
}
_COUNTRY = re.compile("[A-Z][A-Z0-9]")
_UNKNOWN, _TOR = "XX", "T1"
"""Cloudflare's words in place of a country."""
_VISITOR = "exos.visitor.id"
_COARSE = ("geo.country.iso_code", "geo.continent.code")
_PRECISE = ("geo.", "client.address", "exos.network.asn", "exos.network.organization")


def personal(name: str) -> bool:
    """Whether an attribute of this name must not be kept of somebody who asked not to be recognised."""
    return name == _VISITOR or (name.startswith(_PRECISE) and name not in _COARSE)


@dataclass(frozen=True, slots=True)
class Visitor:
    """The sender of a request. `privacy`: they asked not to be recognised, and that is honoured here."""

    attributes: dict[str, str]
    privacy: bool


class Enricher:
    """Reads requests under the settings of one process. Safe to use from many threads."""

    def __init__(self, settings: Settings) -> None:
        """Raises BadSettings, naming the setting, for a wrong network, an unknown policy or an unreadable database."""
        if settings.visitor_address not in POLICIES:
            raise BadSettings(
                f"EXOS_VISITOR_ADDRESS is {settings.visitor_address!r}", f"Give one of {', '.join(POLICIES)}."
            )
        self._policy = settings.visitor_address
        self._signals = settings.privacy_signals
        self._trusted = _trusted(settings.trusted_proxies)
        self._networks = Networks(settings.geoip_database)

    def visitor(self, headers: Mapping[str, str], peer: str) -> Visitor:
        """All that is known of the sender; unknown things are absent, never empty. `peer` is the address that the connection
        comes from.
        """
        known = _lowered(headers)
        connected = _address(peer)
        believed = connected is not None and self._believes(connected)
        address = self._client(known, connected) if believed else connected
        attributes = describe_agent(known.get("user-agent", ""))
        if believed:
            _note_bot(attributes, known)
        attributes.update(self._place(known if believed else {}, address))
        if address is not None and self._policy != "drop":
            attributes["client.address"] = _shown(address, self._policy)
        privacy = self._signals and (known.get("sec-gpc") == "1" or known.get("dnt") == "1")
        if privacy:
            attributes = {name: value for name, value in attributes.items() if not personal(name)}
        return Visitor(attributes, privacy)

    def close(self) -> None:
        """Let go of the MaxMind databases."""
        self._networks.close()

    def _believes(self, address: Address) -> bool:
        return any(address in network for network in self._trusted)

    def _client(self, headers: Mapping[str, str], peer: Address | None) -> Address | None:
        """The visitor behind trusted proxies: Cloudflare's word, else the right-most hop that is not one of them.

        A hop that cannot be read hides everything to its left: then there is no address rather than a wrong one.
        """
        if "cf-connecting-ip" in headers:
            return _address(headers["cf-connecting-ip"])
        hop = peer
        for text in reversed(headers.get("x-forwarded-for", "").split(",")):
            if not text.strip():
                continue
            hop = _address(text)
            if hop is None or not self._believes(hop):
                return hop
        return hop

    def _place(self, headers: Mapping[str, str], address: Address | None) -> dict[str, str]:
        """Where the visitor is and what network they use. Headers win; where the two name different countries they do not
        mix, and who comes through Tor is nowhere.
        """
        said = {name: _text(headers[header]) for name, header in _LOCATIONS.items() if headers.get(header)}
        country = said.pop("geo.country.iso_code", "").upper()
        country = country if _COUNTRY.fullmatch(country) else ""
        if country in (_UNKNOWN, _TOR):
            said = {}
        elif country:
            said["geo.country.iso_code"] = country
            _complete_region(said, country)
        looked_up = self._networks.describe(address) if address is not None else {}
        if country and country not in (_UNKNOWN, looked_up.get("geo.country.iso_code")):
            looked_up = {name: value for name, value in looked_up.items() if not name.startswith("geo.")}
        return {**looked_up, **said}


def _complete_region(said: dict[str, str], country: str) -> None:
    """Cloudflare sends the part of ISO 3166-2 after the country; the attribute holds all of it."""
    code = said.get("geo.region.iso_code")
    if code and "-" not in code:
        said["geo.region.iso_code"] = f"{country}-{code}"


def _note_bot(attributes: dict[str, str], headers: Mapping[str, str]) -> None:
    """What Cloudflare's bot management found out."""
    score = headers.get("cf-bot-score", "")
    likely = score.isascii() and score.isdigit() and 0 < int(score[:4]) < LIKELY_BOT
    if likely or headers.get("cf-verified-bot", "").lower() in ("1", "true"):
        attributes.update({"exos.bot": "true", "exos.device.type": "bot"})


def _trusted(setting: str) -> list[IPv4Network | IPv6Network]:
    try:
        return [ip_network(one.strip()) for one in setting.split(",") if one.strip()]
    except ValueError as error:
        raise BadSettings(
            f"EXOS_TRUSTED_PROXIES is {setting!r}: {error}",
            "Give networks in CIDR form, separated by commas, for example 10.0.0.0/8,2400:cb00::/32.",
        ) from None


def _lowered(headers: Mapping[str, str]) -> dict[str, str]:
    """Names in small letters; a header sent twice is one list, as HTTP has it."""
    known: dict[str, str] = {}
    for name, value in headers.items():
        key = name.lower()
        known[key] = f"{known[key]},{value}" if key in known else value.strip()
    return known


def _address(text: str) -> Address | None:
    """An address, also with a port, brackets or a zone; None when it is none. IPv4 within IPv6 counts as IPv4."""
    text = text.strip().strip('"')
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        found = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return found.ipv4_mapped or found if found.version == 6 else found


def _shown(address: Address, policy: str) -> str:
    if policy == "keep":
        return str(address)
    return str(ip_network((address, KEPT_BITS[address.version]), strict=False).network_address)


def _text(value: str) -> str:
    """HTTP hands bytes over as Latin-1; Cloudflare sends UTF-8 (São Paulo)."""
    try:
        return value.encode("latin-1").decode("utf-8").strip()
    except UnicodeError:
        return value.strip()
