"""Every route of the add-on, tried by everybody it is not for.

The routes are found here, not listed: a new one is tried too. Nobody gets a word of
somebody else's order, nothing changes, nothing breaks, and what is sent holds no more
than what is shown.
"""

import inspect
import re

from odoo import http
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.order_hub.controllers import throttle

from .portal_records import PortalRecordsCommon

#: Tables that a refused request may write: visits, sessions, messages to browsers;
#: what a supplier was shown of its own (see ``_assert_noted_as_own``).
OWN_NOTES = (
    "order_hub_supply_visit",
    "bus_bus",
    "res_device_log",
    "res_users_log",
    "ir_logging",
    "ir_attachment",
)
#: What an access token may look like when somebody tries.
TOKENS = ("x", "0" * 32, "False", "%00", "%C3%A9")
#: Pages without login that open nothing, so that there is nothing to guess.
NOTHING_TO_GUESS = {"/hub/o"}


def is_ours(function, addon=""):
    """Tell whether a route is of one of the add-ons, or of ``order_hub_<addon>``."""
    module = inspect.unwrap(function).__module__
    return module.startswith(f"odoo.addons.order_hub{addon and '_'}{addon}")


def own_rules(env, addon=""):
    """Yield ``(path, routing)`` of each route that the add-ons have or override."""
    rules = env["ir.http"]._generate_routing_rules(
        sorted(env.registry._init_modules), env["ir.http"]._get_converters()
    )
    for path, endpoint in rules:
        if is_ours(getattr(endpoint, "func", endpoint), addon):
            yield path, endpoint.routing


class PortalRoutesCommon(PortalRecordsCommon):
    """A customer's order, a supplier's order, and what to try on them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.photo = cls._photo_of(cls.order)
        cls.env.flush_all()
        cls.secrets = (
            cls.order.name,
            cls.order._portal_ensure_token(),
            cls.order._hub_page_token(),
            cls.purchase.name,
            cls.partner.name,
            cls.steel.name,
            cls.sheet.name,
            "MILL-77",
            "Credit desk dispute",
        )

    @classmethod
    def _photo_of(cls, order):
        return cls.env["order.hub.evidence"]._add(
            order, cls.shipped, [{"kind": "note", "note": "x", "is_public": True}]
        )

    def setUp(self):
        super().setUp()
        self._forget_refusals()
        self.env.cr.flush()

    def _forget_refusals(self):
        for counter in throttle.Throttle.all():
            counter.clear()

    # === WHAT IS TRIED === #

    def _address(self, path):
        """Return the address of the victim's page behind a route."""
        ids = {
            "ref": self.order.hub_ref,
            "page": 1,
            "number": 1,
            "evidence_id": self.photo.id,
            "order_id": self.purchase.id,
            "purchase_id": self.purchase.id,
            "line_id": self.purchase.order_line.id,
            "partner_id": self.steel.id,
            "token": "0" * 32,
        }
        return re.sub(
            r"<(?:\w+(?:\([^)]*\))?:)?(\w+)>",
            lambda match: str(ids.get(match[1], self._latest_id(match[1]))),
            path,
        )

    def _latest_id(self, argument):
        """Return the id of the newest record of the model an argument speaks of."""
        word = argument.removesuffix("_id")
        for name in self.env.registry:
            model = self.env[name]
            is_it = name.startswith("order.hub.") and name.split(".")[-1] == word
            if is_it and not model._abstract and not model._transient:
                return model.sudo().search([], limit=1, order="id desc").id or 1
        return 1

    def _form(self):
        """Return what somebody who read the source would post."""
        line = self.purchase.order_line.id
        return {
            "csrf_token": http.Request.csrf_token(self),
            "kind": "confirm",
            f"kind_{line}": "confirm",
            f"quantity_{line}": "1",
            f"date_{line}": "2030-01-01",
            "quantity": "1",
            "date": "2030-01-01",
            "note": "hello",
            "message": "hello",
            "name": "Li",
            "mark": "x",
        }

    def _attempts(self, user):
        """Yield ``(label, response)`` of every way to every route."""
        for path, routing in own_rules(self.env):
            address = self._address(path)
            for method in routing.get("methods") or ("GET", "POST"):
                self._forget_refusals()
                if routing["type"] == "http":
                    data = self._form() if method == "POST" else None
                    response = self._get(address, data=data)
                    yield f"{method} {path}", response
                else:
                    yield f"{method} {path}", self._call_json(address)

    def _call_json(self, address):
        self.env.flush_all()
        payload = {"jsonrpc": "2.0", "id": 0, "method": "call", "params": {}}
        return self.url_open(address, json=payload, allow_redirects=False)

    # === WHAT MUST HOLD === #

    def _written(self):
        """Return how many rows of each table this transaction has touched."""
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT relname, n_tup_ins + n_tup_upd + n_tup_del"
            " FROM pg_stat_xact_user_tables"
        )
        rows = dict(self.env.cr.fetchall())
        return {name: rows[name] for name in rows if name not in OWN_NOTES}

    def _assert_closed(self, label, response):
        self.assertLess(response.status_code, 500, label)
        text = self._without_forms(response.text)
        for secret in self.secrets:
            self.assertNotIn(secret, text, label)

    def _without_forms(self, text):
        """Return a page without what the visitor typed or where it was asked for."""
        return text.replace(self.order.hub_ref, "")

    def _changed(self, before):
        after = self._written()
        return {
            name: after[name] - before.get(name, 0)
            for name in after
            if after[name] != before.get(name, 0)
        }


@tagged("post_install", "-at_install")
class TestPortalRoutes(PortalRoutesCommon):
    @mute_logger("odoo.http", "odoo.addons.base.models.ir_rule")
    def _assert_all_closed(self, user):
        self._as(user)
        before, tried = self._written(), 0
        for label, response in self._attempts(user):
            with self.subTest(f"{user and user.login}: {label}"):
                self._assert_closed(label, response)
                self.assertEqual(self._changed(before), {})
            before, tried = self._written(), tried + 1
        self.assertGreater(tried, 15)
        self._assert_noted_as_own(user)

    def _assert_noted_as_own(self, user):
        """Whoever was shown expected usage was shown it as a supplier, of its own."""
        visits = self.env["order.hub.supply.visit"].search([])
        self.assertLessEqual(visits.user_id, user or visits.user_id.browse())
        self.assertLessEqual(visits.partner_id, self.rival)

    def test_every_route_is_closed_to_the_public(self):
        self._assert_all_closed(None)

    def test_every_route_is_closed_to_another_supplier(self):
        self._assert_all_closed(self.rival_user)

    def test_every_route_is_closed_to_another_customer(self):
        self._assert_all_closed(self.stranger)

    def test_no_guessed_or_stolen_token_opens_a_route(self):
        stolen = (
            self.other._hub_page_token(),
            self.other._portal_ensure_token(),
            self._twisted(self.order._hub_page_token()),
            self._twisted(self.order._portal_ensure_token()),
        )
        self._as(None)
        for path, routing in own_rules(self.env):
            if routing["type"] != "http" or "GET" not in (
                routing.get("methods") or ("GET",)
            ):
                continue
            for token in (*TOKENS, *stolen):
                self._forget_refusals()
                with self.subTest(path, token=token):
                    address = self._address(path)
                    query = f"?access_token={token}&token={token}&t={token}"
                    self._assert_closed(path, self._get(address + query))

    def _twisted(self, token):
        return token[:-1] + ("0" if token[-1] != "0" else "1")

    def test_odd_numbers_and_words_break_no_route(self):
        numbers = ("0", "-1", "99999999999999999999", "1%27--")
        words = ("%00", "é", "x" * 2000)
        self._as(self.stranger)
        for path, routing in own_rules(self.env):
            for word in (*numbers, *words) if routing["type"] == "http" else ():
                self._forget_refusals()
                numbered = re.sub(r"<int:[^>]+>", "1", path) if word in words else path
                address = re.sub(r"<[^>]+>", word, numbered)
                if address in (path, numbered):
                    continue
                with self.subTest(path, word=word[:20]), mute_logger("odoo.http"):
                    response = self._get(address)
                    self._assert_closed(path, response)
                    self.assertLess(response.status_code, 500)

    def test_odd_numbers_and_words_break_no_page_of_ones_own(self):
        odd = ("%00", "0", "99999999999999999999", "1%27--", "é%20x")
        for user, start in ((self.customer, "/my/hub"), (self.supplier, "/my/supply")):
            self._as(user)
            for path, name, word in self._with_one_odd(start, odd):
                self._forget_refusals()
                with self.subTest(path, name=name, word=word):
                    with mute_logger("odoo.http"):
                        response = self._get(path.replace(f"<{name}>", word))
                    self.assertLess(response.status_code, 500)

    def _with_one_odd(self, start, words):
        """Yield ``(address with one <argument> left open, argument, word)``."""
        for path, routing in own_rules(self.env):
            is_page = routing["type"] == "http" and path.startswith(start)
            if not is_page or "GET" not in (routing.get("methods") or ("GET",)):
                continue
            for argument in re.findall(r"<[^>]+>", path):
                name = argument.strip("<>").split(":")[-1]
                rest = self._address(path.replace(argument, "\0")).replace(
                    "\0", f"<{name}>"
                )
                for word in words:
                    yield rest, name, word

    def test_posting_without_the_secret_of_the_page_does_nothing(self):
        self._as(self.supplier)
        for path, routing in own_rules(self.env):
            is_post = "POST" in (routing.get("methods") or ())
            if routing["type"] != "http" or not is_post or not routing.get("csrf", 1):
                continue
            before = self._written()
            with self.subTest(path), mute_logger("odoo.http"):
                response = self._get(self._address(path), data={"kind": "confirm"})
                self.assertIn(response.status_code, (303, 400, 403, 404), path)
                self.assertEqual(self._changed(before), {})


@tagged("post_install", "-at_install")
class TestRouteLimits(PortalRoutesCommon):
    """Pages without login, and pages that take something, bound how often."""

    def test_every_public_or_posting_route_stops_when_its_limit_is_reached(self):
        self.patch(throttle.Throttle, "is_exceeded", self._is_exceeded)
        for path, routing in own_rules(self.env):
            is_posting = "POST" in (routing.get("methods") or ())
            is_open = routing["auth"] == "public" and path not in NOTHING_TO_GUESS
            if not is_posting and not is_open:
                continue
            self.asked = 0
            before = self._written()
            with self.subTest(path), mute_logger("odoo.http"):
                self._try(path, routing, is_posting)
                self.assertTrue(self.asked, "no limit is looked at")
                self.assertEqual(self._changed(before), {})

    def _is_exceeded(self, *_key_and_now):
        self.asked += 1
        return True

    def _try(self, path, routing, is_posting):
        """Post as whoever a form is for; open a page as somebody without login."""
        owner = self.supplier if path.startswith("/my/supply") else self.customer
        self._as(owner if is_posting else None)
        address = self._address(path)
        if routing["type"] == "http":
            return self._get(address, data=self._form() if is_posting else None)
        return self._call_json(address)
