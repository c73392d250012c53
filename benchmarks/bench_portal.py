"""The pages of suppliers and customers: cost of one, and of fifty visitors at once."""

import data
import data_portal
from harness.registry import benchmark
from platform_kit import postgres
from portal_server import Portal

#: A page inside of the server, login, layout and all.
PAGE_MS, PAGE_QUERIES = 300, 40
#: Of 100 pages of all visitors 95 are answered by then.
VISITORS_MS = 1000
#: Of fifty who look at pages at once so many look at which.
BY_LINK, LOGGED_IN, SUPPLIERS = 20, 10, 20


@benchmark("portal")
def portal(bench):
    """Customer page with 200 events, supplier page with 10,000 needs, 50 visitors."""
    side = bench.side("hub", "portal")
    pages = side.run(data_portal.customers, links=BY_LINK)
    supply = side.run(data_portal.suppliers)
    postgres.sql("VACUUM (ANALYZE)", side.database)
    side.stop()
    with Portal(side.database) as server:
        cookies = _log_in(server, pages, supply)
        _customer_page(bench, server, pages, cookies)
        _supplier_page(bench, server, supply, cookies)
        _visitors(bench, server, pages, supply, cookies)


def _log_in(server, pages, supply) -> dict:
    """Return the cookies of as many sessions of each login as visitors need."""
    wanted = {
        pages["many"]["login"]: LOGGED_IN,
        pages["few"]["login"]: 1,
        supply["many"]["login"]: SUPPLIERS,
        supply["few"]["login"]: 1,
    }
    return {
        login: [server.log_in(login, data.PASSWORD) for _each in range(count)]
        for login, count in wanted.items()
    }


def _customer_page(bench, server, pages, cookies) -> None:
    """Give the figures of the customer's page, by login and by link."""
    costs = {
        kind: server.cost(pages[kind]["page"], cookies[pages[kind]["login"]][0])
        for kind in ("few", "many")
    }
    linked = server.cost(pages["many"]["link"])
    bench.note(f"by link {linked['ms']:.0f} ms, {linked['queries']} queries")
    _figures(bench, "customer", costs)
    picture = server.cost(pages["many"]["pictures"][0])
    bench.figure("portal.picture_ms", picture["ms"], "ms", PAGE_MS, **picture)


def _supplier_page(bench, server, supply, cookies) -> None:
    """Give the figures of the supplier's first page."""
    costs = {
        kind: server.cost(supply[kind]["page"], cookies[supply[kind]["login"]][0])
        for kind in ("few", "many")
    }
    _figures(bench, "supplier", costs)


def _figures(bench, name: str, costs: dict) -> None:
    few, many = costs["few"], costs["many"]
    bench.note(f"{name}: few rows {few}, many rows {many}")
    bench.figure(f"portal.{name}_ms", many["ms"], "ms", PAGE_MS, worst=many["worst"])
    bench.figure(
        f"portal.{name}_queries", many["queries"], "queries", PAGE_QUERIES, few=few
    )
    growth = max(0, many["queries"] - few["queries"])
    bench.figure(f"portal.{name}_more_queries", growth, "queries", 0)


def _visitors(bench, server, pages, supply, cookies) -> None:
    """Let fifty visitors look at pages for a while."""
    many, supplier = pages["many"], supply["many"]
    visitors = [_visitor("by link", "", [link]) for link in pages["links"][:BY_LINK]]
    visitors += [
        _visitor("customer", cookie, [many["page"], "/my/hub", *many["pictures"]])
        for cookie in cookies[many["login"]]
    ]
    visitors += [
        _visitor("supplier", cookie, supplier["pages"])
        for cookie in cookies[supplier["login"]]
    ]
    found = server.visit(visitors, bench.pick(120, 40, 20))
    whole = found.pop("Aggregated")
    bench.note(f"{len(visitors)} visitors: {found}")
    bench.figure("portal.visitors_p95", whole["p95"], "ms", VISITORS_MS, **whole)
    bench.figure("portal.visitors_errors", whole["errors"], "errors", 0)


def _visitor(name: str, cookie: str, paths: list) -> dict:
    return {"name": name, "cookie": cookie, "paths": paths}
