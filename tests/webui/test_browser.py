"""The pages in a real browser: what only a browser can tell."""

import os
import shutil
from collections.abc import Iterator
from threading import Thread
from typing import TYPE_CHECKING, Any

import pytest
from flask import Flask
from werkzeug.serving import make_server

from indexer.search.results import Synonym

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from tests.webui.conftest import StubEngine

pytestmark = [
    pytest.mark.browser,
    # A browser that leaves while the development server sends it a file makes that server forget
    # to close the file, which is noticed whenever the garbage is next collected.
    pytest.mark.filterwarnings("ignore:unclosed file:ResourceWarning"),
    pytest.mark.filterwarnings("ignore:.*static/:pytest.PytestUnraisableExceptionWarning"),
]

QUESTION = "QANR5L15QE24191"
PAGES = (
    "/",
    "/recherche?q=traite+des+%C3%AAtres+humains&type=QE&du=2019&page=2",
    "/recherche?q=loup&famille=QANR5L15QE24191",
    f"/question/{QUESTION}?q=traite",
    "/question/QANR5L16QG24191",
    "/question/24191",
    "/aide",
    "/statistiques?q=traite&type=QE&par=auteur",
    "/recherche?q=loup&reponse_du=hier",
    "/nulle-part",
)
# What keeps the browser itself from calling anybody, or needing more than a container has.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def skip_or_fail(reason: str) -> None:
    if os.environ.get("QUESTIONS_REQUIRE_ALL_TESTS"):
        pytest.fail(reason)
    pytest.skip(reason)


def axe_or_skip() -> Any:
    try:
        from axe_playwright_python.sync_playwright import Axe  # noqa: PLC0415  # may be absent
    except ImportError:
        skip_or_fail("axe-playwright-python is not installed")
    return Axe()


@pytest.fixture(scope="module")
def browser() -> Iterator["Browser"]:
    try:
        from playwright.sync_api import Error, sync_playwright  # noqa: PLC0415  # may be absent
    except ImportError:
        skip_or_fail("playwright is not installed")
    with sync_playwright() as playwright:
        try:
            launched = playwright.chromium.launch(
                executable_path=shutil.which("chromium"), args=ARGUMENTS
            )
        except Error as error:
            skip_or_fail(f"no Chromium can be started: {error.message[:200]}")
        yield launched
        launched.close()


@pytest.fixture(autouse=True)
def _families(stub: "StubEngine") -> None:
    """Pages say that some of what was found is grouped away."""
    stub.grouped_away = 40


@pytest.fixture
def site(app: Flask) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def opened(browser: "Browser", site: str) -> Iterator[Any]:
    """Open a page in a fresh context; afterwards, nothing may stand on its console.

    It needs the site so that no page is open any more when the server stops.
    """
    assert site
    complaints: list[str] = []
    contexts = []

    def open_page(address: str, width: int = 1280, **options: Any) -> "Page":
        viewport = {"width": width, "height": 800}
        contexts.append(browser.new_context(viewport=viewport, locale="fr-FR", **options))  # type: ignore[arg-type]  # values of several types
        page = contexts[-1].new_page()
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("dialog", lambda dialog: complaints.append(f"dialog: {dialog.message}"))
        page.goto(address)
        return page

    yield open_page
    for context in contexts:
        context.close()
    # Chromium writes a line for every status of 400 and more, which some pages have on purpose.
    assert [text for text in complaints if "the server responded with a status" not in text] == []


@pytest.mark.parametrize("address", PAGES)
@pytest.mark.parametrize("width", [320, 768, 1280])
def test_nothing_is_wider_than_the_screen(opened: Any, site: str, address: str, width: int) -> None:
    page = opened(site + address, width)
    for details in page.locator("details").all():
        details.evaluate("node => { node.open = true }")
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("address", PAGES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_axe_finds_nothing(opened: Any, site: str, address: str, scheme: str, width: int) -> None:
    axe = axe_or_skip()
    page = opened(site + address, width, color_scheme=scheme)
    for details in page.locator("details").all():
        details.evaluate("node => { node.open = true }")
    found = axe.run(page).response["violations"]
    assert [(each["id"], [node["html"] for node in each["nodes"]]) for each in found] == []


@pytest.mark.parametrize("address", PAGES)
def test_the_keyboard_meets_the_skip_link_first(opened: Any, site: str, address: str) -> None:
    page = opened(site + address)
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("Tab")
    focused = page.locator(":focus")
    if address == "/":  # the search box has the focus already; its neighbour comes next
        assert page.evaluate("document.activeElement.closest('form') !== null")
        return
    assert focused.get_attribute("class") == "skip"
    assert focused.bounding_box()["y"] >= 0, "seen once it has the focus"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "contenu"


def test_a_search_by_keyboard_alone_without_javascript(opened: Any, site: str) -> None:
    page = opened(site, java_script_enabled=False)
    page.locator(
        "input[name=q]:focus"
    ).wait_for()  # the page is loaded a little before it has focus
    page.keyboard.type("traite des êtres humains")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.type("03/2019")
    page.keyboard.press("Enter")
    page.wait_for_url("**/recherche?**")
    assert page.locator("h1").inner_text().startswith("1\u202f234 questions pour")
    assert page.locator("input[name=du]").input_value() == "03/2019"
    page.locator("article.hit h3 a").nth(1).click()
    page.wait_for_url("**/question/QANR5L15QE24191?**")
    assert page.locator("mark").count() == 3
    page.get_by_role("link", name="Retour aux résultats").click()
    page.wait_for_url("**/recherche?q=traite*&du=2019-03")


def test_facets_are_in_sight_beside_the_results_and_folded_on_a_phone(
    opened: Any, site: str
) -> None:
    wide = opened(f"{site}/recherche?q=traite", java_script_enabled=False)
    assert wide.locator(".facet a").first.is_visible()
    narrow = opened(f"{site}/recherche?q=traite", 390, java_script_enabled=False)
    assert not narrow.locator(".facet a").first.is_visible()
    narrow.get_by_text("Affiner").click()
    assert narrow.locator(".facet a").first.is_visible()


def test_targets_are_large_enough_for_a_finger(opened: Any, site: str) -> None:
    page = opened(f"{site}/recherche?q=traite&type=QE", 390)
    page.locator("details.fold").evaluate("node => { node.open = true }")
    links = page.locator(".facet a, .chip, .pages a, button, summary:visible").all()
    boxes = [link.bounding_box() for link in links if link.is_visible()]
    assert boxes
    assert min(box["height"] for box in boxes) >= 24


@pytest.mark.parametrize("total", [0, 2])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_page_of_advice_is_as_good_as_any(
    opened: Any, site: str, stub: "StubEngine", total: int, scheme: str
) -> None:
    stub.find_nothing()
    stub.total = stub.total_all_words = total
    for width in (320, 1280):
        page = opened(f"{site}/recherche?q=%22traite+des+etres%22", width, color_scheme=scheme)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        found = axe_or_skip().run(page).response["violations"]
        assert [(each["id"], [node["html"] for node in each["nodes"]]) for each in found] == []


def test_the_suggestion_is_followed_by_keyboard_without_javascript(
    opened: Any, site: str, stub: "StubEngine"
) -> None:
    stub.find_nothing()
    page = opened(f"{site}/recherche?q=%22traite+des+etres%22", java_script_enabled=False)
    suggestion = page.locator(".suggestion a")
    assert suggestion.bounding_box()["y"] < page.locator(".empty").bounding_box()["y"]
    suggestion.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/recherche?q=traite+des+%C3%AAtres*")
    assert stub.asked[-1].text.startswith("traite des êtres ")


def test_print_leaves_the_question_alone(opened: Any, site: str) -> None:
    page = opened(f"{site}/question/{QUESTION}?q=traite")
    page.emulate_media(media="print")
    assert page.locator("h1").is_visible()
    assert not page.locator("header nav").is_visible()
    assert not page.locator(".back").is_visible()


def suggested(page: "Page") -> list[str]:
    page.locator("[role=listbox]:not([hidden]) [role=option]").first.wait_for()
    return [label.inner_text() for label in page.locator("[role=option] .label").all()]


@pytest.mark.parametrize("width", [320, 1280])
def test_what_is_typed_is_completed_by_keyboard(opened: Any, site: str, width: int) -> None:
    page = opened(site, width)
    box = page.get_by_role("combobox", name="Mots cherchés")
    assert box.get_attribute("aria-expanded") == "false"
    page.keyboard.type("tra")
    assert suggested(page)[::2] == ["traite des êtres", "TEH : traite des êtres humains"]
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert box.get_attribute("aria-expanded") == "true"
    assert page.get_by_role("status").inner_text() == "3 propositions"
    assert box.get_attribute("aria-activedescendant") is None
    page.keyboard.press("ArrowUp")
    assert active(page) == "TEH : traite des êtres humains"
    page.keyboard.press("ArrowDown")
    assert active(page) is None, "the box itself is a place of the round"
    page.keyboard.press("ArrowDown")
    assert active(page) == "traite des êtres"
    page.keyboard.press("Enter")
    assert box.input_value() == "traite des êtres"
    assert not page.locator("[role=listbox]").is_visible()
    page.keyboard.press("Enter")
    page.wait_for_url("**/recherche?**")
    assert page.locator("input[name=q]").input_value() == "traite des êtres"


def active(page: "Page") -> str | None:
    name = page.locator("[role=combobox]").get_attribute("aria-activedescendant")
    if name is None:
        return None
    option = page.locator(f"#{name}[aria-selected=true]")
    assert page.locator("[aria-selected=true]").count() == 1
    return str(option.locator(".label").inner_text())


def test_escape_closes_the_completions_and_a_click_takes_one(opened: Any, site: str) -> None:
    page = opened(f"{site}/recherche?q=loup")
    box = page.locator("[role=combobox]")
    box.fill("tra")
    suggested(page)
    page.keyboard.press("Escape")
    assert not page.locator("[role=listbox]").is_visible()
    assert box.input_value() == "tra"
    page.keyboard.press("ArrowDown")
    suggested(page)
    page.locator("[role=option]").last.click()
    assert box.input_value() == "TEH"
    assert page.evaluate("document.activeElement.name") == "q"
    box.fill("tra")
    suggested(page)
    page.keyboard.press("Tab")
    assert not page.locator("[role=listbox]").is_visible()
    box.fill("zzz")
    page.wait_for_timeout(400)
    assert not page.locator("[role=listbox]").is_visible()


def test_completions_are_text_and_failures_are_silent(
    opened: Any, site: str, stub: "StubEngine", evil: str
) -> None:
    page = opened(site)
    page.keyboard.type("tra")
    assert evil in suggested(page)
    stub.failure = RuntimeError("broken")
    page.locator("[role=combobox]").fill("trai")
    page.locator("[role=listbox]").wait_for(state="hidden")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_axe_finds_nothing_in_the_completions(
    opened: Any, site: str, scheme: str, width: int
) -> None:
    axe = axe_or_skip()
    page = opened(site, width, color_scheme=scheme)
    page.keyboard.type("tra")
    suggested(page)
    page.keyboard.press("ArrowDown")
    found = axe.run(page).response["violations"]
    assert [(each["id"], [node["html"] for node in each["nodes"]]) for each in found] == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_acronyms_are_chips_that_everybody_can_use(
    opened: Any, site: str, stub: "StubEngine", scheme: str, width: int
) -> None:
    meaning = "agence nationale de sécurité du médicament et des produits de santé"
    stub.expansions = (
        Synonym("ansm", "ANSM", meaning, 9, "used"),
        Synonym("ars", "ARS", "agence régionale de santé", 9, "offered"),
    )
    page = opened(f"{site}/recherche?q=ANSM+ARS", width, color_scheme=scheme)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    found = axe_or_skip().run(page).response["violations"]
    assert [(each["id"], [node["html"] for node in each["nodes"]]) for each in found] == []
    page.get_by_role("link", name="Ne pas chercher aussi").click()
    page.wait_for_url("**/recherche?q=ANSM+ARS&sans=ansm")
