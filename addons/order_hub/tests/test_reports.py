import re

from odoo.fields import Command
from odoo.tests import tagged

from .common import OrderHubCommon


@tagged("post_install", "-at_install")
class TestReports(OrderHubCommon):
    """The hub reference on papers: who gets which address."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.supplier = cls.env["res.partner"].create({"name": "Steel Trader"})
        cls.order = cls._order()
        cls.order.action_confirm()

    def _render(self, report, documents):
        html, _kind = self.env["ir.actions.report"]._render_qweb_html(
            report, documents.ids
        )
        return html.decode()

    def _marks(self, html):
        """Return the references printed below a QR code."""
        return re.findall(r"o_order_hub_ref[^>]*>\s*(OH-[0-9A-Z-]+)", html)

    def _assert_carries(self, html, order, *, is_for_customer):
        self.assertEqual(self._marks(html), [order.hub_ref])
        address = order._hub_qr_url(with_token=is_for_customer)
        self.assertEqual(self.drawn, [address])

    def setUp(self):
        super().setUp()
        self.drawn = []
        Report = self.env.registry["ir.actions.report"]
        original = Report.barcode

        def barcode(report, kind, value, **options):
            if kind == "QR":
                self.drawn.append(value)
            return original(report, kind, value, **options)

        self.patch(Report, "barcode", barcode)

    def _made_to_order(self):
        """Return an order whose goods are made from bought parts."""
        mto = self.env.ref("stock.route_warehouse0_mto")
        mto.active = True
        buy = self.env.ref("purchase_stock.route_warehouse0_buy")
        make = self.env.ref("mrp.route_warehouse0_manufacture")
        part = self._product(
            "Blank",
            "BL-1",
            route_ids=[Command.set((mto | buy).ids)],
            seller_ids=[Command.create({"partner_id": self.supplier.id, "price": 3})],
        )
        goods = self._product(
            "Bracket", "BR-1", route_ids=[Command.set((mto | make).ids)]
        )
        self.env["mrp.bom"].create(
            {
                "product_tmpl_id": goods.product_tmpl_id.id,
                "bom_line_ids": [
                    Command.create({"product_id": part.id, "product_qty": 2})
                ],
            }
        )
        order = self._order(product=goods)
        order.action_confirm()
        return order

    # === PAPERS FOR THE CUSTOMER === #

    def test_delivery_slip_opens_the_customer_page(self):
        html = self._render("stock.report_deliveryslip", self.order.picking_ids)
        self._assert_carries(html, self.order, is_for_customer=True)

    def test_delivery_slip_for_a_stranger_carries_the_plain_address(self):
        picking = self.order.picking_ids
        picking.partner_id = self.supplier
        html = self._render("stock.report_deliveryslip", picking)
        self._assert_carries(html, self.order, is_for_customer=False)

    def test_quotation_and_order_open_the_customer_page(self):
        quotation = self._order()
        html = self._render("sale.report_saleorder", quotation)
        self._assert_carries(html, quotation, is_for_customer=True)

    def test_invoice_opens_the_customer_page(self):
        self._deliver(self.order)
        self.order.order_line.invalidate_recordset()
        invoice = self.order._create_invoices()
        invoice.action_post()
        html = self._render("account.report_invoice", invoice)
        self._assert_carries(html, self.order, is_for_customer=True)

    def test_invoice_of_two_orders_carries_both_references(self):
        orders = self.order | self._order()
        orders[1].action_confirm()
        for order in orders:
            self._deliver(order)
        orders.order_line.invalidate_recordset()
        invoice = orders._create_invoices()
        self.assertEqual(len(invoice), 1)
        html = self._render("account.report_invoice", invoice)
        self.assertCountEqual(self._marks(html), orders.mapped("hub_ref"))

    # === PAPERS OF THE HOUSE === #

    def test_picking_operations_carry_the_plain_address(self):
        html = self._render("stock.report_picking", self.order.picking_ids)
        self._assert_carries(html, self.order, is_for_customer=False)

    def test_manufacturing_order_carries_the_plain_address(self):
        order = self._made_to_order()
        production = order._hub_documents("mrp.production")
        html = self._render("mrp.report_mrporder", production)
        self._assert_carries(html, order, is_for_customer=False)

    def test_purchase_order_carries_the_plain_address(self):
        order = self._made_to_order()
        purchase = order._hub_documents("purchase.order")
        for report in (
            "purchase.report_purchasequotation",
            "purchase.report_purchaseorder",
        ):
            self.drawn.clear()
            html = self._render(report, purchase)
            self._assert_carries(html, order, is_for_customer=False)

    # === PAPERS WITHOUT AN ORDER === #

    def test_papers_without_an_order_print_as_before(self):
        picking = self.env["stock.picking"].create(
            {
                "picking_type_id": self.warehouse.out_type_id.id,
                "partner_id": self.partner.id,
                "location_id": self.warehouse.lot_stock_id.id,
                "location_dest_id": self.env.ref("stock.stock_location_customers").id,
                "move_ids": [
                    Command.create(
                        {
                            "product_id": self.product.id,
                            "product_uom_qty": 1,
                            "location_id": self.warehouse.lot_stock_id.id,
                            "location_dest_id": self.env.ref(
                                "stock.stock_location_customers"
                            ).id,
                        }
                    )
                ],
            }
        )
        production = self.env["mrp.production"].create({"product_id": self.product.id})
        purchase = self.env["purchase.order"].create({"partner_id": self.supplier.id})
        invoice = self.env["account.move"].create(
            {"move_type": "out_invoice", "partner_id": self.partner.id}
        )
        for report, document in (
            ("stock.report_deliveryslip", picking),
            ("stock.report_picking", picking),
            ("mrp.report_mrporder", production),
            ("purchase.report_purchasequotation", purchase),
            ("purchase.report_purchaseorder", purchase),
            ("account.report_invoice", invoice),
        ):
            with self.subTest(report):
                html = self._render(report, document)
                self.assertNotIn("o_order_hub", html)
        self.assertFalse(self.drawn)

    def test_an_order_from_before_the_hub_prints_as_before(self):
        self.env["order.hub.writer"]._update(
            self.order, {self.order.id: {"hub_ref": None}}
        )
        html = self._render("sale.report_saleorder", self.order)
        self.assertNotIn("o_order_hub", html)

    # === THE ADDRESS === #

    def test_the_token_on_paper_is_not_the_token_of_the_portal(self):
        token = self.order._portal_ensure_token()
        self.assertNotIn(token, self.order._hub_qr_url(with_token=True))

    def test_each_order_has_its_own_token(self):
        other = self._order()
        self.assertNotEqual(self.order._hub_page_token(), other._hub_page_token())
        self.assertFalse(self.order._hub_opens_with(other._hub_page_token()))
        self.assertTrue(self.order._hub_opens_with(self.order._hub_page_token()))

    def test_the_address_is_small_enough_for_22_millimetres(self):
        url = self.order._hub_qr_url(with_token=True)
        self.assertLess(len(url), 134, "45 modules: half a millimetre each")
