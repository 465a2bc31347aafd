"""What an address tells: a place, an operator, a class of network. From MaxMind databases where there are any."""

from __future__ import annotations

import re
from collections.abc import Mapping
from ipaddress import IPv4Address, IPv6Address
from pathlib import Path
from typing import Any

import maxminddb

from exos.errors import BadSettings

Address = IPv4Address | IPv6Address

# In this order: a mobile operator's name often bears a word of an access provider as well. An organization with numbers of its
# own that is none of these runs its own network: a business.
_CLASSES = (
    (
        "hosting",
        r"amazon|aws\b|google|microsoft|azure|oracle|alibaba|aliyun|tencent|digitalocean|hetzner|ovh|linode|akamai"
        r"|cloudflare|fastly|vultr|choopa|leaseweb|contabo|scaleway|m247|rackspace|hosting|host\b|data ?cent|colo\b|server|vps"
        r"|cloud|cdn",
    ),
    ("mobile", r"mobile|wireless|cellular|cellco|mobil\b|movil|\blte\b|\bgsm\b|\b[345]g\b"),
    (
        "residential",
        r"telecom|telekom|telefon|communicat|cable|broadband|fib(er|re)|dsl|internet|\bisp\b|\bnet(work)?s?\b|online|comcast|verizon"
        r"|at&t|\batt\b|charter|spectrum|\bcox\b|centurylink|lumen|vodafone|orange|\bbt\b|\bsky\b|telia|swisscom|proximus|provider",
    ),
)
_WORDS = tuple((name, re.compile(words, re.IGNORECASE)) for name, words in _CLASSES)
_USER_TYPES = {
    "residential": "residential",
    "cellular": "mobile",
    "hosting": "hosting",
    "content_delivery_network": "hosting",
    "business": "business",
    "college": "business",
    "school": "business",
    "library": "business",
    "government": "business",
    "military": "business",
}
_CONNECTIONS = {"Cable/DSL": "residential", "Cellular": "mobile", "Corporate": "business"}


class Networks:
    """The MaxMind databases of a setting; none is fine."""

    def __init__(self, paths: str) -> None:
        """`paths`: comma-separated. Raises BadSettings, naming the setting, when one cannot be read."""
        self._readers = [_open(path.strip()) for path in paths.split(",") if path.strip()]

    def describe(self, address: Address) -> dict[str, str]:
        """Place, operator and class of the network of an address, as attributes; what is unknown is left out."""
        if not address.is_global:
            return {"exos.network.class": "private"}
        found: dict[str, str] = {}
        for reader in self._readers:
            if address.version == 6 and reader.metadata().ip_version == 4:
                continue
            record = reader.get(address)
            if isinstance(record, dict):
                found.update(_place(record))
                found.update(_operator(record))
        return found

    def close(self) -> None:
        """Let go of the files."""
        for reader in self._readers:
            reader.close()


def classify(organization: str) -> str:
    """The class of the network that an organization runs, by words in its name."""
    for name, words in _WORDS:
        if words.search(organization):
            return name
    return "business"


def _open(path: str) -> maxminddb.Reader:
    try:
        return maxminddb.open_database(Path(path).expanduser())
    except (OSError, maxminddb.InvalidDatabaseError) as error:
        raise BadSettings(
            f"EXOS_GEOIP_DATABASE names {path!r}, which cannot be read: {error}",
            "Give the path of a MaxMind database (.mmdb), several separated by commas, or leave it empty.",
        ) from None


def _place(record: Mapping[str, Any]) -> dict[str, str]:
    location = _part(record, "location")
    regions = record.get("subdivisions")
    region = regions[0] if isinstance(regions, list) and regions and isinstance(regions[0], dict) else {}
    country = str(_part(record, "country").get("iso_code", ""))
    code = str(region.get("iso_code", ""))
    found = {
        "geo.country.iso_code": country,
        "geo.continent.code": str(_part(record, "continent").get("code", "")),
        "geo.region.name": _name(region),
        "geo.region.iso_code": f"{country}-{code}" if country and code else "",
        "geo.locality.name": _name(_part(record, "city")),
        "geo.postal_code": str(_part(record, "postal").get("code", "")),
        "geo.location.lat": str(location.get("latitude", "")),
        "geo.location.lon": str(location.get("longitude", "")),
        "geo.timezone": str(location.get("time_zone", "")),
    }
    return {name: value for name, value in found.items() if value}


def _operator(record: Mapping[str, Any]) -> dict[str, str]:
    """From an ASN, ISP or Connection-Type database, or the traits of an Enterprise one."""
    said = {**record, **_part(record, "traits")}
    organization = str(said.get("autonomous_system_organization") or said.get("organization") or said.get("isp") or "")
    number = said.get("autonomous_system_number")
    kind = (
        _USER_TYPES.get(str(said.get("user_type")))
        or _CONNECTIONS.get(str(said.get("connection_type")))
        or (classify(organization) if organization else "")
    )
    found = {
        "exos.network.asn": str(number) if number else "",
        "exos.network.organization": organization,
        "exos.network.class": kind,
    }
    return {name: value for name, value in found.items() if value}


def _part(record: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = record.get(name)
    return value if isinstance(value, dict) else {}


def _name(record: Mapping[str, Any]) -> str:
    """The English name, or the first there is."""
    names = _part(record, "names")
    return str(names.get("en") or next(iter(names.values()), ""))
