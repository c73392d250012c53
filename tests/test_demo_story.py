"""The demonstration data tell the story that they are meant to tell."""

import csv

import pytest

from platform_kit import paths

BOARD = "/odoo/action-order_hub.sale_order_action_milestones"


def logins():
    """The demo logins that ``make run`` prints."""
    with (paths.ROOT / "scripts" / "demo_logins.tsv").open(encoding="utf-8") as file:
        rows = [row for row in csv.reader(file, delimiter="\t") if row]
    table = [row for row in rows if not row[0].startswith("#")]
    return [tuple(row[:2]) for row in table[1:]]


@pytest.fixture
def admin(xmlrpc_client):
    return xmlrpc_client("admin", "admin")


def demo_order(client, key, *names):
    """Read an order of the demo data by the middle of its external id."""
    domain = [("module", "=", "order_hub"), ("name", "=", f"sale_order_{key}_demo")]
    [row] = client.execute("ir.model.data", "search_read", domain, fields=["res_id"])
    fields = ["name", "hub_stage_id", *names]
    [order] = client.execute("sale.order", "read", [row["res_id"]], fields)
    return order


@pytest.fixture
def of_demo(admin):
    """The domain of the orders that came with the demo data, whatever else is there."""
    domain = [("module", "=", "order_hub"), ("model", "=", "sale.order")]
    rows = admin.execute("ir.model.data", "search_read", domain, fields=["res_id"])
    return ("id", "in", [row["res_id"] for row in rows])


@pytest.mark.parametrize("login, password", logins())
def test_every_login_that_is_printed_works(xmlrpc_client, login, password):
    assert xmlrpc_client(login, password).uid


def test_every_flow_has_orders_in_at_least_four_stages(admin, of_demo):
    rows = admin.execute(
        "sale.order",
        "formatted_read_group",
        [of_demo, ("hub_flow_id", "!=", False)],
        groupby=["hub_flow_id", "hub_stage_id"],
        aggregates=["__count"],
    )
    stages = {}
    for row in rows:
        stages.setdefault(row["hub_flow_id"][1], set()).add(row["hub_stage_id"][0])
    assert len(stages) == 4, stages
    assert all(len(of_flow) >= 4 for of_flow in stages.values()), stages


def test_a_rush_is_one_by_promise_and_payment_alone(admin):
    fields = ["hub_order_type_id", "hub_is_type_manual", "amount_total", "hub_owner_id"]
    rush = demo_order(admin, "rush", *fields)
    assert rush["hub_order_type_id"][1] == "Rush"
    assert not rush["hub_is_type_manual"]
    assert rush["amount_total"] == 48_000
    assert "Chen Jianguo" in rush["hub_owner_id"][1]


def test_orders_are_late_and_on_hold_as_in_life(admin, of_demo):
    def count(*domain):
        return admin.execute("sale.order", "search_count", [of_demo, *domain])

    assert count(("hub_is_open", "=", True)) >= 25
    assert count(("hub_is_overdue", "=", True)) >= 5
    assert count(("hub_is_held", "=", True)) == 3
    assert count(("hub_milestone", "=", "cancelled")) == 1
    assert count(("hub_milestone", "=", "closed")) >= 4


def test_the_dealer_without_credit_is_told_the_figures(admin):
    order = demo_order(admin, "dealer_no_credit", "state", "hub_exception_ids")
    assert order["state"] == "draft"
    [hold] = admin.execute(
        "order.hub.exception", "read", order["hub_exception_ids"], ["description"]
    )
    assert "12,300.00" in hold["description"]
    assert "40,000.00" in hold["description"]


def test_a_split_delivery_keeps_its_order_where_the_rest_is(admin):
    order = demo_order(admin, "split", "picking_ids", "hub_change_ids")
    states = admin.execute("stock.picking", "read", order["picking_ids"], ["state"])
    assert sorted(row["state"] for row in states) == ["assigned", "done"]
    assert order["hub_stage_id"][1] == "Preparing"
    [change] = admin.execute(
        "order.hub.change", "read", order["hub_change_ids"], ["reason", "voucher"]
    )
    assert change["reason"] and change["voucher"]


def test_histories_reach_back_and_carry_evidence(admin):
    late = demo_order(admin, "late_prep", "hub_hours_in_stage", "hub_is_overdue")
    assert late["hub_is_overdue"] and late["hub_hours_in_stage"] > 24
    signed = demo_order(admin, "signed_hub", "hub_evidence_ids", "invoice_status")
    evidence = admin.execute(
        "order.hub.evidence", "read", signed["hub_evidence_ids"], ["kind", "event_id"]
    )
    assert {row["kind"] for row in evidence} == {"photo", "signature"}
    assert all(row["event_id"] for row in evidence)
    assert signed["invoice_status"] == "invoiced"


def test_the_chinese_names_are_there(admin):
    stages = admin.execute(
        "order.hub.stage",
        "search_read",
        [("milestone", "=", "preparing")],
        fields=["name"],
        context={"lang": "zh_CN"},
    )
    assert "PCBA焊接" in {stage["name"] for stage in stages}


def test_customer_and_supplier_see_their_own_only(xmlrpc_client):
    customer = xmlrpc_client("customer", "customer")
    orders = customer.execute("sale.order", "search_read", [], fields=["partner_id"])
    assert orders
    assert all("Wuxi Taihu" in order["partner_id"][1] for order in orders)
    supplier = xmlrpc_client("supplier", "supplier")
    bought = supplier.execute(
        "purchase.order", "search_read", [], fields=["partner_id"]
    )
    assert bought
    assert all("Baoyue" in order["partner_id"][1] for order in bought)


@pytest.mark.parametrize("login", ["sales", "supervisor", "warehouse", "manager"])
def test_the_board_shows_the_orders_to(browser, log_in, login):
    log_in(browser, login)
    page = browser.new_page()
    page.goto(BOARD)
    page.wait_for_selector(".o_kanban_record:not(.o_kanban_ghost)")
    assert page.locator(".o_kanban_record:not(.o_kanban_ghost)").count() >= 5


def test_the_rush_order_waits_for_the_production_supervisor_alone(admin):
    order = demo_order(admin, "rush", "hub_approval_state", "hub_approval_path")
    assert order["hub_approval_path"] == "short"
    assert order["hub_approval_state"] == "waiting"
    found = admin.execute("sale.order", "hub_why", [order["id"]])
    [approval] = [row for row in found["decisions"] if row["kind"] == "approval"]
    assert "50,000" in approval["because"]
    assert approval["rule"]["version"]


def test_twelve_discs_come_from_the_near_warehouse_and_by_transfer(admin):
    order = demo_order(admin, "discs", "hub_ref")
    found = admin.execute("sale.order", "hub_why", [order["id"]])
    [sourcing] = [row for row in found["decisions"] if row["kind"] == "sourcing"]
    assert "114 km" in sourcing["chosen"]
    assert len(sourcing["table"]["rows"]) == 3
    assert [row["chosen"] for row in sourcing["table"]["rows"]].count(True) == 1
    answer = admin.execute("order.hub.api", "order_decisions", order["hub_ref"])
    kinds = {row["kind"] for row in answer["decisions"]}
    assert {"route", "sourcing", "priority"} <= kinds
