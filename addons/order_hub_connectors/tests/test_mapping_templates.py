import json
import unittest
from decimal import Decimal

from odoo.tests import BaseCase

from ..adapters.base import Access
from ..adapters.table.adapter import TableAdapter
from ..adapters.table.columns import KEY, NAMES, keys
from ..engine.expression import column_key
from ..engine.order import clean
from . import mapping_documents as documents
from .mappings import SAMPLES, shipped

CODES = (
    "alibaba",
    "alibaba1688",
    "amazon",
    "shopify",
    "table",
    "taobao",
    "webhook",
    "woocommerce",
)


class TestMappingTemplates(BaseCase):
    """The mappings that ship understand what the platforms document."""

    def order(self, code, document):
        """Return the clean order of a document, without any problem."""
        mapping, _faults = shipped(code)
        mapped = mapping.map(document)
        self.assertFalse(mapped.troubles)
        order, problems = clean({"external_ref": "X", **mapped.values})
        self.assertFalse(problems)
        return order

    def assert_adds_up(self, order):
        """Lines and shipping are the total, to the cent."""
        lines = sum(
            Decimal(str(line["unit_price"])) * Decimal(str(line["quantity"]))
            for line in order["lines"]
        )
        shipping = Decimal(str(order.get("shipping_price", 0)))
        self.assertEqual(round(lines + shipping, 2), Decimal(str(order["total"])))

    def test_every_line_that_ships_is_right(self):
        for code in CODES:
            mapping, faults = shipped(code)
            self.assertFalse(faults, code)
            self.assertTrue(mapping.head and mapping.rows, code)

    def test_shopify_takes_discounts_into_the_price_and_leaves_removed_lines(self):
        order = self.order("shopify", documents.SHOPIFY)
        self.assert_adds_up(order)
        self.assertEqual([li["sku"] for li in order["lines"]], ["ZXJ-0123", "4242"])
        self.assertEqual(order["lines"][0]["unit_price"], 90.0)
        self.assertEqual(order["shipping_price"], 16.0)
        self.assertEqual(order["special_request"], "Ring twice")
        self.assertEqual(order["prepaid_amount"], 196.0)
        self.assertEqual(order["paid_at"].isoformat(), "2026-03-15T08:00:05")
        self.assertEqual(order["customer"]["external_ref"], "77")
        self.assertEqual(order["customer"]["company"], "Chen Auto LLC")
        self.assertEqual(order["ship_to"]["street"], "9 Dock Street")

    def test_an_unpaid_order_of_shopify_has_no_payment(self):
        unpaid = {**documents.SHOPIFY, "financial_status": "pending"}
        order = self.order("shopify", unpaid)
        self.assertNotIn("paid_at", order)
        self.assertNotIn("prepaid_amount", order)

    def test_woocommerce_knows_guests_and_fees(self):
        order = self.order("woocommerce", documents.WOOCOMMERCE)
        self.assert_adds_up(order)
        self.assertNotIn("external_ref", order["customer"])
        self.assertEqual(order["customer"]["name"], "Jo Muster")
        self.assertEqual(
            [line["sku"] for line in order["lines"]], ["SCP-0789", "4", "FEE"]
        )
        self.assertEqual(order["ship_to"]["phone"], "+49 30 555 0100")
        self.assertEqual(order["paid_at"].isoformat(), "2026-03-15T08:01:00")

    def test_amazon_divides_the_price_of_the_whole_quantity(self):
        order = self.order("amazon", documents.AMAZON)
        self.assert_adds_up(order)
        self.assertEqual(len(order["lines"]), 1)
        self.assertEqual(order["lines"][0]["unit_price"], 45.0)
        self.assertEqual(order["ship_to"]["street2"], "Hinterhaus Aufgang B")
        self.assertEqual(order["promised_date"].isoformat(), "2026-03-18T06:59:59")

    def test_taobao_knows_the_special_request_and_the_payment(self):
        order = self.order("taobao", documents.TAOBAO)
        self.assert_adds_up(order)
        self.assertEqual(order["special_request"], "周末送货，先打电话")
        self.assertEqual(order["paid_at"].isoformat(), "2026-03-15T08:01:30")
        self.assertEqual(order["currency"], "CNY")
        self.assertEqual(order["lines"][0]["name"], "转向节 位置:左")
        self.assertEqual(order["ship_to"]["district"], "滨湖区")
        self.assertEqual(order["ship_to"]["country"], "CN")

    def test_1688_reads_its_own_moments_and_the_area_without_an_address(self):
        order = self.order("alibaba1688", documents.ALIBABA1688)
        self.assert_adds_up(order)
        self.assertEqual(order["date"].isoformat(), "2026-03-15T08:00:00")
        self.assertEqual(order["ship_to"]["address"], "江苏省 无锡市 滨湖区")
        self.assertEqual(order["lines"][0]["name"], "刹车片 黑色")
        self.assertEqual(order["lines"][0]["unit"], "箱")

    def test_alibaba_joins_the_phone_and_knows_the_deposit(self):
        order = self.order("alibaba", documents.ALIBABA)
        self.assert_adds_up(order)
        self.assertEqual(order["ship_to"]["phone"], "1-415-5550100")
        self.assertEqual(order["prepaid_amount"], 400.0)
        self.assertEqual(order["ship_method"], "sea FOB")

    def test_the_hubs_own_order_comes_through_unchanged(self):
        given = {
            "external_ref": "W-1",
            "currency": "CNY",
            "confirm": True,
            "date": "2026-03-15T08:00:00Z",
            "customer": {"name": "Taihu", "email": "a@example.com"},
            "lines": [{"sku": "A", "quantity": 2, "unit_price": 1.5, "discount": 10}],
        }
        order = self.order("webhook", given)
        self.assertEqual(order, clean(given)[0])

    # === TABLES === #

    def test_a_chinese_list_is_understood(self):
        rows = (
            "订单号,客户,型号,数量,单价,交期,备注,币种\n"
            'PO-1,太湖汽修,ZXJ-0123,"1,200",￥160.00,2026-04-01,轻放,人民币\n'
            "PO-1,,BZ-0456,5,95,,,\n"
            "PO-2,锡山汽配,SCP-0789,3,48,2026/4/2,,USD\n"
            "合计,,,,1208,,,\n"
        )
        for encoding in ("utf-8", "utf-8-sig", "gb18030", "utf-16"):
            first, second = self.table(rows.encode(encoding))
            self.assertEqual(first["customer"]["name"], "太湖汽修")
            self.assertEqual(first["currency"], "CNY")
            self.assertEqual(first["special_request"], "轻放")
            self.assertEqual(first["promised_date"].isoformat(), "2026-03-31T16:00:00")
            self.assertEqual(
                [(li["sku"], li["quantity"]) for li in first["lines"]],
                [("ZXJ-0123", 1200.0), ("BZ-0456", 5.0)],
            )
            self.assertEqual(second["currency"], "USD")

    def test_an_english_list_is_understood(self):
        rows = (
            "Order No;Customer;SKU;Qty;Unit Price;Delivery Date;Remark\n"
            "7;Taihu Auto Repair;ZXJ-0123;2;160.00;2026-04-01;fragile\n"
        )
        (order,) = self.table(rows.encode())
        self.assertEqual(order["customer"]["name"], "Taihu Auto Repair")
        self.assertEqual(order["special_request"], "fragile")
        self.assertEqual(order["lines"][0]["unit_price"], 160.0)

    def table(self, raw):
        adapter = TableAdapter(Access("", {}, None, None))
        return [
            self.order("table", adapter.read(message.raw, "", "order"))
            for message in adapter.split(raw, "orders.csv")
        ]

    def test_headers_are_found_by_names_that_the_mapping_knows(self):
        mapping, _faults = shipped("table")
        rules = [*mapping.head, *(rule for _get, part in mapping.rows for rule in part)]
        known = {
            column_key(name) for rule in rules for name in rule.rule.source.split("|")
        }
        wanted = {
            "客户",
            "型号",
            "数量",
            "单价",
            "交期",
            "备注",
            "sku",
            "qty",
            "customer",
        }
        self.assertLessEqual(wanted, known & set(keys(NAMES)))
        self.assertIn("订单号", keys(KEY))


@unittest.skipUnless(SAMPLES.is_dir(), "the samples of others are not here")
class TestMappingSamples(BaseCase):
    """The mappings that ship understand what others recorded."""

    def mapped(self, code, path, *keys_):
        document = json.loads((SAMPLES / path).read_text(encoding="utf-8"))
        for key in keys_:
            document = document[key]
        return shipped(code)[0].map(document)

    def test_orders_of_shopify_are_understood(self):
        folder = SAMPLES / "a_shopify"
        for path in (folder / "webhook").glob("*.json"):
            mapped = self.mapped("shopify", path)
            self.assertFalse(mapped.troubles, path.name)
            lines = sum(Decimal(line["amount"]) for line in mapped.values["lines"])
            shipping = Decimal(mapped.values["shipping_price"])
            self.assertEqual(lines + shipping, Decimal(mapped.values["total"]))
        mapped = self.mapped(
            "shopify",
            "a_shopify/rest/orders_list_450789469_partially_refunded.json",
            "orders",
            0,
        )
        self.assertEqual(mapped.values["customer"]["name"], "Bob Norman")

    def test_orders_of_woocommerce_are_understood(self):
        orders = json.loads(
            (SAMPLES / "d_woocommerce/orders-load-all.json").read_text(encoding="utf-8")
        )["data"]
        mapping, _faults = shipped("woocommerce")
        for order in orders:
            self.assertFalse(mapping.map(order).troubles, order["number"])

    def test_orders_of_the_marketplaces_are_understood(self):
        mapped = self.mapped(
            "taobao",
            "c_alibaba/taobao_trade_fullinfo_get.json",
            "trade_fullinfo_get_response",
            "trade",
        )
        self.assertFalse(mapped.troubles)
        self.assertEqual(mapped.values["special_request"], "周末配送")
        mapped = self.mapped(
            "alibaba1688", "c_alibaba/1688_trade_get_buyerView.json", "result"
        )
        self.assertFalse(mapped.troubles)
        self.assertEqual(len(mapped.values["lines"]), 3)
        mapped = self.mapped(
            "alibaba",
            "c_alibaba/icbu_seller_order_get.json",
            "alibaba_seller_order_get_response",
            "value",
        )
        self.assertEqual(
            [trouble.field for trouble in mapped.troubles],
            ["date"],
            "The moment of the sample is in 1973.",
        )

    def test_lists_of_sellers_are_understood(self):
        adapter = TableAdapter(Access("", {}, None, None))
        mapping, _faults = shipped("table")
        for name, orders in (
            ("1688_seller_order_export_2024-08_09.xlsx", 83),
            ("short_stock_orders_merged.xls", 50),
            ("srm_purchase_order_41_columns.xlsx", 1),
            ("nav_pending_delivery_orders.xlsx", 1),
        ):
            raw = (SAMPLES / "f_excel" / name).read_bytes()
            messages = adapter.split(raw, name)
            self.assertEqual(len(messages), orders, name)
            for message in messages:
                mapped = mapping.map(adapter.read(message.raw, "", "order"))
                self.assertFalse(mapped.troubles, message.external_ref)
                self.assertTrue(all("sku" in li for li in mapped.values["lines"]))
