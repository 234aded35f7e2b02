"""The page in a real browser: no errors, no requests, every figure drawn, hover at work."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from lightsim.reports.page import page
from tests.reports.sample import sample_report, without_board

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--no-first-run",
    "--disable-component-update",
    "--disable-sync",
]

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        not CHROMIUM.exists(), reason=f"{CHROMIUM} is missing: apt-get install chromium"
    ),
]


class Opened:
    """A loaded page with everything that it said and asked for while loading."""

    def __init__(self, browser, file: Path) -> None:
        self.complaints: list[str] = []
        self.requests: list[str] = []
        self.tab = browser.new_page(viewport={"width": 1280, "height": 900})
        self.tab.on("console", lambda message: self.complaints.append(message.text))
        self.tab.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.tab.on("request", lambda request: self.requests.append(request.url))
        self.tab.goto(file.as_uri())
        # Plotly draws in the next frames: the last figure's axis marks the end.
        self.tab.wait_for_selector("#figure-energy .xaxislayer-above text", state="attached")
        self.address = file.as_uri()

    def count(self, selector: str) -> int:
        return self.tab.locator(selector).count()


@pytest.fixture(scope="module")
def browser() -> Iterator[object]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="module", params=["12 layers", "60 layers", "no board"])
def opened(browser, request, tmp_path_factory) -> Iterator[tuple[Opened, object]]:
    report = {
        "12 layers": sample_report(),
        "60 layers": sample_report(60),
        "no board": without_board(sample_report()),
    }[request.param]
    file = tmp_path_factory.mktemp("page") / "report.html"
    file.write_text(page(report), encoding="utf-8")
    window = Opened(browser, file)
    yield window, report
    window.tab.close()


def test_no_complaints_and_no_requests(opened):
    window, _ = opened
    assert window.complaints == []
    assert [url for url in window.requests if not url.startswith(("data:", "blob:"))] == [
        window.address
    ]


def test_nothing_offers_to_send_a_chart_away(opened):
    window, _ = opened
    window.tab.locator("#figure-cycles").hover()
    titles = window.tab.locator(".modebar-btn").evaluate_all(
        "buttons => buttons.map(button => button.getAttribute('data-title'))"
    )
    assert "Download plot as a PNG" in titles
    assert not [title for title in titles if "share" in title.lower() or "cloud" in title.lower()]


def test_every_figure_is_drawn(opened):
    window, report = opened
    layers = len(report.layers)
    with_weights = sum(1 for layer in report.layers if sum(layer.k.values()))
    drawn = {
        "cycles": ("#figure-cycles .bars .point path", layers * 7),
        "roofline": ("#figure-roofline .scatterlayer .point", 1),
        "resources": ("#figure-resources .bars .point path", 4 * len(report.parts)),
        "k": ("#figure-k .bars .point path", with_weights * 3),
        "activity": ("#figure-activity .bars .point path", len(report.units) * 8),
        "energy": ("#figure-energy .bars .point path", len(report.energy_by_event_j)),
    }
    assert window.count(".js-plotly-plot") == len(drawn)
    for name, (selector, marks) in drawn.items():
        # Bars of height zero have no path: half of the marks is the least to expect.
        assert marks / 2 <= window.count(selector), name
    roofline = sum(1 for layer in report.layers if layer.macs and sum(layer.traffic_bytes.values()))
    assert window.count("#figure-roofline .scatterlayer .point") == roofline


def test_headline_is_visible(opened):
    window, report = opened
    headline = window.tab.locator("#headline")
    assert headline.is_visible()
    for part in (f"{report.cycles:,}", "150 MHz", "images/s", "GOP/s", "yes"):
        assert part in headline.inner_text()


def test_nothing_is_wider_than_the_window(opened):
    window, _ = opened
    assert window.tab.evaluate("document.documentElement.scrollWidth") <= 1280
    too_wide = window.tab.evaluate(
        """() => Array.from(document.querySelectorAll('.js-plotly-plot text'))
              .filter(text => { const box = text.getBoundingClientRect();
                                return box.width && (box.left < 0 || box.right > 1280); })
              .map(text => text.textContent)"""
    )
    assert too_wide == []


def test_hovering_a_layer_on_the_roofline_tells_about_it(opened):
    window, report = opened
    point = window.tab.locator("#figure-roofline .scatterlayer .point").first
    point.scroll_into_view_if_needed()
    box = point.bounding_box()
    window.tab.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, steps=5)
    shown = window.tab.wait_for_selector("#figure-roofline .hoverlayer .hovertext")
    text = shown.text_content()
    assert "GOP/s" in text and "utilisation" in text
    assert any(text.startswith(layer.name) for layer in report.layers)


def test_cycles_can_be_shown_as_shares(opened):
    window, _ = opened
    figure = window.tab.locator("#figure-cycles")
    figure.locator(".updatemenu-button").nth(1).click()
    window.tab.wait_for_function(
        "document.querySelector('#figure-cycles')._fullLayout.barnorm === 'percent'"
    )
    top = window.tab.evaluate("document.querySelector('#figure-cycles')._fullLayout.yaxis.range[1]")
    assert 100 <= top < 120
    figure.locator(".updatemenu-button").nth(0).click()


def test_prints_on_paper(opened):
    window, _ = opened
    paper = window.tab.pdf(prefer_css_page_size=True)
    assert paper.startswith(b"%PDF")
    width = window.tab.evaluate("document.querySelector('#figure-cycles')._fullLayout.width")
    assert width > 1020
