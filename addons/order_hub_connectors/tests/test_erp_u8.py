"""The mapping for Yonyou U8 and T3 on a real MariaDB with tables as U8 has them."""

from odoo.tests import tagged

from . import erp_server
from .test_erp import ErpCommon


@tagged("post_install", "-at_install")
class TestErpU8(ErpCommon):
    """From the rows of U8 to an order, and back."""

    def setUp(self):
        super().setUp()
        self.server.run(None, "DROP DATABASE IF EXISTS u8")
        self.server.make("u8", erp_server.U8)
        self.erp = self._connection(name="Yonyou U8", database="u8", preset="u8")
        self.customer.ref = "00000006"
        for product, code in zip(self.products, ("10000105", "10000104"), strict=True):
            product.default_code = code

    def _there(self):
        return self.server.run("u8", "SELECT cDefine10 FROM SO_SOMain")[0][0]

    def test_rows_of_u8_become_an_order_with_customer_and_products(self):
        self._on()
        self._read()
        [order] = self._orders()
        self.assertEqual(order.hub_external_ref, "G201706035677")
        self.assertEqual(order.partner_id.commercial_partner_id, self.customer)
        self.assertEqual(order.order_line.product_id, self.products)
        self._read()
        self.assertEqual(len(self._inbound()), 1)

    def test_a_change_of_u8_is_seen_by_its_moment(self):
        self._on()
        self._read()
        self.server.run(
            "u8",
            "UPDATE SO_SODetails SET iQuantity=5, iMoney=19.43 WHERE iSOsID=189424",
            "UPDATE SO_SOMain SET dmodifysystime='2017-06-08 10:00:00.456'",
        )
        run = self._read()
        self.assertEqual(run.changed_count, 1)
        self.assertEqual(self._inbound().mapped("kind"), ["order", "change"])

    def test_the_hub_reference_is_written_into_u8(self):
        self.erp.is_read_only = False
        self._on()
        self._read()
        self.erp._job_write()
        self.assertEqual(self._there(), self._orders().hub_ref)
