"""The process page: its numbers are the API's, choosing in one panel shows in the others, and the address is the state."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, Route, expect

from .mapping import SEARCH_EXAMINE, arranged, ask, choose_edge, edge, node, slide

Open = Callable[..., Page]


def opened(open_page: Open, query: str = "", **more: object) -> Page:
    page = open_page(f"/process?process=orders{query}", **more)
    arranged(page)
    return page


def query_of(page: Page) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(page.url).query).items()}


def test_the_page_shows_the_numbers_of_the_api(open_page: Open, base: str) -> None:
    page = opened(open_page, "&overlay=events&activities=6&paths=100")
    drawn = {
        label.split(":")[0]: label
        for label in page.locator("process-map .edge:not(.marker)").evaluate_all(
            "(edges) => edges.map((one) => one.ariaLabel)"
        )
    }
    rows = ask(base, "process/dfg")
    assert len(drawn) == len(rows)
    for row in rows:
        assert (
            f": {row['frequency']:,} times in {row['case_frequency']:,} cases,"
            in drawn[f"{row['source']} → {row['target']}"]
        )
    for row in ask(base, "process/activities"):
        expect(node(page, row["activity"]).locator(".count")).to_have_text(f"{row['frequency']:,}")
    summary = ask(base, "process/summary")[0]
    tiles = page.locator(".kpis .value").all_inner_texts()
    assert tiles[0] == f"{summary['cases']:,}"
    assert float(tiles[3].split()[0]) == round(summary["rework_rate"] * 100, 1)
    variants = ask(base, "process/variants")
    expect(page.locator(".coverage")).to_contain_text(f"{len(variants)}\u00a0variants")
    expect(page.locator(".variants .rows li")).to_have_count(len(variants))
    cases = ask(base, "process/cases", limit=100)
    assert page.locator(".cases tbody tr.way .door").first.inner_text() == cases[0]["case_id"]


KPIS = """(tiles) => tiles.map((tile) => {
  const box = (one) => one.getBoundingClientRect();
  const [own, value, spark] = [tile, tile.querySelector(".value"), tile.querySelector(".spark")].map(box);
  const text = document.createRange();
  text.selectNodeContents(tile.querySelector(".value"));
  return {top: value.top - own.top, height: own.height, over: box(text).right - spark.left, beyond: spark.right - own.right};
})"""


@pytest.mark.parametrize("width", [1440, 1024, 390])
def test_figures_keep_clear_of_their_course(open_page: Open, width: int) -> None:
    page = opened(open_page, "&range=2026-03-08..2026-04-20&compare=previous", width=width)
    # As long as a number gets: rows that arrive while a world is made.
    page.locator(".kpis exos-kpi").nth(1).evaluate(
        "(tile) => (tile.querySelector('.value').textContent = '102 d 14 h')"
    )
    tiles = page.locator(".kpis exos-kpi").evaluate_all(KPIS)
    assert len({(tile["top"], tile["height"]) for tile in tiles}) == 1
    assert all(tile["over"] <= 0 and tile["beyond"] <= 0 for tile in tiles)


def reached(start: int, ends: list[list[int]]) -> set[int]:
    """Where the edges lead from a node."""
    found: set[int] = set()
    more = {start}
    while more:
        found |= more
        more = {target for source, target in ends if source in found} - found
    return found


def test_without_a_process_the_largest_is_shown(open_page: Open) -> None:
    page = open_page("/process")
    arranged(page)
    assert query_of(page)["process"] == "orders"
    expect(page.locator(".bar h1")).to_have_text("orders")
    # Said once to who looks: by what can be chosen.
    assert page.locator(".bar h1").bounding_box()["width"] <= 1  # type: ignore[index]
    expect(page.locator(".bar exos-select .button")).to_have_text("orders")


def test_the_title_is_a_finding(open_page: Open, base: str) -> None:
    page = opened(open_page)
    worst = ask(base, "process/bottlenecks")[0]
    share = round(worst["share_of_wait"] * 100)
    expect(page.locator("#finding")).to_have_text(
        f"{worst['source']} → {worst['target']} holds {share}\u00a0% of all waiting"
    )


def test_comparing_shows_what_changed(open_page: Open) -> None:
    page = opened(open_page, "&range=2026-03-16..2026-03-31&compare=previous")
    expect(page.locator(".kpis .delta").first).to_contain_text("vs")
    assert page.locator(".kpis .delta:is(.good, .bad)").count() > 0


def test_sliders_only_add_and_keep_everything_connected(open_page: Open) -> None:
    page = opened(open_page, "&activities=6&paths=0")
    few = set(page.locator("process-map .edge").evaluate_all("(edges) => edges.map((one) => one.dataset.edge)"))
    slide(page, "paths", 100)
    many = set(page.locator("process-map .edge").evaluate_all("(edges) => edges.map((one) => one.dataset.edge)"))
    assert few < many
    assert query_of(page)["paths"] == "100"
    slide(page, "paths", 0)
    ends = page.evaluate(
        """() => { const {graph, selection} = document.querySelector('process-map').scene;
        return selection.edges.map((id) => [graph.edges[id].source, graph.edges[id].target]); }"""
    )
    shown = {end for pair in ends for end in pair}
    assert reached(0, ends) == reached(1, [pair[::-1] for pair in ends]) == shown


def test_nodes_stay_where_they_are_when_paths_come_and_go(open_page: Open) -> None:
    page = opened(open_page, "&activities=6&paths=0")
    places = """() => [...document.querySelectorAll('process-map .node')]
        .map((one) => [one.dataset.node, one.style.transform]).sort().join(' ')"""
    before = page.evaluate(places)
    slide(page, "paths", 40)
    assert page.evaluate(places) == before


def test_an_edge_opens_its_card_its_cases_and_a_case(open_page: Open, base: str) -> None:
    page = opened(open_page)
    choose_edge(page, *SEARCH_EXAMINE)
    card = page.locator(".map-card-box")
    expect(card.locator("h3")).to_have_text("Title search → Examine")
    row = next(row for row in ask(base, "process/dfg") if [row["source"], row["target"]] == SEARCH_EXAMINE)
    expect(card).to_contain_text(f"{row['frequency']}\u00a0times · {row['case_frequency']}\u00a0cases")
    assert json.loads(query_of(page)["edge"]) == SEARCH_EXAMINE
    passages = ask(base, "process/transitions", source="Title search", target="Examine")
    expect(page.locator("#cases-title")).to_have_text("Slowest cases on Title search → Examine")
    expect(page.locator(".cases tbody .door").first).to_have_text(passages[0]["case_id"])
    slow = {one["case_id"] for one in passages if one["wait_seconds"] > row["p95_seconds"]}
    link = card.locator(".behind", has_text="slow cases")
    expect(link).to_contain_text(f"{len(slow)}\u00a0slow cases, over ")
    link.click()
    expect(page.locator("exos-drawer").last.locator("header p")).to_contain_text(f"{len(slow)}\u00a0cases")
    page.go_back()
    card.locator(".behind", has_text="slowest first").click()
    drawer = page.locator("exos-drawer").last
    expect(drawer.locator("h2")).to_have_text("Title search → Examine")
    expect(drawer.locator("header p")).to_contain_text(f"{len(passages)}\u00a0passages")
    drawer.locator("tbody .door").first.click()
    case = page.locator("exos-drawer").last
    expect(case.locator("h2")).to_have_text(f"Case {passages[0]['case_id']}")
    expect(case.locator(".timeline .event")).to_have_count(
        len(ask(base, "process/timeline", case=passages[0]["case_id"]))
    )
    page.go_back()
    expect(page.locator("exos-drawer")).to_have_count(1)
    page.go_back()
    expect(page.locator("exos-drawer")).to_have_count(0)
    expect(card).to_be_visible()


def test_filters_by_clicking(open_page: Open, base: str) -> None:
    page = opened(open_page)
    choose_edge(page, "Title search", "Vendor follow-up")
    page.locator(".map-card-box .filter button", has_text="Without").click()
    expect(page.locator("exos-filters .chip").first).to_contain_text("Vendor follow-up")
    left = ask(base, "process/summary", filters=json.loads(query_of(page)["filters"]))[0]["cases"]
    expect(page.locator(".kpis .value").first).to_have_text(str(left))
    expect(edge(page, "Title search", "Vendor follow-up")).to_have_count(0)
    # The list beneath is not about what was just excluded.
    expect(page.locator("#cases-title")).to_have_text("Cases")
    assert "edge" not in query_of(page)
    page.go_back()
    expect(page.locator(".map-card-box h3")).to_have_text("Title search → Vendor follow-up")
    expect(page.locator(".kpis .value").first).to_have_text("200")
    arranged(page)
    node(page, "Vendor follow-up").click()
    page.locator(".map-card-box .filter button", has_text="With").first.click()
    assert json.loads(query_of(page)["filters"]) == [{"property": "activity", "op": "=", "value": "Vendor follow-up"}]


def test_a_variant_lights_up_its_way_and_filters(open_page: Open, base: str) -> None:
    page = opened(open_page)
    variants = ask(base, "process/variants")
    second = page.locator(".variants .way").nth(1)
    second.hover()
    expect(page.locator("process-map svg.focused")).to_have_count(1)
    second.click()
    names = page.locator("process-map .node.lit .box").evaluate_all("(boxes) => boxes.map((one) => one.ariaLabel)")
    lit = {name.split(":")[0] for name in names}
    assert lit == set(variants[1]["variant"])
    assert "variant" in query_of(page)
    page.reload()
    arranged(page)
    expect(page.locator(".variants li.on .rank")).to_have_text("2")
    page.locator(".variants li.on .more button", has_text="only these").click()
    expect(page.locator(".kpis .value").first).to_have_text(str(variants[1]["frequency"]))
    page.go_back()
    page.fill(".variants input", "vendor")
    with_vendor = [row for row in variants if "Vendor follow-up" in row["variant"]]
    expect(page.locator(".variants .way")).to_have_count(len(with_vendor))


def test_the_address_reproduces_the_page(open_page: Open) -> None:
    page = opened(open_page)
    page.locator(".overlay label", has_text="p95").click()
    slide(page, "activities", 1)
    slide(page, "paths", 70)
    choose_edge(page, *SEARCH_EXAMINE)
    expect(page.locator(".map-card-box")).to_be_visible()
    page.locator(".cases tbody .door").nth(2).click()
    expect(page.locator("exos-drawer .timeline .event").first).to_be_visible()
    look = """() => ['.shown', '.map-legend', '.map-card-box h3', 'exos-drawer h2']
        .map((one) => document.querySelector(one).textContent)
        .concat([...document.querySelectorAll('process-map .node')].map((one) => one.style.transform)).join('|')"""
    before = page.evaluate(look)
    other = open_page(page.url.split("/", 3)[3].join(["/", ""]))
    arranged(other)
    expect(other.locator("exos-drawer .timeline .event").first).to_be_visible()
    assert other.evaluate(look) == before


def test_a_selection_without_cases_leaves_nothing_of_the_one_before(open_page: Open) -> None:
    page = opened(open_page)
    choose_edge(page, "Title search", "Vendor follow-up")
    expect(page.locator(".cases tbody .door").first).to_be_visible()
    page.click("exos-range .range")
    page.click(".presets button:has-text('Last 7 days')")
    expect(page.locator(".cases .notice")).to_contain_text("No case takes this path")
    expect(page.locator(".cases tbody")).to_be_hidden()
    page.go_back()
    arranged(page)
    page.click("exos-range .range")
    page.click(".presets button:has-text('Last 7 days')")
    expect(page.locator(".map-card .notice")).to_contain_text("No cases here")
    expect(page.locator(".variants .way").first).to_be_hidden()
    expect(page.locator(".variants .notice")).to_have_count(1)
    expect(page.locator(".map-card > footer")).not_to_be_visible()


def test_after_a_failure_no_panel_keeps_what_it_showed_before(open_page: Open) -> None:
    page = opened(open_page)
    page.route("**/api/playbook/**/run", lambda route: route.abort("connectionrefused"))
    page.click("exos-range .range")
    page.click(".presets button:has-text('Last 90 days')")
    expect(page.locator(".map-card [role=alert]")).to_contain_text("does not answer")
    expect(page.locator("exos-kpi .value").first).to_have_text("–")
    expect(page.locator(".variants .way").first).to_be_hidden()
    expect(page.locator(".cases tbody")).to_be_hidden()
    page.unroute("**/api/playbook/**/run")
    page.click("exos-range .range")
    page.click(".presets button:has-text('All time')")
    arranged(page)
    expect(page.locator("exos-kpi .value").first).to_have_text("200")
    page.faults.forgive("ERR_CONNECTION_REFUSED")  # type: ignore[attr-defined]


def test_trying_again_loads_every_panel(open_page: Open) -> None:
    page = open_page("")
    page.route("**/api/playbook/**/run", lambda route: route.abort("connectionrefused"))
    page.goto("/process?process=orders")
    expect(page.locator(".map-card [role=alert]")).to_be_visible()
    page.unroute("**/api/playbook/**/run")
    page.click(".map-card button:has-text('Try again')")
    arranged(page)
    expect(page.locator("exos-kpi .value").first).to_have_text("200")
    expect(page.locator(".variants .way").first).to_be_visible()
    expect(page.locator(".cases tbody .door").first).to_be_visible()
    page.faults.forgive("ERR_CONNECTION_REFUSED")  # type: ignore[attr-defined]


def test_an_activity_keeps_its_colour_under_a_filter(open_page: Open) -> None:
    colour = """(name) => { const steps = document.querySelector(".variants .steps");
        const at = steps.ariaLabel.split(", ").indexOf(name); return getComputedStyle(steps.children[at]).backgroundColor; }"""
    page = opened(open_page)
    before = page.evaluate(colour, "Issue commitment")
    without = json.dumps([{"property": "activity", "op": "!=", "value": "Title search"}])
    other = opened(open_page, f"&filters={without}")
    assert other.evaluate(colour, "Issue commitment") == before


def test_an_address_that_cannot_be_read_says_so_and_is_repaired(open_page: Open) -> None:
    page = open_page("/process?process=orders&filters=notjson&tz=Mars/X&range=junk")
    told = page.locator("exos-shell > .told")
    expect(told).to_contain_text("filters and a time zone (Mars/X) and a time range (junk) that cannot be read")
    arranged(page)
    assert query_of(page) == {"process": "orders"}
    expect(page.locator("exos-range .range")).to_have_text("All time")
    told.locator("button").click()
    expect(told).to_have_count(0)


def test_measures_are_those_of_the_cases_that_finish_in_the_range(open_page: Open, base: str) -> None:
    page = opened(open_page, "&range=2026-03-16..2026-03-31&compare=previous")
    march = {"since": "2026-03-16T00:00:00Z", "until": "2026-04-01T00:00:00Z"}
    [started], [finished] = (ask(base, "process/summary", **march, cases=cases) for cases in ("started", "finished"))
    assert finished["cases"] != started["cases"]
    values = page.locator(".kpis .value").all_inner_texts()
    assert values[0] == f"{started['cases']:,}"
    assert float(values[3].split()[0]) == round(finished["rework_rate"] * 100, 1)
    page.locator("exos-kpi", has_text="Median throughput").locator(".door").click()
    drawer = page.locator("exos-drawer").last
    expect(drawer.locator("header p")).to_contain_text(f"{finished['cases']}\u00a0cases, longest first")
    longest = ask(base, "process/cases", **march, cases="finished")[0]
    expect(drawer.locator("tbody .door").first).to_have_text(longest["case_id"])


def test_the_numbers_beside_the_sliders_count_what_is_on_the_map(open_page: Open) -> None:
    page = opened(open_page, "&activities=4&paths=0")
    shown = """() => { const {selection, graph} = document.querySelector('process-map').scene;
        return `${selection.edges.filter((id) => !graph.edges[id].marker).length} of`; }"""
    paths = page.locator(".map-card .paths output")
    before = page.evaluate(shown)
    expect(paths).to_contain_text(before)
    page.locator(".variants .way").last.click()
    expect(paths).not_to_contain_text(before)
    arranged(page)
    expect(paths).to_contain_text(page.evaluate(shown))


def test_a_variant_says_which_share_is_its_own(open_page: Open, base: str) -> None:
    page = opened(open_page)
    second = ask(base, "process/variants")[1]
    way = page.locator(".variants .way").nth(1)
    both = f"{round(second['cumulative_share'] * 100)}\u00a0%"
    expect(way.locator("b")).to_have_text(f"{round(second['share'] * 100, 1):g}\u00a0%")
    expect(way.get_by_title("Together with those above").locator("[aria-hidden]")).to_have_text(f"Σ {both}")
    expect(way.locator(".sr-only")).to_have_text(f"{both} together with those above")


def test_a_filter_that_cannot_be_read_can_be_cleared(open_page: Open) -> None:
    filters = json.dumps([{"property": "duration_seconds", "op": ">", "value": "long"}])
    page = open_page(f"/process?process=orders&filters={filters}")
    alert = page.locator(".map-card [role=alert]")
    expect(alert.locator(".code")).to_have_text("bad_parameter")
    expect(alert.locator("button")).to_have_text(["Clear filters"])
    alert.locator("button").click()
    arranged(page)
    assert "filters" not in query_of(page)
    expect(page.locator("exos-kpi .value").first).to_have_text("200")
    page.faults.forgive("400")  # type: ignore[attr-defined]


def answers(page: Page, slug: str, rows: list[list[object]], names: str, **more: object) -> None:
    """The server's answer to an analysis, made up."""
    table = {
        "columns": [{"name": name, "type": "String"} for name in names.split()],
        "rows": rows,
        "statistics": {"elapsed": 0, "rows_read": 0, "bytes_read": 0},
        **more,
    }
    page.route(f"**/api/playbook/{slug}/run", lambda route: route.fulfill(json=table))


EDGES = "source target frequency case_frequency mean_seconds median_seconds p95_seconds total_seconds"
NODES = (
    "activity frequency case_frequency start_frequency end_frequency rework_cases mean_service_seconds "
    "median_service_seconds"
)


def tangle(page: Page, activities: int, paths: int, steps: int, **more: object) -> None:
    """A graph of as many activities and paths, in which one activity followed another so many times."""
    chance = random.Random(7)
    pairs: set[tuple[int, int]] = {(at, at + 1) for at in range(activities - 1)}
    while len(pairs) < paths:
        pairs.add((chance.randrange(activities), chance.randrange(activities)))
    dfg: list[list[object]] = [[f"A{one}", f"A{other}", 1, 1, 60, 60, 60, 60] for one, other in sorted(pairs)]
    # Nine cases begin with the first and end with the last; every event but the last of a case is followed by one.
    nodes: list[list[object]] = [[f"A{at}", 1, 1, 0, 0, 0, 0, 0] for at in range(activities)]
    nodes[0][1:4] = [steps + 9 - (activities - 1), 9, 9]
    nodes[-1][4] = 9
    answers(page, "process/dfg", dfg, EDGES, **more)
    answers(page, "process/activities", nodes, NODES)


def test_a_map_of_thousands_of_paths_is_drawn(open_page: Open) -> None:
    page = open_page("")
    tangle(page, 500, 8299, 8299)
    page.goto("/process?process=orders&activities=500&paths=100")
    expect(page.locator(".map-card")).to_have_attribute("data-arranged", "502 8299", timeout=60_000)
    expect(page.locator("process-map .edge")).to_have_count(8301)


BROKEN = "addEventListener('message', () => { throw new Error('There is no room'); });"


def test_what_cannot_be_drawn_says_so_and_can_be_tried_again(open_page: Open) -> None:
    page = open_page("")
    page.route("**/map-worker.js", lambda route: route.fulfill(content_type="text/javascript", body=BROKEN))
    page.goto("/process?process=orders&paths=100")
    alert = page.locator(".map-card [role=alert]")
    expect(alert).to_contain_text("There is no room")
    page.unroute("**/map-worker.js")
    page.faults.forgive("There is no room")  # type: ignore[attr-defined]
    alert.locator("button", has_text="Try again").click()
    expect(alert).to_contain_text("There is no room")
    assert "paths" not in query_of(page)
    page.faults.forgive("There is no room")  # type: ignore[attr-defined]


def test_shares_are_those_of_all_steps_also_where_the_paths_are_cut(open_page: Open) -> None:
    page = open_page("")
    tangle(page, 20, 100, 1000, truncated=True)
    page.goto("/process?process=orders&activities=20&paths=100")
    arranged(page)
    expect(page.locator(".map-card .shown")).to_have_text("10\u00a0% of steps shown · the 100 most frequent paths")
    expect(page.locator(".map-card .paths output")).to_have_text("100 of 100+")
    page.click(".map-card footer .export")
    expect(page.locator("[role=menuitem]:has-text('CSV')")).to_contain_text("the 100 most frequent")
    page.keyboard.press("Escape")
    page.click(".map-card footer .table")
    expect(page.locator("exos-drawer header p")).to_contain_text("The 100 most frequent.")


def test_the_page_asks_for_more_paths_than_a_map_shows(open_page: Open) -> None:
    page = open_page("")
    asked = []

    def noted(route: Route) -> None:
        asked.append(json.loads(route.request.post_data or "{}")["params"]["limit"])
        route.continue_()

    for slug in ("dfg", "activities"):
        page.route(f"**/api/playbook/process/{slug}/run", noted)
    page.goto("/process?process=orders")
    arranged(page)
    assert set(asked) == {20_000}


def test_cases_of_one_event_have_no_steps(open_page: Open) -> None:
    page = open_page("")
    answers(page, "process/dfg", [], EDGES)
    answers(page, "process/activities", [["Order received", 200, 200, 200, 200, 0, 0, 0]], NODES)
    page.goto("/process?process=orders")
    arranged(page)
    expect(page.locator(".map-card .shown")).to_have_text("No steps between activities")


def test_a_case_of_a_hundred_thousand_events_is_shown_in_parts(open_page: Open) -> None:
    page = open_page("")
    names = (
        "activity start end wait_seconds service_seconds resource lifecycle cost attributes session_id trace_id span_id"
    )
    start = "2026-03-01T08:00:00Z"
    event = ["Title search", start, start, 1, 0, "Operator 1", "complete", None, {}, "", "", ""]
    answers(page, "process/timeline", [event] * 100_000, names)
    page.goto('/process?process=orders&drawer=[["case",{"case":"T-1000"}]]')
    drawer = page.locator("exos-drawer")
    expect(drawer.locator("header p")).to_contain_text("100,000\u00a0events", timeout=60_000)
    shown = drawer.locator(".timeline .event")
    expect(shown).to_have_count(500)
    further = drawer.locator(".further")
    expect(further).to_have_text("500 of 100,000\u00a0events shown: show more")
    further.scroll_into_view_if_needed()
    expect(shown).to_have_count(1000)
