"""What a request tells about its sender, and whom it is believed."""

from __future__ import annotations

from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.datastructures import Headers

from exos.errors import BadSettings
from exos.ingest.enrich import Enricher
from exos.ingest.networks import classify
from exos.ingest.useragents import describe_agent
from exos.settings import Settings
from ingest.mmdb import write_mmdb

CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36"
)
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.0"
    " Mobile/15E148 Safari/604.1"
)
PLACE = {
    "CF-IPCountry": "BR", "CF-IPCity": "São Paulo".encode().decode("latin-1"), "CF-IPContinent": "SA",
    "CF-Region": "São Paulo".encode().decode("latin-1"), "CF-Region-Code": "SP", "CF-Postal-Code": "01000",
    "CF-IPLatitude": "-23.5", "CF-IPLongitude": "-46.6", "CF-Timezone": "America/Sao_Paulo",
}  # fmt: skip
CITY = {
    "country": {"iso_code": "DE"}, "continent": {"code": "EU"}, "city": {"names": {"en": "Munich", "de": "München"}},
    "subdivisions": [{"iso_code": "BY", "names": {"en": "Bavaria"}}], "postal": {"code": "80331"},
    "location": {"latitude": 48.1, "longitude": 11.6, "time_zone": "Europe/Berlin"},
}  # fmt: skip
OPERATOR = {"autonomous_system_number": 3320, "autonomous_system_organization": "Deutsche Telekom AG"}


def enricher(**values: Any) -> Enricher:
    return Enricher(Settings.load({}, **values))


def test_location_headers_of_a_trusted_proxy() -> None:
    known = (
        enricher(trusted_proxies="10.0.0.0/8")
        .visitor({**PLACE, "CF-Connecting-IP": "8.8.8.8", "User-Agent": CHROME}, "10.1.2.3")
        .attributes
    )
    assert known == {
        "geo.country.iso_code": "BR", "geo.continent.code": "SA", "geo.region.name": "São Paulo",
        "geo.region.iso_code": "BR-SP", "geo.locality.name": "São Paulo", "geo.postal_code": "01000",
        "geo.location.lat": "-23.5", "geo.location.lon": "-46.6", "geo.timezone": "America/Sao_Paulo",
        "client.address": "8.8.8.0",
        "user_agent.original": CHROME, "user_agent.name": "Chrome", "user_agent.version": "141.0.0.0",
        "user_agent.os.name": "Windows", "user_agent.os.version": "10", "exos.device.type": "desktop", "exos.bot": "false",
    }  # fmt: skip


def test_headers_of_anybody_else_are_not_believed() -> None:
    forged = {**PLACE, "CF-Connecting-IP": "1.1.1.1", "X-Forwarded-For": "2.2.2.2", "CF-Verified-Bot": "true"}
    assert enricher().visitor(forged, "8.8.4.4").attributes == {"client.address": "8.8.4.0"}
    assert enricher(trusted_proxies="10.0.0.0/8").visitor(forged, "8.8.4.4").attributes == {"client.address": "8.8.4.0"}


@pytest.mark.parametrize(
    ("country", "place"),
    [
        ("XX", {}),
        ("T1", {}),
        ("", {}),
        ("<script>", {}),
        ("us", {"geo.country.iso_code": "US"}),
    ],
)
def test_countries_that_are_none(country: str, place: dict[str, str]) -> None:
    known = enricher(trusted_proxies="::1/128").visitor({"cf-ipcountry": country}, "::1").attributes
    assert {name: value for name, value in known.items() if name.startswith("geo.")} == place


@pytest.mark.parametrize(
    ("forwarded", "address"),
    [
        ("8.8.8.8", "8.8.8.8"),
        ("6.6.6.6, 8.8.8.8", "8.8.8.8"),
        ("6.6.6.6, 8.8.8.8, 10.0.0.7", "8.8.8.8"),
        ("8.8.8.8:4711, 10.0.0.7", "8.8.8.8"),
        ('"[2a00:1450::1]:99"', "2a00:1450::1"),
        ("::ffff:8.8.8.8", "8.8.8.8"),
        ("10.0.0.9, 10.0.0.7", "10.0.0.9"),
        ("8.8.8.8, unknown, 10.0.0.7", None),
        ("", "10.0.0.1"),
        (",,", "10.0.0.1"),
    ],
)
def test_the_right_most_hop_that_is_no_proxy_of_ours(forwarded: str, address: str | None) -> None:
    known = (
        enricher(trusted_proxies="10.0.0.0/8", visitor_address="keep")
        .visitor({"x-forwarded-for": forwarded}, "10.0.0.1")
        .attributes
    )
    assert known.get("client.address") == address


def test_a_header_sent_twice_is_one_list() -> None:
    headers = Headers(raw=[(b"x-forwarded-for", b"6.6.6.6"), (b"x-forwarded-for", b"8.8.8.8")])
    known = enricher(trusted_proxies="10.0.0.0/8", visitor_address="keep").visitor(headers, "10.0.0.1").attributes
    assert known["client.address"] == "8.8.8.8"


@pytest.mark.parametrize(
    ("policy", "peer", "shown"),
    [
        ("keep", "81.2.69.142", "81.2.69.142"),
        ("truncate", "81.2.69.142", "81.2.69.0"),
        ("truncate", "2a02:8071:b783:500::17", "2a02:8071:b783::"),
        ("drop", "81.2.69.142", None),
        ("keep", "testclient", None),
        ("keep", "", None),
    ],
)
def test_what_is_kept_of_the_address(policy: str, peer: str, shown: str | None) -> None:
    assert enricher(visitor_address=policy).visitor({}, peer).attributes.get("client.address") == shown


@pytest.mark.parametrize("signal", ["sec-gpc", "dnt"])
def test_privacy_signals(signal: str) -> None:
    headers = {**PLACE, "CF-Connecting-IP": "8.8.8.8", "User-Agent": CHROME, signal: "1"}
    seen = enricher(trusted_proxies="10.0.0.0/8").visitor(headers, "10.1.2.3")
    assert seen.privacy
    assert {name for name in seen.attributes if name.startswith(("geo.", "client.", "exos.network."))} == {
        "geo.country.iso_code",
        "geo.continent.code",
    }
    ignored = enricher(trusted_proxies="10.0.0.0/8", privacy_signals=False).visitor(headers, "10.1.2.3")
    assert not ignored.privacy
    assert ignored.attributes["geo.locality.name"] == "São Paulo"
    assert not enricher().visitor({signal: "0"}, "").privacy


@pytest.mark.parametrize(
    ("agent", "device", "name", "system"),
    [
        (CHROME, "desktop", "Chrome", "Windows"),
        (CHROME.replace("Safari", "Safari/537.36 Edg/141.0"), "desktop", "Edge", "Windows"),
        (IPHONE, "mobile", "Mobile Safari", "iOS"),
        (IPHONE.replace("iPhone; CPU iPhone OS", "iPad; CPU OS"), "tablet", "Mobile Safari", "iOS"),
        ("Mozilla/5.0 (Linux; Android 11; CUBOT NOTE 20) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Mobile Safari",
         "mobile", "Chrome Mobile", "Android"),
        ("Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Mobile Safari/537.36",
         "mobile", "Chrome Mobile", "Android"),
        ("Mozilla/5.0 (Linux; Android 14; SM-X910) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36",
         "tablet", "Chrome", "Android"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.0 Safari/605.1.15",
         "desktop", "Safari", "macOS"),
        ("Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "desktop", "Firefox", "Ubuntu"),
        ("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", "bot", "Googlebot", None),
        (CHROME.replace("Chrome/", "HeadlessChrome/"), "bot", "HeadlessChrome", "Windows"),
        ("curl/8.1", "bot", "curl", None),
    ],
)  # fmt: skip
def test_user_agents(agent: str, device: str, name: str, system: str | None) -> None:
    known = describe_agent(agent)
    assert (known["exos.device.type"], known["user_agent.name"]) == (device, name)
    assert known.get("user_agent.os.name") == system
    assert known["exos.bot"] == ("true" if device == "bot" else "false")


def test_an_answer_is_the_callers_own() -> None:
    describe_agent(CHROME).clear()
    assert describe_agent(CHROME)["user_agent.name"] == "Chrome"


@pytest.mark.parametrize(
    ("header", "value", "bot"),
    [
        ("cf-verified-bot", "true", "true"),
        ("cf-verified-bot", "false", "false"),
        ("cf-bot-score", "1", "true"),
        ("cf-bot-score", "29", "true"),
        ("cf-bot-score", "30", "false"),
        ("cf-bot-score", "0", "false"),
        ("cf-bot-score", "²", "false"),
    ],
)
def test_bot_management(header: str, value: str, bot: str) -> None:
    known = enricher(trusted_proxies="10.0.0.0/8").visitor({"user-agent": CHROME, header: value}, "10.0.0.1").attributes
    assert known["exos.bot"] == bot
    assert (known["exos.device.type"] == "bot") is (bot == "true")


@pytest.mark.parametrize("peer", ["10.0.0.1", "127.0.0.1", "192.168.3.4", "fe80::1%eth0", "fd00::1", "100.64.0.1"])
def test_private_networks(peer: str) -> None:
    assert enricher().visitor({}, peer).attributes["exos.network.class"] == "private"


@pytest.mark.parametrize(
    ("organization", "kind"),
    [
        ("AMAZON-02", "hosting"),
        ("Hetzner Online GmbH", "hosting"),
        ("T-Mobile USA, Inc.", "mobile"),
        ("Cellco Partnership DBA Verizon Wireless", "mobile"),
        ("Comcast Cable Communications, LLC", "residential"),
        ("Deutsche Telekom AG", "residential"),
        ("The Goldman Sachs Group, Inc.", "business"),
        ("Massachusetts Institute of Technology", "business"),
    ],
)
def test_classes_of_networks(organization: str, kind: str) -> None:
    assert classify(organization) == kind


def test_maxmind_databases(tmp_path: Path) -> None:
    city = write_mmdb(tmp_path / "city.mmdb", {"81.2.69.0/24": CITY, "2a02:8071::/32": CITY})
    asn = write_mmdb(
        tmp_path / "asn.mmdb",
        {"81.2.69.128/25": OPERATOR, "9.9.9.9/32": {"traits": {"user_type": "cellular"}}},
        version=4,
    )
    known = enricher(geoip_database=f"{city}, {asn}", visitor_address="drop")
    assert known.visitor({}, "81.2.69.142").attributes == {
        "geo.country.iso_code": "DE", "geo.continent.code": "EU", "geo.region.name": "Bavaria", "geo.region.iso_code": "DE-BY",
        "geo.locality.name": "Munich", "geo.postal_code": "80331", "geo.location.lat": "48.1", "geo.location.lon": "11.6",
        "geo.timezone": "Europe/Berlin", "exos.network.asn": "3320", "exos.network.organization": "Deutsche Telekom AG",
        "exos.network.class": "residential",
    }  # fmt: skip
    assert known.visitor({}, "2a02:8071::1").attributes["geo.locality.name"] == "Munich"
    assert known.visitor({}, "9.9.9.9").attributes == {"exos.network.class": "mobile"}
    assert known.visitor({}, "5.5.5.5").attributes == {}
    assert known.visitor({"dnt": "1"}, "81.2.69.142").attributes == {
        "geo.country.iso_code": "DE", "geo.continent.code": "EU", "exos.network.class": "residential",
    }  # fmt: skip
    known.close()


def test_headers_win_and_do_not_mix_with_another_country(tmp_path: Path) -> None:
    city = write_mmdb(tmp_path / "city.mmdb", {"81.2.69.0/24": CITY})
    known = enricher(geoip_database=str(city), trusted_proxies="10.0.0.0/8")
    through = {"x-forwarded-for": "81.2.69.142"}
    same = known.visitor({**through, "cf-ipcountry": "DE"}, "10.0.0.1").attributes
    other = known.visitor({**through, "cf-ipcountry": "AT"}, "10.0.0.1").attributes
    tor = known.visitor({**through, "cf-ipcountry": "T1"}, "10.0.0.1").attributes
    unknown = known.visitor({**through, "cf-ipcountry": "XX"}, "10.0.0.1").attributes
    assert same["geo.locality.name"] == unknown["geo.locality.name"] == "Munich"
    assert {name: value for name, value in other.items() if name.startswith("geo.")} == {"geo.country.iso_code": "AT"}
    assert not [name for name in tor if name.startswith("geo.")]
    known.close()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("trusted_proxies", "10.0.0.0/8,example"),
        ("trusted_proxies", "10.0.0.1/8"),
        ("visitor_address", "hash"),
        ("geoip_database", "/nowhere/city.mmdb"),
        ("geoip_database", __file__),
    ],
)
def test_unusable_settings_are_named(name: str, value: str) -> None:
    with pytest.raises(BadSettings, match=f"EXOS_{name.upper()}") as raised:
        enricher(**{name: value})
    assert raised.value.hint


ANYTHING = st.text(st.characters(max_codepoint=255), max_size=60)
NAMES = st.sampled_from(
    [
        "User-Agent",
        "X-Forwarded-For",
        "CF-Connecting-IP",
        "CF-IPCountry",
        "CF-IPCity",
        "CF-Region-Code",
        "cf-bot-score",
        "DNT",
    ]
)


@given(st.dictionaries(NAMES, ANYTHING), ANYTHING | st.ip_addresses().map(str))
def test_whatever_is_sent_is_read(headers: dict[str, str], peer: str) -> None:
    known = ALL_TRUSTED.visitor(headers, peer).attributes
    assert all(isinstance(value, str) and value for value in known.values())
    assert set(PEER_ONLY.visitor(headers, peer).attributes) <= {*known, "client.address", "exos.network.class"}


@given(st.ip_addresses(v=4))
def test_truncated_addresses_say_no_more_than_their_network(address: Any) -> None:
    shown = PEER_ONLY.visitor({}, str(address)).attributes["client.address"]
    assert int(ip_address(shown)) == int(address) & 0xFFFFFF00


@given(st.lists(st.ip_addresses(v=4).map(str), min_size=1, max_size=5), ANYTHING.filter(lambda text: "," not in text))
def test_what_a_visitor_writes_to_the_left_changes_nothing(hops: list[str], forged: str) -> None:
    proxied = enricher(trusted_proxies="10.0.0.0/8", visitor_address="keep")
    chain = ", ".join([*hops, "8.8.8.8", "10.0.0.2"])
    assert (
        proxied.visitor({"x-forwarded-for": f"{forged},{chain}"}, "10.0.0.1").attributes["client.address"] == "8.8.8.8"
    )


ALL_TRUSTED = enricher(trusted_proxies="0.0.0.0/0,::/0")
PEER_ONLY = enricher()
