"""What portal users read of native documents by RPC: nothing of the hub's that is not
named here, and nothing that tells a supplier whose order something is for."""

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged

from .test_supply_portal import SupplyPortalCommon

#: Fields of the hub that portal users may read of records that are theirs.
OPEN_FIELDS = {
    "account.move": {"hub_ref"},
    "sale.order": {
        "hub_days_left",
        "hub_hours_left",
        "hub_milestone",
        "hub_promised_date",
        "hub_ref",
    },
}
#: What would tell a supplier for whom something is bought.
BETRAYING = {
    "purchase.order": ("origin", "hub_ref", "reference_ids"),
    "purchase.order.line": ("move_dest_ids", "move_ids", "sale_line_id"),
    "stock.picking": ("hub_ref", "reference_ids", "move_ids", "hub_queue_score"),
}


@tagged("post_install", "-at_install")
class TestPortalFields(SupplyPortalCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        mto = cls.env.ref("stock.route_warehouse0_mto")
        mto.active = True
        buy = cls.env.ref("purchase_stock.route_warehouse0_buy")
        cls.sheet.route_ids = [Command.set((mto | buy).ids)]
        cls.wanted = cls._order(product=cls.sheet, client_order_ref="SECRET-77")
        cls.wanted.action_confirm()
        cls.purchase = cls.env["purchase.order"].search(
            [("partner_id", "=", cls.steel.id)]
        )
        cls.purchase.button_confirm()
        cls.purchase.picking_ids.partner_id = cls.supplier.partner_id
        cls.env.flush_all()

    def test_the_world_of_this_test_has_something_to_betray(self):
        self.assertIn(self.wanted.name, self.purchase.origin)
        self.assertEqual(self.purchase.hub_ref, self.wanted.hub_ref)
        self.assertTrue(self.purchase.with_user(self.supplier).has_access("read"))
        picking = self.purchase.picking_ids.with_user(self.supplier)
        self.assertTrue(picking.has_access("read"))

    def test_portal_users_read_no_field_of_the_hub_that_is_not_named(self):
        for model in self._models_of_portal_users():
            readable = {
                name
                for name, field in model._fields.items()
                if self._is_of_the_hub(field) and model._has_field_access(field, "read")
            }
            with self.subTest(model._name):
                self.assertLessEqual(readable, OPEN_FIELDS.get(model._name, set()))

    def _models_of_portal_users(self):
        for name in self.env.registry:
            model = self.env[name].with_user(self.supplier)
            if not model._abstract and model.has_access("read"):
                yield model

    def _is_of_the_hub(self, field):
        modules = field._modules
        return bool(modules) and all(m.startswith("order_hub") for m in modules)

    def test_suppliers_do_not_read_what_an_order_is_for(self):
        for records in self._documents():
            for name in BETRAYING[records._name]:
                if name not in records._fields:
                    continue
                with self.subTest(f"{records._name}.{name}"):
                    with self.assertRaises(AccessError):
                        records.read([name])
                    self.assertNotIn(name, records.fields_get())

    def _documents(self):
        purchase = self.purchase.with_user(self.supplier)
        return (
            purchase,
            self.purchase.order_line.with_user(self.supplier),
            self.purchase.picking_ids.with_user(self.supplier),
        )

    def test_suppliers_do_not_search_for_what_an_order_is_for(self):
        paths = {
            "purchase.order": (
                ("origin", "=like", "S%"),
                ("hub_ref", "=like", "OH-%"),
                ("reference_ids.name", "=like", "S%"),
                ("reference_ids.sale_ids.partner_id.name", "ilike", "a"),
                ("order_line.move_dest_ids.partner_id.name", "ilike", "a"),
                ("order_line.product_id.list_price", ">", 0),
                ("picking_ids.hub_ref", "=like", "OH-%"),
                ("picking_ids.reference_ids.name", "=like", "S%"),
                ("picking_ids.move_ids.quantity", ">=", 0),
            ),
            "stock.picking": (("sale_id.partner_id.name", "ilike", "a"),),
        }
        for name, conditions in paths.items():
            model = self.env[name].with_user(self.supplier)
            for condition in conditions:
                with self.subTest(condition):
                    try:
                        found = model.search([condition])
                    except AccessError:
                        continue
                    self.assertFalse(found)

    def test_suppliers_do_not_sort_or_group_by_it(self):
        model = self.env["purchase.order"].with_user(self.supplier)
        for name in ("origin", "reference_ids"):
            with self.subTest(name), self.assertRaises(AccessError):
                model.formatted_read_group([], [name], ["__count"])
        with self.assertRaises(AccessError):
            model.search([], order="origin")

    def test_everything_a_supplier_reads_names_no_customer(self):
        secrets = (
            self.wanted.name,
            self.wanted.hub_ref,
            "SECRET-77",
            self.partner.name,
        )
        for records in self._documents():
            for name in records.fields_get():
                try:
                    text = str(records.read([name]))
                except AccessError:
                    continue
                for secret in secrets:
                    with self.subTest(f"{records._name}.{name}"):
                        self.assertNotIn(secret, text)

    def test_suppliers_do_not_reach_orders_products_or_stock(self):
        for name in (
            "sale.order",
            "sale.order.line",
            "account.move",
            "stock.picking",
            "purchase.order",
            "purchase.order.line",
            "res.partner",
        ):
            model = self.env[name].with_user(self.supplier)
            mine = model.search([]).mapped("display_name")
            for word in (self.partner.name, self.wanted.name, self.rival.name):
                with self.subTest(f"{name}: {word}"):
                    self.assertFalse([each for each in mine if word in (each or "")])
        for name in ("product.product", "product.supplierinfo", "stock.quant"):
            with self.subTest(name), self.assertRaises(AccessError):
                self.env[name].with_user(self.supplier).search([])

    def test_employees_read_it_as_before(self):
        for records in self._documents():
            records = records.with_user(self.env.ref("base.user_admin"))
            self.assertLessEqual(
                {name for name in BETRAYING[records._name] if name in records._fields},
                set(records.fields_get()),
            )

    def test_suppliers_see_only_their_own_orders_among_each_other(self):
        theirs = self._purchase(self.rival, self.bolt, 5)
        model = self.env["purchase.order"].with_user(self.supplier)
        self.assertNotIn(theirs, model.search([]))
        with self.assertRaises(AccessError):
            theirs.with_user(self.supplier).read(["name"])
        with self.assertRaises(AccessError):
            theirs.order_line.with_user(self.supplier).read(["price_unit"])
