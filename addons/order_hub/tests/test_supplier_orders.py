import re
from datetime import timedelta

from odoo import fields
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.order_hub.controllers.portal_supply_orders import ANSWERS

from ..engine.answer import Part
from .answer_common import AnswerBuilders
from .test_supply_portal import SupplyPortalCommon

#: Which tests try each route of these pages from the wrong side.
ACCESS_TESTS = {
    "/my/supply/orders": {
        "test_the_list_is_closed_to_customers_and_strangers",
        "test_the_list_holds_own_orders_only",
    },
    "/my/supply/orders/page/<int:page>": {
        "test_the_list_is_closed_to_customers_and_strangers",
    },
    "/my/supply/orders/<int:order_id>": {
        "test_an_order_is_closed_to_everybody_else",
        "test_a_guessed_revoked_or_expired_link_opens_nothing",
    },
    "/my/supply/orders/<int:order_id>/pdf": {
        "test_an_order_is_closed_to_everybody_else",
    },
    "/my/supply/orders/<int:order_id>/answer": {
        "test_nobody_else_can_answer_or_ask",
        "test_lines_of_others_in_a_form_are_not_answered",
        "test_posts_need_the_csrf_token",
        "test_posts_do_not_answer_to_get",
    },
    "/my/supply/orders/<int:order_id>/ask": {
        "test_nobody_else_can_answer_or_ask",
        "test_posts_need_the_csrf_token",
        "test_posts_do_not_answer_to_get",
    },
}


class SupplierOrdersCommon(AnswerBuilders, SupplyPortalCommon):
    """A supplier at the own orders, and everybody else who would like to be."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_answers()
        cls.bought = cls._bought_order()
        cls.line = cls.bought.order_line
        cls.foreign = cls._purchase(cls.rival, cls.bolt, 40)

    def setUp(self):
        super().setUp()
        ANSWERS.clear()

    def _path(self, order, what="", token=None):
        query = f"?access_token={token}" if token else ""
        return f"/my/supply/orders/{order.id}{what}{query}"

    def _post(self, order, what="/answer", csrf=True, **form):
        """Post a form as the page would, with the token that the session has."""
        self.env.flush_all()
        data = {"csrf_token": self._csrf()} if csrf else {}
        response = self.url_open(
            self._path(order, what), data={**data, **form}, allow_redirects=False
        )
        self.env.invalidate_all()
        return response

    def _csrf(self):
        page = self.url_open("/web/login" if not self.session.uid else "/my/account")
        return re.search(r'csrf_token: "([^"]+)"', page.text).group(1)

    def _mark(self, order=None):
        return (order or self.bought)._hub_answer_mark()

    def _split(self, *parts, line=None, **more):
        """Return the fields of a split as the page sends them."""
        line = line or self.line
        form = {"mark": self._mark(line.order_id), f"kind_{line.id}": "split"}
        for row, (quantity, days) in enumerate(parts):
            form[f"quantity_{line.id}_{row}"] = str(quantity)
            form[f"date_{line.id}_{row}"] = self._in(days).isoformat()
        return {**form, **{f"{name}_{line.id}": v for name, v in more.items()}}


@tagged("post_install", "-at_install")
class TestSupplierOrders(SupplierOrdersCommon):
    """What a supplier sees of orders and does to them."""

    # === READ === #

    def test_the_list_shows_what_waits_first(self):
        done = self._bought_order()
        self._say(done)
        self._as(self.supplier)
        text = self._get("/my/supply/orders").text
        self.assertIn(self.bought.name, text)
        self.assertIn("Please answer", text)
        self.assertNotIn(done.name, text)
        text = self._get("/my/supply/orders?filterby=open").text
        self.assertIn(done.name, text)
        self.assertIn("Confirmed", text)

    def test_the_list_is_searched_by_number_and_product(self):
        self._as(self.supplier)
        for search, is_found in (
            (self.bought.name, True),
            ("Steel sheet", True),
            ("Bolt", False),
        ):
            text = self._get(f"/my/supply/orders?search={search}").text
            self.assertEqual(f"/my/supply/orders/{self.bought.id}" in text, is_found)

    def test_an_order_says_what_is_asked_and_who_buys(self):
        self._as(self.supplier)
        response = self._get(self._path(self.bought))
        self.assertEqual(response.status_code, 200)
        for words in ("15 Units", self.buyer.name, "99.5", "Confirm all as asked"):
            self.assertIn(words, response.text)
        self.assertEqual(response.headers["Cache-Control"], "private, no-store")

    def test_an_order_does_not_betray_whose_goods_they_are(self):
        self.bought.origin = self.order.name
        self.bought.message_post(body="Margin is thin", subtype_xmlid="mail.mt_note")
        self.bought.with_user(self.supervisor).sudo().message_post(
            body="Hello steel",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )
        self._as(self.supplier)
        text = self._get(self._path(self.bought)).text
        self.assertIn("Hello steel", text)
        for secret in (
            self.order.name,
            self.order.hub_ref,
            self.partner.name,
            "Margin is thin",
            self.supervisor.name,
            "Rival Bolts",
        ):
            self.assertNotIn(secret, text)

    # === ANSWER === #

    def test_one_button_confirms_everything(self):
        self._as(self.supplier)
        response = self._post(self.bought, mark=self._mark(), all="1")
        self.assertEqual(response.status_code, 303, response.text[-2000:])
        answer = self._answers()
        self.assertEqual((answer.kind, answer.source), ("confirm", "portal"))
        self.assertEqual(answer.user_id, self.supplier)
        self.assertEqual(self.bought.hub_answer_state, "confirmed")
        self.assertIn("Thank you", self._get(response.headers["Location"]).text)

    def test_twelve_of_fifteen_on_the_day_and_the_rest_later(self):
        self._as(self.supplier)
        form = self._split((12, 7), (3, 10), note="Rolling mill")
        self.assertEqual(self._post(self.bought, **form).status_code, 303)
        answer = self._answers()
        self.assertEqual(len(answer.parts), 2)
        self.assertEqual((answer.late, answer.note), (3, "Rolling mill"))
        self.assertEqual(self.bought.hub_answer_state, "differs")
        self.assertIn("being looked at", self._get(self._path(self.bought)).text)

    def test_refusing_needs_a_reason_of_the_page(self):
        self._as(self.supplier)
        form = {"mark": self._mark(), f"kind_{self.line.id}": "refuse"}
        response = self._post(self.bought, **form, **{f"reason_{self.line.id}": "999"})
        self.assertEqual(response.status_code, 422)
        self.assertIn("say why", response.text)
        form[f"reason_{self.line.id}"] = str(self.reason.id)
        self.assertEqual(self._post(self.bought, **form).status_code, 303)
        self.assertEqual(self._answers().reason_id, self.reason)

    def test_what_does_not_add_up_comes_back_as_it_was_typed(self):
        self._as(self.supplier)
        response = self._post(self.bought, **self._split((12, 7), note="As typed"))
        self.assertEqual(response.status_code, 422)
        for words in ("12 Units were answered", "As typed", 'value="12"'):
            self.assertIn(words, response.text)
        self.assertFalse(self._answers())

    def test_nonsense_in_a_form_is_said_and_stores_nothing(self):
        self._as(self.supplier)
        key = self.line.id
        for name, value in (
            (f"quantity_{key}_0", "twelve"),
            (f"quantity_{key}_0", "1e9"),
            (f"quantity_{key}_0", "-15"),
            (f"date_{key}_0", "soon"),
            (f"date_{key}_0", "2000-01-01"),
            (f"refused_{key}", "nan"),
        ):
            form = {**self._split((15, 9)), name: value}
            self.assertEqual(self._post(self.bought, **form).status_code, 422, value)
        self.assertFalse(self._answers())

    def test_the_second_of_two_answers_is_told(self):
        self._as(self.supplier)
        form = self._split((15, 9))
        self.assertEqual(self._post(self.bought, **form).status_code, 303)
        response = self._post(self.bought, **form)
        self.assertEqual(response.status_code, 422)
        self.assertIn("Nothing of yours was stored", response.text)
        self.assertEqual(len(self._answers()), 1)

    def test_the_page_shows_what_the_buyer_asks_instead(self):
        self._say(self.bought, "split", [(15, 20)])
        pending = self.bought._hub_pending()
        rows = [Part(self._in(9), 15.0)]
        self.bought._hub_counter({pending: rows}, "The press stands still")
        self._as(self.supplier)
        text = self._get(self._path(self.bought)).text
        self.assertIn("We ask for", text)
        self.assertIn("The press stands still", text)
        self._post(self.bought, mark=self._mark(), all="1")
        self.assertEqual(self._plan(self.bought), [(15, 9)])

    def test_a_question_reaches_the_buyer(self):
        self._as(self.supplier)
        response = self._post(self.bought, "/ask", text="Which <b>grade</b>?")
        self.assertEqual(response.status_code, 303)
        message = self.bought.message_ids[:1]
        self.assertEqual(message.author_id, self.supplier.partner_id)
        self.assertIn("&lt;b&gt;", message.body)
        self.assertIn(self.buyer.partner_id, message.notified_partner_ids)
        self.assertIn("Which", self._get(self._path(self.bought)).text)

    # === FROM THE WRONG SIDE === #

    def test_the_list_is_closed_to_customers_and_strangers(self):
        for path in ("/my/supply/orders", "/my/supply/orders/page/2"):
            self._as(self.customer)
            self.assertEqual(self._get(path).status_code, 404)
            self._as(None)
            self.assertIn("/web/login", self._get(path).headers["Location"])

    def test_the_list_holds_own_orders_only(self):
        self._as(self.rival_user)
        text = self._get("/my/supply/orders?filterby=all").text
        self.assertIn(self.foreign.name, text)
        self.assertNotIn(self.bought.name, text)

    def test_an_order_is_closed_to_everybody_else(self):
        self.bought.company_id.hub_supplier_link = True
        unknown = self.bought.browse(2**31 - 5)
        draft = self.bought.copy()
        for user in (self.rival_user, self.customer, None):
            self._as(user)
            for order in (self.bought, unknown, draft):
                for what in ("", "/pdf"):
                    response = self._get(self._path(order, what))
                    self.assertEqual(response.status_code, 404)
                    self.assertNotIn(self.bought.name, response.text)

    def test_an_own_order_in_draft_is_not_shown(self):
        self._as(self.supplier)
        path = self._path(self.bought.copy())
        self.assertEqual(self._get(path).status_code, 404)

    def test_nobody_else_can_answer_or_ask(self):
        for user in (self.rival_user, self.customer, self.buyer, None):
            self._as(user)
            for what, form in (
                ("/answer", {"mark": self._mark(), "all": "1"}),
                ("/ask", {"text": "Let me in"}),
            ):
                response = self._post(self.bought, what, **form)
                self.assertEqual(response.status_code, 404)
        self.assertFalse(self._answers())
        self.assertFalse("Let me in" in str(self.bought.message_ids.mapped("body")))

    def test_lines_of_others_in_a_form_are_not_answered(self):
        self._as(self.supplier)
        foreign = self.foreign.order_line
        form = {**self._split((40, 9), line=foreign), "mark": self._mark()}
        response = self._post(self.bought, **form)
        self.assertEqual(response.status_code, 422)
        self.assertFalse(self._answers(self.foreign))

    @mute_logger("odoo.http")
    def test_posts_need_the_csrf_token(self):
        self._as(self.supplier)
        for what in ("/answer", "/ask"):
            response = self._post(
                self.bought, what, csrf=False, mark=self._mark(), all="1", text="x"
            )
            self.assertEqual(response.status_code, 400)
        self.assertFalse(self._answers())

    def test_posts_do_not_answer_to_get(self):
        self._as(self.supplier)
        for what in ("/answer", "/ask"):
            response = self._get(self._path(self.bought, what))
            self.assertIn(response.status_code, (404, 405))

    def test_whoever_sends_too_much_is_told_to_wait(self):
        self._as(self.supplier)
        for _attempt in range(ANSWERS.limit):
            self._post(self.bought, "/ask", text="")
        self.assertEqual(self._post(self.bought, "/ask", text="x").status_code, 429)

    # === BY LINK === #

    def _link(self):
        self.company.hub_supplier_link = True
        return self.bought._hub_page_token()

    def test_a_link_opens_the_order_and_answers_with_a_name(self):
        token = self._link()
        self._as(None)
        response = self._get(self._path(self.bought, token=token))
        self.assertEqual(response.status_code, 200)
        self.assertIn("Your name", response.text)
        form = {"mark": self._mark(), "all": "1", "access_token": token}
        self.assertEqual(self._post(self.bought, **form).status_code, 422)
        self.assertEqual(
            self._post(self.bought, **form, by_name="Mr. Qian").status_code, 303
        )
        answer = self._answers()
        self.assertEqual((answer.source, answer.by_name), ("link", "Mr. Qian"))
        self.assertFalse(answer.user_id)

    def test_a_guessed_revoked_or_expired_link_opens_nothing(self):
        token = self._link()
        other = self.foreign._hub_page_token()
        self._as(None)
        for wrong in ("x" * 32, other, token[:-1], "Ä" * 32):
            path = self._path(self.bought, token=wrong)
            self.assertEqual(self._get(path).status_code, 404)
        self.bought.hub_link_until = fields.Date.today() - timedelta(days=2)
        path = self._path(self.bought, token=token)
        self.assertEqual(self._get(path).status_code, 404)
        self.bought.hub_link_until = False
        self.assertEqual(self._get(path).status_code, 200)
        self.bought.action_revoke_link()
        self.assertEqual(self._get(path).status_code, 404)

    def test_a_link_opens_nothing_where_the_company_does_not_allow_it(self):
        token = self._link()
        self.company.hub_supplier_link = False
        self._as(None)
        path = self._path(self.bought, token=token)
        self.assertEqual(self._get(path).status_code, 404)

    # === COST === #

    def test_the_page_costs_the_same_for_one_line_and_for_fifty(self):
        many = self._bought_order(lines=50)
        one = self._queries(lambda: self.bought._hub_supply_page())
        fifty = self._queries(lambda: many._hub_supply_page())
        self.assertLessEqual(fifty, one + 3)
        self.assertLessEqual(fifty, 40)
