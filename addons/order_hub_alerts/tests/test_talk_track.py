"""Talk-tracks: facts of an order in a text, and nothing else."""

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from .warning_action_common import NOW, WarningActionCommon


@tagged("post_install", "-at_install")
class TestTalkTrack(WarningActionCommon):
    def _preview(self, user, order, body="{{ customer }}: {{ missing_parts }}"):
        form = self.track.with_user(user).new({"body": body}, origin=self.track)
        form.preview_order_id = order
        return form.preview

    def test_the_preview_shows_the_facts_of_the_chosen_order(self):
        order = self._waiting()
        text = self._preview(self.supervisor, order)
        self.assertIn("Taihu Auto Repair: 10", text)

    def test_the_preview_shows_nobody_an_order_that_is_not_his(self):
        order = self._waiting()
        other = self._user(
            "hub_other_sales",
            "order_hub.order_hub_group_user,sales_team.group_sale_salesman",
        )
        with self.assertRaises(AccessError):
            self._preview(other, order)

    def test_a_template_that_reaches_for_more_is_refused_and_does_nothing(self):
        for body in (
            "{{ object.env['res.users'].search([]) }}",
            "{{ __import__('os').system('id') }}",
            "{{ customer.__class__ }}",
            "{{ password }}",
            "{{ ''.join(x for x in 'ab') }}",
        ):
            with self.assertRaises(ValidationError), self.cr.savepoint():
                self.track.body = body
            self.assertFalse(self._preview(self.supervisor, self._order(), body))

    def test_a_hostile_customer_name_stays_a_name(self):
        self.partner.name = "{{ order }}<img src=x onerror=alert(1)>"
        self._waiting()
        self._cycle()
        run = self._runs(self.text)
        self.assertIn("{{ order }}<img", run.with_user(self.sales).text)
        self.assertNotIn("<img", self._todos(self.sales).note)

    def test_the_customer_is_addressed_in_his_own_language(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.track.with_context(lang="fr_FR").body = "Cher {{ customer }}"
        self.partner.lang = "fr_FR"
        order = self._waiting()
        texts = self.track._render(order, NOW)
        self.assertEqual(texts[order.id], "Cher Taihu Auto Repair")

    def test_every_fact_says_something_and_is_offered(self):
        order = self._waiting()
        self._purchase(days=9).button_confirm()
        facts = self.track._facts(order, NOW)[order.id]
        self.assertEqual(set(facts), self.track._fact_names())
        empty = {name for name, value in facts.items() if not value}
        self.assertLessEqual(empty, {"customer_reference", "salesperson_phone"})
        self.assertEqual(facts["hours_in_stage"], "24")
        self.assertIn("{{ new_date }}", self.track.facts_text)

    def test_facts_of_fifty_orders_cost_what_those_of_one_do(self):
        one = self._waiting()
        few = self._queries(lambda: self.track._render(one, NOW))
        many = self._waiting(50)
        more = self._queries(lambda: self.track._render(many, NOW))
        self.assertLess(more, few + 5)
