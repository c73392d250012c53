"""The server that the other end-to-end tests rely on."""

import urllib.request
import xmlrpc.client

import pytest


def test_login_page_answers(server):
    with urllib.request.urlopen(f"{server.url}/web/login") as page:
        assert page.status == 200
        assert 'name="login"' in page.read().decode()


def test_version_is_nineteen(server):
    common = xmlrpc.client.ServerProxy(f"{server.url}/xmlrpc/2/common")
    assert common.version()["server_version"] == "19.0"


def test_wrong_password_is_refused(server):
    common = xmlrpc.client.ServerProxy(f"{server.url}/xmlrpc/2/common")
    server.allow_log(r"Login failed for .*login:admin")
    assert common.authenticate(server.db, "admin", "wrong", {}) is False


def test_order_hub_is_installed_with_demo_data(xmlrpc_client):
    admin = xmlrpc_client("admin", "admin")
    modules = admin.execute(
        "ir.module.module",
        "search_read",
        [("name", "in", ["order_hub", "sale"])],
        ["name", "state", "demo"],
    )
    found = {module["name"]: (module["state"], module["demo"]) for module in modules}
    assert found["order_hub"] == ("installed", True)
    assert found["sale"] == ("installed", False), "only our add-ons load demo data"


@pytest.mark.parametrize("size", ["browser", "phone"])
def test_web_client_opens(request, log_in, screenshots, size):
    context = request.getfixturevalue(size)
    log_in(context)
    page = context.new_page()
    page.goto("/odoo")
    page.wait_for_selector(".o_main_navbar")
    page.screenshot(path=screenshots / f"web_client_{size}.png")
    fonts = page.evaluate("document.fonts.load('14px FontAwesome')")
    assert fonts, "the icons' font is missing"


def test_unlisted_databases_stay_unlisted(server):
    server.allow_log(r"odoo\.http: Access Denied")
    proxy = xmlrpc.client.ServerProxy(f"{server.url}/xmlrpc/2/db")
    with pytest.raises(xmlrpc.client.Fault):
        proxy.list()
