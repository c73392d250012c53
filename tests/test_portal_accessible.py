"""The portal pages for eyes, keyboards and screen readers, measured by axe-core.

The pages are found by following the links of the first ones, so that a new page is
measured too. On a desktop and on a phone, in English and Chinese: no serious finding.
"""

import re
from importlib import resources

import pytest

AXE = resources.files("axe_playwright_python") / "axe.min.js"
#: WCAG 2.1, levels A and AA; findings of these weights fail.
STANDARD = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]
WEIGHTY = ("serious", "critical")
#: Where each visitor begins, and what a link to be followed looks like.
VISITORS = {
    "supplier": ("/my/supply", re.compile(r"^/my/supply(/|\?|$)")),
    "customer": ("/my/hub", re.compile(r"^/my/hub(/|\?|$)")),
}
#: Addresses that send a file and show nothing.
FILES = re.compile(r"\.(xlsx|csv|pdf)|/(pdf|papers|label|document|evidence)\b")
#: Pages of one kind that are measured: the second may look different. More of them are
#: opened for their links: not every order can be changed.
EACH = 2
OPENED = 8
MOST_OPENED = 60
LANGUAGES = ("en_US", "zh_CN")
#: Presses of the tab key after which a page has been walked through.
MOST_STOPS = 150


@pytest.fixture(scope="module")
def axe():
    return AXE.read_text(encoding="utf-8")


@pytest.fixture
def speak(xmlrpc_client):
    """Let a user read in a language: ``speak("supplier", "zh_CN")``; undone after."""
    admin = xmlrpc_client("admin")
    changed = {}

    def speak(login, language):
        [user] = admin.execute(
            "res.users", "search_read", [("login", "=", login)], ["lang"]
        )
        changed.setdefault(user["id"], user["lang"])
        admin.execute("res.users", "write", [user["id"]], {"lang": language})

    yield speak
    for user, language in changed.items():
        admin.execute("res.users", "write", [user], {"lang": language})


def kind_of(address):
    """Return what kind of page an address opens: numbers and references alike."""
    path = address.partition("?")[0]
    return re.sub(r"/(OH-[0-9A-Z-]+|\d+)(?=/|$)", "/*", path)


def links_of(page, wanted):
    """Return the addresses of a page's links that are pages to be measured."""
    found = page.eval_on_selector_all(
        "#wrap a[href]", "links => links.map(link => link.getAttribute('href'))"
    )
    return [each for each in found if wanted.match(each) and not FILES.search(each)]


def pages_of(context, login):
    """Yield an open page for the first addresses of each kind reached by links."""
    start, wanted = VISITORS[login]
    page = context.new_page()
    ahead, seen, kinds = [start], set(), {}
    while ahead and len(seen) < MOST_OPENED:
        address = ahead.pop(0).partition("#")[0]
        kind = kind_of(address)
        if address in seen or kinds.get(kind, 0) >= OPENED:
            continue
        seen.add(address)
        kinds[kind] = kinds.get(kind, 0) + 1
        answer = page.goto(address)
        assert answer.status == 200, f"{address}: {answer.status}"
        ahead += links_of(page, wanted)
        if kinds[kind] <= EACH:
            yield address, page
    page.close()


def findings(page, axe):
    """Return the weighty findings about what the page shows, in words."""
    page.wait_for_load_state("networkidle")
    page.evaluate(axe)
    result = page.evaluate(
        "standard => axe.run({include: [['#wrap']]}, "
        "{runOnly: {type: 'tag', values: standard}, resultTypes: ['violations']})",
        STANDARD,
    )
    return [
        f"{each['id']}: {each['help']}: {node['html'][:120]} {node['failureSummary']}"
        for each in result["violations"]
        if each["impact"] in WEIGHTY
        for node in each["nodes"][:3]
    ]


def measure(context, login, axe, label):
    """Return everything that is wrong on the pages of a visitor."""
    wrong, kinds = [], set()
    for address, page in pages_of(context, login):
        kinds.add(kind_of(address))
        wrong += [f"{label} {address} {each}" for each in findings(page, axe)]
        if not page.locator("html").get_attribute("lang"):
            wrong.append(f"{label} {address} says no language")
        if page.locator("#wrap h1").count() != 1:
            wrong.append(f"{label} {address} has not one main heading")
        width = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        if width > 1:
            wrong.append(f"{label} {address} is {width} pixels too wide")
    assert len(kinds) > 2, f"{label}: only {kinds} were found"
    return wrong


@pytest.mark.parametrize("login", VISITORS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_pages_have_no_serious_finding(
    login, language, speak, browser, phone, log_in, axe
):
    speak(login, language)
    wrong = []
    for name, context in (("desktop", browser), ("phone", phone)):
        log_in(context, login)
        wrong += measure(context, login, axe, f"{name} {language}")
    assert not wrong, "\n".join(wrong)


def test_the_page_for_strangers_has_no_serious_finding(browser, axe):
    page = browser.new_page()
    page.goto("/hub/o")
    assert not findings(page, axe)


# -- keyboard ---------------------------------------------------------------------

FOCUS = """() => {
    const here = document.activeElement;
    if (!here || here === document.body) { return null; }
    const style = getComputedStyle(here);
    const inside = here.closest("#wrap") !== null;
    const seen = style.outlineStyle !== "none" || style.boxShadow !== "none";
    return {name: here.name || here.textContent.trim().slice(0, 40), inside, seen,
            html: here.outerHTML.slice(0, 120)};
}"""


@pytest.fixture
def open_order(xmlrpc_client):
    """A purchase order that waits for the supplier's answer; returns its id."""
    admin = xmlrpc_client("admin")
    [user] = admin.execute(
        "res.users", "search_read", [("login", "=", "supplier")], ["partner_id"]
    )
    partner = admin.execute(
        "res.partner", "read", [user["partner_id"][0]], ["commercial_partner_id"]
    )[0]["commercial_partner_id"][0]
    [product] = admin.execute(
        "product.product", "search", [("purchase_ok", "=", True)], limit=1
    )
    line = {"product_id": product, "product_qty": 15, "price_unit": 7}
    order = admin.execute(
        "purchase.order",
        "create",
        {"partner_id": partner, "order_line": [[0, 0, line]]},
    )
    admin.execute("purchase.order", "button_confirm", [order])
    return order


def walk(page):
    """Press the tab key through a page; return what had the focus, in order."""
    stops = []
    for _press in range(MOST_STOPS):
        page.keyboard.press("Tab")
        stop = page.evaluate(FOCUS)
        if not stop:
            break
        stops.append(stop)
    return stops


def test_an_order_is_answered_without_a_mouse(open_order, browser, log_in):
    log_in(browser, "supplier")
    page = browser.new_page()
    page.goto(f"/my/supply/orders/{open_order}")
    page.wait_for_load_state("networkidle")
    inside = [stop for stop in walk(page) if stop["inside"]]
    unseen = [stop["html"] for stop in inside if not stop["seen"]]
    assert not unseen, unseen
    assert any("line by line" in stop["name"] for stop in inside), inside

    summary = page.locator("summary", has_text="line by line")
    summary.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate(FOCUS)["name"].startswith("kind_")

    page.get_by_role("button", name="Confirm all as asked").focus()
    page.keyboard.press("Enter")
    page.get_by_role("status").wait_for()
    assert "sent=answer" in page.url
