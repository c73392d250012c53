from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from .common_risk import RiskCommon


@tagged("post_install", "-at_install")
class TestRiskSupplierWord(RiskCommon):
    """What a supplier says is on the radar in the same transaction."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.now = fields.Datetime.now()
        planned = cls.now + timedelta(days=4)
        cls.bought = cls._purchase(cls.film_maker, cls.film, [1], planned)
        cls.bought.button_confirm()
        cls.late_order = cls._orders(1, commitment_date=cls.now + timedelta(days=10))
        cls.late_order.order_line.product_id = cls.film
        cls.late_order.action_confirm()

    def _say(self, days):
        line = self.bought.order_line
        said = [(1, self.now + timedelta(days=days))]
        line._hub_expect({line: said}, self.now)
        self.env.flush_all()
        self.env.invalidate_all()
        return self.Risk.search([("order_id", "=", self.late_order.id)])

    def test_a_late_word_is_judged_at_once(self):
        in_time = self._say(4).score
        late = self._say(20)
        self.assertGreater(late.score, in_time)
        self.assertEqual(self.late_order.hub_risk, late.colour)
        self.assertTrue(self.late_order.hub_expected_date)

    def test_a_better_word_is_judged_at_once_as_well(self):
        late = self._say(20).score
        self.assertLess(self._say(4).score, late)
