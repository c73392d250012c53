import math

from odoo import api, fields, models

from ..const import CHANGE_KINDS, CHANGE_ROLES, CHANGE_STATES
from ..engine.plain import without_none

#: Products that one request may name.
MAX_LINES = 200
#: Requests that one answer lists.
MAX_REQUESTS = 200
#: What an address may say; more is refused.
ADDRESS = ("name", "street", "street2", "city", "zip", "phone", "email")


class OrderHubApi(models.AbstractModel):
    """Customer changes for programs: a web shop, a call centre."""

    _inherit = "order.hub.api"

    # === ASK === #

    @api.model
    def request_change(
        self,
        kind,
        hub_ref=None,
        channel=None,
        external_ref=None,
        address=None,
        date=None,
        lines=None,
        note=None,
    ):
        """Ask for a change of an accepted order.

        :param str kind: address, quantity, add, drop, date or specification
        :param dict address: ``name``, ``street``, ``street2``, ``city``, ``zip``,
            ``state`` and ``country`` (codes), ``phone``, ``email``
        :param str date: the moment wanted, ISO 8601, UTC
        :param list lines: dicts of ``sku`` and, as the kind asks, ``quantity`` and
            ``specification``
        :param str note: the customer's words
        :return: ``{"ok": True, "change": …}`` as :meth:`change_requests` lists it;
            refused politely is no error: look at ``state`` and ``possible``
        """
        key = (hub_ref, channel, external_ref)
        asked = {"address": address, "date": date, "lines": lines}
        return self._answer(lambda: self._request_change(key, kind, asked, note))

    def _request_change(self, key, kind, asked, note):
        kind = self._change_kind(kind)
        order = self._find_order(*key)
        values = getattr(self, f"_change_{kind}_values")(order.sudo(), asked)
        request = self.env["order.hub.change.request"]._ask(
            order, kind, values, source="api", note=self._text("note", note)
        )
        return {"change": self._change(request)}

    def _change_kind(self, kind):
        kind = self._text("kind", kind, required=True)
        if kind not in dict(CHANGE_KINDS):
            names = ", ".join(name for name, _label in CHANGE_KINDS)
            self._refuse("invalid", "kind", self.env._("One of: %s.", names))
        return kind

    def _change_address_values(self, _order, asked):
        address = asked["address"]
        if not isinstance(address, dict) or not address:
            self._refuse("required", "address", self.env._("An address is expected."))
        strange = set(address) - {*ADDRESS, "state", "country"}
        if strange:
            self._refuse(
                "invalid",
                "address",
                self.env._("Unknown: %s.", ", ".join(sorted(map(str, strange)))[:100]),
            )
        vals = {name: self._text("address", address.get(name)) for name in ADDRESS}
        if not vals["name"] or not vals["street"] or not vals["city"]:
            self._refuse(
                "required", "address", self.env._("name, street and city are needed.")
            )
        return {"address": {**vals, **self._change_country(address)}}

    def _change_country(self, address):
        """Return the ids of country and state named by their codes."""
        code = self._text("address", address.get("country")).upper()
        country = self.env["res.country"].search([("code", "=", code)], limit=1)
        if code and not country:
            self._refuse("invalid", "address", self.env._("No such country: %s.", code))
        word = self._text("address", address.get("state"))
        state = self.env["res.country.state"].search(
            [("code", "=", word), ("country_id", "=", country.id)], limit=1
        )
        if word and not state:
            self._refuse("invalid", "address", self.env._("No such state: %s.", word))
        return {"country_id": country.id, "state_id": state.id}

    def _change_date_values(self, _order, asked):
        text = self._text("date", asked["date"], required=True)
        try:
            moment = fields.Datetime.to_datetime(text.replace("T", " ").rstrip("Z"))
        except ValueError:
            self._refuse(
                "invalid", "date", self.env._("A moment as 2026-11-20T08:00:00Z.")
            )
        return {"date": moment}

    def _change_quantity_values(self, order, asked):
        return {"lines": self._change_lines(order, asked["lines"], "quantity")}

    def _change_drop_values(self, order, asked):
        return {"lines": self._change_lines(order, asked["lines"])}

    def _change_specification_values(self, order, asked):
        return {"lines": self._change_lines(order, asked["lines"], "specification")}

    def _change_add_values(self, order, asked):
        rows = self._change_rows(asked["lines"])
        found = []
        for row in rows:
            product = self._change_product(order, row)
            quantity = self._change_quantity(row)
            found.append({"product_id": product.id, "quantity": quantity})
        return {"lines": found}

    def _change_rows(self, rows):
        if not isinstance(rows, list) or not 0 < len(rows) <= MAX_LINES:
            self._refuse(
                "invalid", "lines", self.env._("Between 1 and %s lines.", MAX_LINES)
            )
        if not all(isinstance(row, dict) for row in rows):
            self._refuse("invalid", "lines", self.env._("Every line is an object."))
        return rows

    def _change_lines(self, order, rows, wants=None):
        """Return what is asked of lines that the order has, found by their SKU."""
        found = []
        for row in self._change_rows(rows):
            sku = self._text("sku", row.get("sku"), required=True)
            lines = order.order_line.filtered(
                lambda ln, sku=sku: ln.product_id.default_code == sku
            )
            if len(lines) != 1:
                self._refuse(
                    "unknown_line",
                    "sku",
                    self.env._("The order has no single line of %s.", sku[:60]),
                )
            vals = {"line_id": lines.id}
            if wants == "quantity":
                vals["quantity"] = self._change_quantity(row)
            elif wants == "specification":
                vals["specification"] = self._text(
                    "specification", row.get("specification"), required=True
                )
            found.append(vals)
        return found

    def _change_quantity(self, row):
        value = row.get("quantity")
        is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
        if not is_number or not math.isfinite(value):
            self._refuse("invalid", "quantity", self.env._("A number is expected."))
        return float(value)

    def _change_product(self, order, row):
        sku = self._text("sku", row.get("sku"), required=True)
        product = self.env["product.product"].search(
            [
                ("default_code", "=", sku),
                ("sale_ok", "=", True),
                ("company_id", "in", (False, order.company_id.id)),
            ],
            limit=2,
        )
        if len(product) != 1:
            self._refuse(
                "unknown_product",
                "sku",
                self.env._("There is no single product with SKU %s.", sku[:60]),
            )
        return product

    # === LIST AND ANSWER === #

    @api.model
    def change_requests(
        self, hub_ref=None, channel=None, external_ref=None, state=None, limit=50
    ):
        """List customer changes, the newest first.

        :param str hub_ref: of one order; empty for all that the caller may see
        :param str state: draft, open, waiting, done, refused or withdrawn
        :param int limit: at most 200
        :return: ``{"ok": True, "changes": [{"number", "hub_ref", "kind", "state",
            "wish", "answer", "requested_at", "closed_at", "minutes", "checks":
            [{"kind", "result", "text"}], "possible": [texts], "waits_for": [roles],
            "amount_old", "amount_new", "currency", "date_old", "date_new"}]}``
        """
        key = (hub_ref, channel, external_ref)
        return self._answer(lambda: self._change_requests(key, state, limit))

    def _change_requests(self, key, state, limit):
        if not self._is_whole(limit) or not 0 < limit <= MAX_REQUESTS:
            self._refuse(
                "invalid", "limit", self.env._("Between 1 and %s.", MAX_REQUESTS)
            )
        domain = [("company_id", "in", self.env.companies.ids)]
        if any(key):
            domain.append(("order_id", "=", self._find_order(*key).id))
        state = self._text("state", state)
        if state and state not in dict(CHANGE_STATES):
            self._refuse("invalid", "state", self.env._("No such state."))
        if state:
            domain.append(("state", "=", state))
        found = self.env["order.hub.change.request"].search(domain, limit=limit)
        return {"changes": [self._change(request) for request in found]}

    @api.model
    def accept_change(self, number, role="customer", note=None):
        """Say yes to a change that waits for it; with the last yes it is carried out.

        :param str number: of the change, as CHG/2026/0001
        :param str role: customer, salesperson, supervisor or credit; the caller must
            be allowed to answer in it
        :param str note: how the answer came
        :return: ``{"ok": True, "change": …}`` as :meth:`change_requests` lists it
        """
        return self._answer(lambda: self._accept_change(number, role, note))

    def _accept_change(self, number, role, note):
        number = self._text("number", number, required=True)
        role = self._text("role", role, required=True)
        if role not in dict(CHANGE_ROLES):
            names = ", ".join(name for name, _label in CHANGE_ROLES)
            self._refuse("invalid", "role", self.env._("One of: %s.", names))
        request = self.env["order.hub.change.request"].search(
            [("name", "=", number), ("company_id", "in", self.env.companies.ids)],
            limit=1,
        )
        if not request:
            self._refuse("not_found", "number", self.env._("No such change."))
        request._check_may_answer(role)
        request.sudo()._accept(role, self._text("note", note))
        return {"change": self._change(request)}

    def _change(self, request):
        """Return one change as the API tells it."""
        request = request.sudo()
        waiting = request.acceptance_ids.filtered(lambda a: a.state == "waiting")
        refused = request.state == "refused"
        return without_none(
            {
                "number": request.name,
                "hub_ref": request.order_id.hub_ref or "",
                "kind": request.kind,
                "state": request.state,
                "wish": request.wish or "",
                "answer": request.answer or "",
                "requested_at": self._iso(request.requested_at),
                "closed_at": self._iso(request.closed_at),
                "minutes": round(request.minutes, 1),
                "checks": [
                    {"kind": c.kind, "result": c.result, "text": c.text or ""}
                    for c in request.check_ids
                ],
                "possible": request._ways_words() if refused else [],
                "waits_for": waiting.mapped("role")
                if request.state == "waiting"
                else [],
                "amount_old": request.amount_old,
                "amount_new": request.amount_new,
                "currency": request.currency_id.name or "",
                "date_old": self._iso(request.date_old),
                "date_new": self._iso(request.date_new),
            }
        )
