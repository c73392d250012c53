import re
import time
from datetime import timedelta

from odoo import fields
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.order_hub.controllers.portal import REFUSALS
from odoo.addons.order_hub.controllers.portal_change import CHANGES

from .test_portal import UNKNOWN, PortalCommon

#: Which tests try each route of these pages from the wrong side.
ACCESS_TESTS = {
    "/my/hub/<ref>/change": {
        "test_pages_are_closed_to_another_customer",
        "test_pages_ask_a_stranger_to_log_in",
        "test_pages_do_not_open_with_the_code_on_paper",
    },
    "/my/hub/<ref>/change/<int:request_id>": {
        "test_a_change_of_another_order_is_not_shown",
        "test_pages_are_closed_to_another_customer",
        "test_pages_do_not_open_with_the_code_on_paper",
    },
    "/my/hub/<ref>/versions": {
        "test_pages_are_closed_to_another_customer",
        "test_pages_ask_a_stranger_to_log_in",
        "test_pages_do_not_open_with_the_code_on_paper",
    },
    "/my/hub/<ref>/change/ask": {
        "test_nobody_else_can_ask",
        "test_posts_need_the_csrf_token",
        "test_posts_do_not_answer_to_get",
        "test_a_link_may_see_but_not_ask",
    },
    "/my/hub/<ref>/change/<int:request_id>/accept": {
        "test_nobody_else_can_answer",
        "test_posts_need_the_csrf_token",
        "test_posts_do_not_answer_to_get",
    },
    "/my/hub/<ref>/change/<int:request_id>/withdraw": {
        "test_nobody_else_can_answer",
        "test_posts_need_the_csrf_token",
        "test_posts_do_not_answer_to_get",
    },
    "/my/hub/<ref>/versions/<int:number>/confirm": {
        "test_nobody_else_can_confirm_a_version",
        "test_posts_need_the_csrf_token",
        "test_posts_do_not_answer_to_get",
    },
}
#: Addresses that only take posts, with ids to be filled in.
POSTS = (
    "change/ask",
    "change/{request}/accept",
    "change/{request}/withdraw",
    "versions/1/confirm",
)


class PortalChangeCommon(PortalCommon):
    """Customers at their order, and everybody else who would like to be."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["order.hub.change.rule"].search([]).active = False
        cls.country = cls.env.ref("base.cn")
        cls.place = cls.env["res.partner"].create(
            {
                "name": "Yard 2",
                "type": "delivery",
                "parent_id": cls.partner.id,
                "street": "9 Hill Road",
                "city": "Wuxi",
                "country_id": cls.country.id,
            }
        )
        cls.line = cls.order.order_line

    def setUp(self):
        super().setUp()
        CHANGES.clear()

    def _path(self, order, path):
        return f"/my/hub/{order.hub_ref}/{path}"

    def _open(self, order, path="change", token=None):
        query = f"?access_token={token}" if token else ""
        return self._get(self._path(order, path) + query)

    def _post(self, order, path, token=None, csrf=True, **form):
        """Post a form as the page would, with the token that the session has."""
        self.env.flush_all()
        data = {"csrf_token": self._csrf()} if csrf else {}
        data |= {"access_token": token} if token else {}
        response = self.url_open(
            self._path(order, path), data={**data, **form}, allow_redirects=False
        )
        self.env.invalidate_all()
        return response

    def _csrf(self):
        page = self.url_open("/web/login" if not self.session.uid else "/my/account")
        found = re.search(r'csrf_token: "([^"]+)"', page.text)
        return found.group(1)

    def _ask(self, kind, order=None, **form):
        return self._post(order or self.order, "change/ask", kind=kind, **form)

    def _requests(self, order=None):
        domain = [("order_id", "=", (order or self.order).id)]
        return self.env["order.hub.change.request"].search(domain)

    def _asked(self, kind="quantity", **form):
        """Ask as the customer and return the request that came of it."""
        self._as(self.customer)
        response = self._ask(kind, **form)
        self.assertEqual(response.status_code, 303, response.text[-3000:])
        return self._requests()[:1]

    def _dearer(self):
        """Return a change that waits for the customer's yes."""
        return self._asked(**{f"quantity_{self.line.id}": "12"})


@tagged("post_install", "-at_install")
class TestPortalChange(PortalChangeCommon):
    """What a customer may change, and how it is answered."""

    # === THE PAGE === #

    def test_order_page_leads_to_changes_and_versions(self):
        self.cr.flush()
        self._as(self.customer)
        text = self._page(self.order).text
        self.assertIn(self._path(self.order, "change"), text)
        self.assertIn(self._path(self.order, "versions"), text)

    def test_page_offers_own_lines_addresses_and_products_only(self):
        foreign = self._product("Secret bracket", "SB-1")
        self._order(
            partner_id=self.stranger_partner.id, product=foreign
        ).action_confirm()
        own = self._product("Brake disc", "BD-1")
        self._order(product=own).action_confirm()
        self._as(self.customer)
        text = self._open(self.order).text
        for word in ("Steering knuckle", "Yard 2", "Brake disc", "Check this change"):
            self.assertIn(word, text)
        for word in ("Secret bracket", self.stranger_partner.name):
            self.assertNotIn(word, text)

    def test_every_field_of_the_page_has_a_label(self):
        self._as(self.customer)
        text = self._open(self.order).text
        page = text[text.index("o_order_hub_change_page") :]
        fields_of_page = re.findall(
            r"<(?:input|select|textarea)(?![^>]*type=\"hidden\")[^>]*>", page
        )
        labelled = set(re.findall(r'<label[^>]*for="([^"]+)"', page))
        self.assertGreater(len(fields_of_page), 10)
        for field in fields_of_page:
            known = re.search(r'id="([^"]+)"', field)
            self.assertTrue(known and known.group(1) in labelled, field)

    # === ASKED AND ANSWERED === #

    def test_new_address_is_checked_and_carried_out_at_once(self):
        request = self._asked("address", address_id=str(self.place.id))
        self.assertEqual(request.state, "done", request.answer)
        self.assertEqual(
            (request.source, request.requested_by_id), ("portal", self.customer)
        )
        self.assertEqual(self.order.partner_shipping_id, self.place)
        text = self._open(self.order, f"change/{request.id}").text
        for word in ("Done", "Yard 2", "Old against new"):
            self.assertIn(word, text)

    def test_address_that_is_not_known_yet_is_made(self):
        request = self._asked(
            "address",
            address_id="new",
            name="Gate 4",
            street="5 Canal Street",
            city="Suzhou",
            zip="215000",
            country_id=str(self.country.id),
        )
        place = self.order.partner_shipping_id
        self.assertEqual((request.state, place.name), ("done", "Gate 4"))
        self.assertEqual(place.commercial_partner_id, self.partner)

    def test_dearer_change_waits_for_the_customer_and_is_then_carried_out(self):
        request = self._dearer()
        self.assertEqual(request.state, "waiting")
        self.assertEqual(self.line.product_uom_qty, 10)
        page = self._open(self.order, f"change/{request.id}").text
        for word in ("1,600.00", "1,920.00", "Accept", "Withdraw"):
            self.assertIn(word, page)
        self._accept(request)
        self.assertEqual(request.state, "done", request.answer)
        self.assertEqual(self.line.product_uom_qty, 12)

    def _accept(self, request, **form):
        form.setdefault("mark", request._shown_mark())
        return self._post(self.order, f"change/{request.id}/accept", **form)

    def test_accepted_change_is_a_version_confirmed_by_the_customer(self):
        self.cr.flush()
        self.cr.postcommit.clear()
        request = self._dearer()
        self._accept(request)
        self.cr.flush()
        version = self.order.hub_version_ids[0]
        self.assertEqual(version.number, 2)
        self.assertEqual(version.confirmed_by_customer, "portal")
        self.assertEqual(version.confirmed_by, self.customer.name)
        self.assertEqual((version.source, version.voucher), ("portal", request.name))

    def test_what_has_changed_since_it_was_shown_is_not_accepted(self):
        request = self._dearer()
        for mark in ("", "0" * 16, "é"):
            response = self._accept(request, mark=mark)
            self.assertEqual(response.status_code, 422)
            self.assertIn("have changed since", response.text)
        self.assertEqual(request.state, "waiting")

    def test_customer_withdraws(self):
        request = self._dearer()
        self._post(self.order, f"change/{request.id}/withdraw")
        self.assertEqual(request.state, "withdrawn")
        self.assertEqual(self.line.product_uom_qty, 10)
        again = self._post(self.order, f"change/{request.id}/withdraw")
        self.assertEqual(again.status_code, 422)

    def test_customer_adds_an_own_product_at_the_own_price(self):
        own = self._product("Brake disc", "BD-1", stock=50)
        self._order(product=own).action_confirm()
        request = self._asked("add", product_id=str(own.id), quantity="3")
        self.assertEqual(request.amount_difference, 3 * own.list_price)
        self._accept(request)
        self.assertEqual(self.order.order_line.product_id, self.product | own)

    def test_customer_drops_a_product(self):
        request = self._asked("drop", **{f"drop_{self.line.id}": "1"})
        if request.state == "waiting":
            self._accept(request)
        self.assertIn(request.state, ("open", "waiting", "done"))

    def test_customer_wants_another_day_or_another_make(self):
        day = fields.Date.today() + timedelta(days=20)
        request = self._asked("date", date=day.isoformat())
        self.assertEqual(request.date_wanted.date(), day)
        request = self._asked(
            "specification", **{f"specification_{self.line.id}": "Black"}
        )
        self.assertEqual(request.line_ids.specification, "Black")

    def test_after_the_goods_have_left_the_refusal_says_what_can_still_be_done(self):
        self._deliver(self.order)
        request = self._asked("address", address_id=str(self.place.id))
        self.assertEqual(request.state, "refused")
        text = self._open(self.order, f"change/{request.id}").text
        self.assertIn("What can still be done", text)
        self.assertIn("will gladly help", text)
        self.assertNotEqual(self.order.partner_shipping_id, self.place)

    def test_a_no_from_a_check_shows_no_figures_of_stock_or_credit(self):
        self.partner.use_partner_credit_limit = True
        self.partner.credit_limit = 1700
        self.company.hub_credit_check = "block"
        request = self._asked(**{f"quantity_{self.line.id}": "5000"})
        text = self._open(self.order, f"change/{request.id}").text
        self.assertNotIn("1,700", text)
        self.assertNotIn("100 Units", text)

    def test_a_mistake_is_told_and_what_was_typed_stays(self):
        self._as(self.customer)
        response = self._ask(
            "address",
            address_id="new",
            street="<b>5 Canal</b>",
            city="",
            country_id="1",
        )
        self.assertEqual(response.status_code, 422)
        self.assertIn("Street and city are needed", response.text)
        self.assertIn("&lt;b&gt;5 Canal", response.text)
        self.assertFalse(self._requests())

    def test_a_second_change_of_a_kind_is_told_to_wait(self):
        request = self._dearer()
        response = self._ask("quantity", **{f"quantity_{self.line.id}": "13"})
        self.assertEqual(response.status_code, 422)
        self.assertIn(request.name, response.text)
        self.assertEqual(len(self._requests()), 1)

    def test_kinds_that_the_company_does_not_offer_are_not_asked_for(self):
        self.env["order.hub.change.rule"].create(
            {"kind": "date", "company_id": self.company.id, "from_portal": False}
        )
        self._as(self.customer)
        self.assertNotIn("When do you want the goods", self._open(self.order).text)
        self.assertEqual(self._ask("date", date="2031-01-01").status_code, 422)
        self.assertFalse(self._requests())

    def test_a_quotation_is_not_changed_here(self):
        order = self._order(state="sent")
        self._as(self.customer)
        self.assertIn("still a quotation", self._open(order).text)
        response = self._ask("date", order=order, date="2031-01-01")
        self.assertEqual(response.status_code, 422)

    # === VERSIONS === #

    def _two_versions(self):
        self.cr.flush()
        self.cr.postcommit.clear()
        self.order.write(
            {
                "commitment_date": "2031-03-05 08:00:00",
                "hub_change_reason": "Late steel",
            }
        )
        self.line.product_uom_qty = 12
        self.cr.flush()
        self.cr.postcommit.clear()

    def test_customer_compares_versions(self):
        self._two_versions()
        self._as(self.customer)
        text = self._open(self.order, "versions?old=1&new=2").text
        for word in ("Version", "1,600.00", "1,920.00", "in force"):
            self.assertIn(word, text)
        self.assertNotIn("Late steel", text)
        for query in ("old=99&new=x", "old=-1", "new=é", "old=" + "9" * 50):
            response = self._open(self.order, f"versions?{query}")
            self.assertEqual(response.status_code, 200, query)

    def test_customer_confirms_the_version_in_force_once(self):
        self._two_versions()
        self._as(self.customer)
        stale = self._post(self.order, "versions/1/confirm")
        self.assertEqual(stale.status_code, 422)
        self.assertEqual(self._post(self.order, "versions/2/confirm").status_code, 303)
        new, old = self.order.hub_version_ids
        self.assertEqual(
            (old.confirmed_by_customer, new.confirmed_by_customer), (False, "portal")
        )
        self.assertEqual(self._post(self.order, "versions/2/confirm").status_code, 422)

    def test_page_tells_promises_without_the_companys_reasons(self):
        expected = self.order._hub_day(self.order.hub_promised_date)
        self._two_versions()
        self._as(self.customer)
        text = self._page(self.order).text
        self.assertIn("How it changed", text)
        self.assertIn(expected, text)
        self.assertNotIn("Late steel", text)

    def test_page_tells_that_the_customer_asked_for_a_new_promise(self):
        day = fields.Date.today() + timedelta(days=40)
        request = self._asked("date", date=day.isoformat())
        if request.state != "done":
            request._carry_out()
        [row, *_rest] = self.order._hub_page_promise_changes()
        self.assertIn(request.name, row["why"])

    # === THE WRONG SIDE: TAMPERED FORMS === #

    def test_ids_that_the_page_does_not_offer_are_refused(self):
        foreign = self._product("Secret bracket", "SB-1")
        self._order(
            partner_id=self.stranger_partner.id, product=foreign
        ).action_confirm()
        abroad = self.other.order_line.id
        forms = [
            ("address", {"address_id": str(self.stranger_partner.id)}),
            ("address", {"address_id": "0"}),
            ("address", {"address_id": "-1"}),
            ("address", {"address_id": "²"}),
            ("address", {}),
            ("add", {"product_id": str(foreign.id), "quantity": "1"}),
            ("add", {"product_id": "1 OR 1=1", "quantity": "1"}),
            ("quantity", {f"quantity_{abroad}": "1"}),
            ("quantity", {f"quantity_{self.line.id}": "10"}),
            ("drop", {f"drop_{abroad}": "1"}),
            ("specification", {f"specification_{abroad}": "Black"}),
            ("specification", {f"specification_{self.line.id}": "x" * 2001}),
            ("date", {"date": "yesterday"}),
            ("date", {"date": "2031-13-01"}),
            ("date", {}),
            ("hologram", {}),
            ("", {}),
            ("__class__", {}),
        ]
        self._as(self.customer)
        for kind, form in forms:
            with self.subTest(f"{kind} {str(form)[:60]}"):
                CHANGES.clear()
                self.assertEqual(self._ask(kind, **form).status_code, 422)
        self.assertFalse(self._requests() | self._requests(self.other))

    def test_quantities_that_are_none_are_refused(self):
        self._as(self.customer)
        for text in ("", "twelve", "-1", "nan", "inf", "1e99", "1e8", "0x10"):
            with self.subTest(text):
                CHANGES.clear()
                response = self._ask("quantity", **{f"quantity_{self.line.id}": text})
                self.assertEqual(response.status_code, 422)
        self.assertFalse(self._requests())

    def test_freight_is_no_line_to_change(self):
        freight = self._product("Road freight", "FR-1", is_storable=False)
        self.order.order_line = [
            Command.create({"product_id": freight.id, "is_delivery": True})
        ]
        line = self.order.order_line[-1]
        self._as(self.customer)
        self.assertNotIn(f"quantity_{line.id}", self._open(self.order).text)
        response = self._ask("drop", **{f"drop_{line.id}": "1"})
        self.assertEqual(response.status_code, 422)

    def test_a_form_cannot_say_more_than_it_asks(self):
        request = self._asked(
            **{
                f"quantity_{self.line.id}": "12",
                "price_unit": "1",
                "state": "done",
                "source": "sales",
                "order_id": str(self.other.id),
            }
        )
        self.assertEqual((request.source, request.state), ("portal", "waiting"))
        self.assertEqual(request.amount_new, 1920)

    # === THE WRONG SIDE: WHO === #

    def _pages(self, request):
        return ("change", f"change/{request.id}", "versions")

    def test_pages_are_closed_to_another_customer(self):
        request = self._dearer()
        self._as(self.stranger)
        for path in self._pages(request):
            for token in (None, "0" * 32, self.other.access_token, "é", "None"):
                response = self._open(self.order, path, token)
                self.assertEqual(response.status_code, 404, (path, token))
                self.assertNotIn("Steering knuckle", response.text)

    def test_pages_answer_the_same_for_unknown_and_not_yours(self):
        self._as(self.stranger)
        for path in ("change", "versions"):
            known = self._get(f"/my/hub/{self.order.hub_ref}/{path}")
            unknown = self._get(f"/my/hub/{UNKNOWN}/{path}")
            self.assertEqual(known.status_code, unknown.status_code)

    def test_pages_ask_a_stranger_to_log_in(self):
        request = self._dearer()
        self._as(None)
        for path in self._pages(request):
            response = self._open(self.order, path)
            self._assert_goes_to_login(response, self.order.hub_ref)

    def test_pages_do_not_open_with_the_code_on_paper(self):
        request = self._dearer()
        self._as(None)
        for path in self._pages(request):
            response = self._open(self.order, path, self.order._hub_page_token())
            self.assertEqual(response.status_code, 403)
            for word in ("1,600.00", "1,920.00", "Yard 2", request.name):
                self.assertNotIn(word, response.text)
        tracking = self._page(self.order, self.order._hub_page_token()).text
        self.assertNotIn(self._path(self.order, "change"), tracking)

    def test_a_change_of_another_order_is_not_shown(self):
        request = self._dearer()
        second = self._order()
        second.action_confirm()
        self._as(self.customer)
        for number in (request.id, 0, 999_999_999):
            response = self._open(second, f"change/{number}")
            self.assertEqual(response.status_code, 404)
        for path in ("accept", "withdraw"):
            response = self._post(second, f"change/{request.id}/{path}")
            self.assertEqual(response.status_code, 404)
        self.assertEqual(request.state, "waiting")

    def test_what_sales_people_try_is_not_the_customers_to_see(self):
        draft = self.env["order.hub.change.request"].create(
            {"order_id": self.order.id, "kind": "date", "date_wanted": "2031-01-01"}
        )
        self._as(self.customer)
        response = self._open(self.order, f"change/{draft.id}")
        self.assertEqual(response.status_code, 404)

    def test_nobody_else_can_ask(self):
        form = {f"quantity_{self.line.id}": "12"}
        self.supervisor.password = self.supervisor.login
        for user in (self.stranger, None, self.supervisor):
            self._as(user)
            for token in (None, "0" * 32, self.order._hub_page_token()):
                response = self._post(
                    self.order, "change/ask", token, kind="quantity", **form
                )
                self.assertIn(response.status_code, (303, 403, 404))
        self.assertFalse(self._requests())

    def test_nobody_else_can_answer(self):
        request = self._dearer()
        mark = request._shown_mark()
        self.supervisor.password = self.supervisor.login
        for user in (self.stranger, None, self.supervisor):
            self._as(user)
            for token in (None, self.order._hub_page_token()):
                for path in ("accept", "withdraw"):
                    self._post(
                        self.order, f"change/{request.id}/{path}", token, mark=mark
                    )
        self.assertEqual(request.state, "waiting")
        self.assertEqual(self.line.product_uom_qty, 10)

    def test_nobody_else_can_confirm_a_version(self):
        self.cr.flush()
        for user in (self.stranger, None):
            self._as(user)
            for token in (None, self.order._hub_page_token()):
                self._post(self.order, "versions/1/confirm", token)
        self.cr.flush()
        self.assertFalse(self.order.hub_version_ids.confirmed_by_customer)

    def test_a_link_may_see_but_not_ask(self):
        request = self._dearer()
        token = self.order._portal_ensure_token()
        self._as(None)
        text = self._open(self.order, f"change/{request.id}", token).text
        self.assertIn("1,920.00", text)
        self.assertIn("To answer, log in", text)
        self.assertIn("To change it, log in", self._open(self.order, token=token).text)
        for path in POSTS:
            response = self._post(
                self.order,
                path.format(request=request.id),
                token,
                mark=request._shown_mark(),
                kind="date",
                date="2031-01-01",
            )
            self.assertEqual(response.status_code, 403, path)
        self.assertEqual(self._requests(), request)
        self.assertEqual(request.state, "waiting")

    def test_a_link_may_ask_where_the_company_allows_it(self):
        self.company.hub_portal_change_by_link = True
        token = self.order._portal_ensure_token()
        self._as(None)
        form = {"kind": "address", "address_id": str(self.place.id)}
        self._post(self.order, "change/ask", token, **form)
        self.assertEqual(self._requests().state, "done")
        self._post(self.order, "change/ask", self.order._hub_page_token(), **form)
        self.assertEqual(len(self._requests()), 1)

    def test_another_companys_order_is_closed(self):
        other = self.env["res.company"].create({"name": "Elsewhere"})
        self.company.hub_portal_change_by_link = False
        self.supervisor.write(
            {
                "company_ids": [Command.set(other.ids)],
                "company_id": other.id,
                "password": self.supervisor.login,
            }
        )
        self._as(self.supervisor)
        for path in ("change", "versions"):
            self.assertEqual(self._open(self.order, path).status_code, 404)

    # === THE WRONG SIDE: HOW === #

    @mute_logger("odoo.http")
    def test_posts_need_the_csrf_token(self):
        request = self._dearer()
        for path in POSTS:
            response = self._post(
                self.order, path.format(request=request.id), csrf=False, kind="date"
            )
            self.assertEqual(response.status_code, 400, path)
        self.assertEqual(request.state, "waiting")

    def test_posts_do_not_answer_to_get(self):
        request = self._dearer()
        for path in POSTS:
            response = self._open(self.order, path.format(request=request.id))
            self.assertIn(response.status_code, (404, 405), path)
        self.assertEqual(request.state, "waiting")

    def test_whoever_posts_without_end_is_told_to_wait(self):
        self._as(self.customer)
        for _attempt in range(CHANGES.limit):
            CHANGES.count(self.order.id, time.monotonic())
        response = self._ask("date", date="2031-01-01")
        self.assertEqual(response.status_code, 429)
        self.assertFalse(self._requests())

    def test_whoever_guesses_is_told_to_wait(self):
        self._as(None)
        for _attempt in range(REFUSALS.limit):
            self._get("/my/hub/OH-nonsense/change")
        token = self.order._portal_ensure_token()
        self.assertEqual(self._open(self.order, token=token).status_code, 429)
