"""From a platform's stand-in to the order: what such tests set up alike."""

from odoo.tests import HttpCase

from ..controllers.receive import REFUSED
from ..models.order_hub_channel_adapter import ALLOW_PRIVATE
from .common import ConnectorsCommon


class ThroughTheHub(ConnectorsCommon, HttpCase):
    """Stand-ins may be called, yuan are in use, freight has its product."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["ir.config_parameter"].sudo().set_param(ALLOW_PRIVATE, "True")
        REFUSED.clear()
        cls.addClassCleanup(REFUSED.clear)
        yuan = cls.env.ref("base.CNY")
        yuan.active = True
        cls.env["product.pricelist"].create({"name": "Yuan", "currency_id": yuan.id})
        cls.freight = cls.env["product.product"].create(
            {"name": "Freight", "type": "service", "taxes_id": False}
        )
