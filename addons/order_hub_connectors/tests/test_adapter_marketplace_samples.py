from datetime import datetime, timezone

from odoo.tests import BaseCase

from ..adapters.alibaba.adapter import AlibabaAdapter
from ..adapters.alibaba1688.adapter import Alibaba1688Adapter
from ..adapters.amazon.adapter import AmazonAdapter
from ..adapters.base import KINDS, Access, ReadError
from ..adapters.taobao.adapter import TaobaoAdapter
from .marketplaces import SAMPLES

ADAPTERS = (AmazonAdapter, TaobaoAdapter, Alibaba1688Adapter, AlibabaAdapter)
READABLE = {
    "c_alibaba/taobao_trade_fullinfo_get.json": TaobaoAdapter,
    "c_alibaba/top_taobao_trades_sold_get.xml": TaobaoAdapter,
    "c_alibaba/1688_trade_getSellerOrderList.json": Alibaba1688Adapter,
    "c_alibaba/1688_trade_get_buyerView.json": Alibaba1688Adapter,
    "c_alibaba/icbu_seller_order_get.json": AlibabaAdapter,
}


class TestMarketplaceSamples(BaseCase):
    """Payloads that others wrote; they are no part of the project."""

    def setUp(self):
        super().setUp()
        self.files = [
            path
            for folder in ("b_amazon", "c_alibaba")
            for path in sorted((SAMPLES / folder).glob("*"))
        ]
        if not self.files:
            self.skipTest(f"The samples of others are not at {SAMPLES.name}/.")

    @staticmethod
    def make(adapter_class):
        access = Access("", {}, lambda: datetime.now(timezone.utc), None)
        return adapter_class(access)

    def test_every_sample_is_a_document_or_a_clear_refusal(self):
        for path in self.files:
            raw = path.read_bytes()
            for adapter_class in ADAPTERS:
                for kind in set(KINDS) - {"order", "change"}:
                    self.check(self.make(adapter_class), raw, kind, path.name)

    def check(self, adapter, raw, kind, name):
        try:
            document = adapter.read(raw, "", kind)
        except ReadError as error:
            self.assertTrue(error.code and str(error), name)
            return
        event = adapter.read_event(kind, document)
        self.assertTrue(event["external_ref"], name)

    def test_the_orders_among_them_are_read(self):
        for name, adapter_class in READABLE.items():
            raw = (SAMPLES / name).read_bytes()
            document = self.make(adapter_class).read(raw, "", "order")
            self.assertTrue(document["_ref"], name)
            self.assertTrue(document["_currency"], name)

    def test_numbers_rounded_by_javascript_are_not_used(self):
        raw = (SAMPLES / "c_alibaba/1688_trade_getSellerOrderList.json").read_bytes()
        document = self.make(Alibaba1688Adapter).read(raw, "", "order")
        self.assertEqual(document["_ref"], "193441303243969811")
        self.assertEqual(document["productItems"][0]["_ref"], "193441303243969811")
        self.assertEqual(document["productItems"][0]["_amount"], "69.3")
