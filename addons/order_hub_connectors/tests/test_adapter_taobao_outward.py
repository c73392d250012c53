from ..adapters.base import ChannelDown, Refused, StatusUpdate, StockLevel
from .marketplaces import DAY, HOUR
from .stand_ins import top
from .taobao import TaobaoCase


class TestTaobaoOutward(TaobaoCase):
    def update(self, **more):
        given_values = {
            "external_ref": "501",
            "status": "WAIT_BUYER_CONFIRM_GOODS",
            "tracking": "SF1234567890",
            "carrier": "顺丰速运",
        }
        return StatusUpdate(**{**given_values, **more})

    def test_a_shipment_is_told_with_its_carrier(self):
        said = self.adapter.send_status(self.update())
        self.assertIn("SF1234567890", said)
        (sent,) = self.server.sent
        self.assertEqual((sent["tid"], sent["company_code"]), ("501", "SF"))
        self.assertNotIn("sub_tid", sent)

    def test_a_part_and_the_part_after_it_name_their_lines(self):
        self.server.add(top.trade(501))
        lines = ({"external_ref": "5011", "quantity": 1},)
        self.adapter.send_status(self.update(lines=lines, is_partial=True))
        self.server.add(top.trade(501, status="SELLER_CONSIGNED_PART"))
        self.adapter.send_status(self.update(lines=lines))
        for sent in self.server.sent:
            self.assertEqual((sent["is_split"], sent["sub_tid"]), ("1", "5011"))

    def test_a_trade_sent_whole_is_not_split(self):
        self.server.add(top.trade(501))
        lines = ({"external_ref": "5011", "quantity": 2},)
        self.adapter.send_status(self.update(lines=lines))
        self.assertNotIn("is_split", self.server.sent[0])

    def test_telling_twice_is_no_failure(self):
        self.adapter.send_status(self.update())
        self.assertIn("already", self.adapter.send_status(self.update()))
        self.assertEqual(len(self.server.sent), 1)

    def test_what_taobao_does_not_take_is_kept_here(self):
        self.adapter.send_status(self.update(status="WAIT_SELLER_SEND_GOODS"))
        self.assertEqual(self.server.calls, [])
        with self.assertRaises(Refused):
            self.adapter.send_status(self.update(tracking=""))

    def test_stock_goes_out_and_each_failure_is_told_by_its_code(self):
        told = self.adapter.send_stock(
            [
                StockLevel("A", 7.9, {"num_iid": "680", "sku_id": "33"}),
                StockLevel("B", -2, {"num_iid": "681"}),
                StockLevel("C", 5),
                StockLevel("D", 5, {"num_iid": "0"}),
            ]
        )
        self.assertEqual((told["A"], told["B"]), ("", ""))
        self.assertEqual(self.server.stock, {"680/33": "7", "681/": "0"})
        self.assertIn("num_iid", told["C"])
        self.assertIn("商品已删除", told["D"])

    def test_the_list_for_reconciliation_has_money_and_states(self):
        self.server.add(
            top.trade(1, self.server.now - HOUR),
            top.trade(2, self.server.now - HOUR, status="TRADE_CLOSED"),
            top.trade(3, self.server.now - HOUR, status="WAIT_BUYER_PAY", pay_time=""),
        )
        rows = list(self.adapter.list_orders(self.server.now - DAY, self.server.now))
        found = {row.external_ref: (row.amount, row.is_cancelled) for row in rows}
        self.assertEqual(found, {"1": (252.0, False), "2": (252.0, True)})
        self.assertEqual(rows[0].at, self.server.now - 3 * HOUR)

    def test_no_secret_goes_over_the_wire_or_into_words(self):
        self.adapter.test()
        sent = b"".join(call.body for call in self.server.calls)
        self.assertNotIn(top.APP_SECRET.encode(), sent)
        self.server.fail(500, times=9, body=top.SESSION)
        with self.assertRaises(ChannelDown) as caught:
            self.adapter.test()
        self.assertNotIn(top.SESSION, str(caught.exception))
