"""What browser tests share: waiting for a page, asking axe, and names that nobody should have to trust."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page, expect

AXE = Path(__file__).parent / ".vendor" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
HOSTILE = [
    "<script>window.pwned=1</script>",
    '"><img src=x onerror="window.pwned=1">',
    '=HYPERLINK("http://evil.example","x")',
    "javascript:window.pwned=1",
    "${window.pwned=1}{{7*7}}",
    "<!--exos-slot-0--> held:onclick",
    "A very long activity name that somebody typed into a form without thinking of those who draw maps of it " * 2,
    "\u202eright to left\u202c \u0000 zero",
]


class Faults(list[str]):
    """What went wrong in a page. A test that provokes an error takes it out with `forgive`."""

    def forgive(self, part: str) -> None:
        """Drop the faults that contain the text; at least one must."""
        left = [fault for fault in self if part not in fault]
        assert len(left) < len(self), f"no fault contains {part!r}: {list(self)}"
        self[:] = left


def settled(page: Page) -> None:
    """Wait until the shell stands and nothing loads any more."""
    page.wait_for_selector("exos-shell > .bar")
    page.wait_for_load_state("networkidle")
    # Not wait_for_function: it evaluates text in the page, which the policy refuses.
    expect(page.locator("exos-state[aria-busy]")).to_have_count(0)
    page.evaluate("document.fonts.ready.then(() => null)")


STILL = """() => Promise.all(document.getAnimations()
    .filter((one) => one.effect.getComputedTiming().endTime !== Infinity)
    .map((one) => one.finished.catch(() => null))).then(() => null)"""


def axe(page: Page) -> list[str]:
    """What axe finds once nothing fades in any more, one line per rule and element."""
    page.evaluate(STILL)
    faults: Faults = page.faults  # type: ignore[attr-defined]
    before = list(faults)
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("(rules) => axe.run(document, {runOnly: rules, preload: false})", RULES)
    # axe itself tries an inline style that the policy refuses; only what the page did before counts.
    faults[:] = before
    return [
        f"{rule['id']}: {node['target']} {node['failureSummary']}"
        for rule in found["violations"]
        for node in rule["nodes"]
    ]


def specimen(page: Page, body: str, query: str = "", script: str = "/portal/components/shell.js") -> None:
    """Open a page made for a test, with the head and the policy of every page."""
    base = page.request.get("/")
    document = base.text()
    document = document[: document.index("<body>")] + f"<body>{body}</body></html>"
    document = document.replace("/portal/pages/index.js", script)
    headers = {
        name: value for name, value in base.headers.items() if name in ("content-type", "content-security-policy")
    }
    page.route("**/specimen*", lambda route: route.fulfill(body=document, headers=headers))
    page.goto(f"/specimen{query}")
    settled(page)
