from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ..const import OPEN_CHANGES
from ..engine import change as engine
from ..engine.plain import without_none

#: Open requests that the job looks at again in one go.
BATCH = 100


class OrderHubChangeRequest(models.Model):
    """Customer changes: asked for, looked at, and looked at again before they are
    carried out."""

    _inherit = "order.hub.change.request"

    # === ASKED === #

    def action_ask(self):
        """Ask for the drafts: check them, and carry out what nobody has to look at.

        :raise UserError: for what is no draft any more
        """
        self.check_access("write")
        self.order_id.check_access("read")
        self._check_is_draft()
        for request in self.sudo():
            # whoever asks vouches for it, not whoever made the draft
            request.requested_by_id = self.env.user
            request._begin()
        return True

    @api.model
    def _ask(self, order, kind, values, source="sales", note=""):
        """Ask for a change on behalf of somebody whose access was checked (sudo).

        :param order: a ``sale.order``
        :param kind: one of ``const.CHANGE_KINDS``
        :param values: ``shipping_id`` or ``address`` (values of a contact),
            ``date`` (naive UTC), ``lines``: dicts of ``line_id``, ``product_id``,
            ``quantity``, ``specification``
        :param source: one of ``const.CHANGE_SOURCES``
        :return: the request, checked: ``state`` says what came out
        :raise UserError: when one of the same kind is open already
        """
        order = order.sudo()
        order._hub_lock()
        request = self.sudo().create(
            {
                "order_id": order.id,
                "kind": kind,
                "source": source,
                "note": note or False,
                "requested_by_id": self.env.uid,
                **self._asked_values(order, values),
            }
        )
        request._begin()
        return request

    @api.model
    def _asked_values(self, order, values):
        """Return the columns of a request for what somebody asks."""
        vals = {}
        if values.get("address"):
            vals["shipping_id"] = self._new_address(order, values["address"]).id
        elif values.get("shipping_id"):
            vals["shipping_id"] = values["shipping_id"]
        if values.get("date"):
            vals["date_wanted"] = values["date"]
        vals["line_ids"] = [
            fields.Command.create(
                {
                    "line_id": line.get("line_id") or False,
                    "product_id": line.get("product_id") or False,
                    "quantity_new": line.get("quantity") or 0.0,
                    "specification": line.get("specification") or False,
                }
            )
            for line in values.get("lines") or ()
        ]
        return vals

    @api.model
    def _new_address(self, order, address):
        """Return a delivery address of the order's customer, made if it is new."""
        names = ("name", "street", "street2", "city", "zip", "phone", "email")
        vals = {name: address.get(name) or False for name in names}
        vals |= {
            name: address.get(name) or False for name in ("state_id", "country_id")
        }
        owner = order.partner_id.commercial_partner_id
        known = owner.child_ids.filtered(
            lambda c: all(
                (c[n].id if n.endswith("_id") else c[n]) == vals[n] for n in vals
            )
        )
        return known[:1] or self.env["res.partner"].sudo().create(
            {**vals, "type": "delivery", "parent_id": owner.id}
        )

    def _begin(self):
        """Give a draft its number, look at it and do what comes out (sudo)."""
        self.ensure_one()
        self._check_no_other()
        self.line_ids._check_line_of_order()
        problem = self._date_problem() or self._lines_problem()
        if problem:
            raise UserError(problem)
        self._complete_lines()
        self.write(
            {
                "name": self.env["ir.sequence"]
                .with_company(self.company_id)
                .next_by_code("order.hub.change.request")
                or "/",
                "requested_at": fields.Datetime.now(),
                "shipping_old_id": self.order_id.partner_shipping_id.id,
            }
        )
        self._look()

    def _complete_lines(self):
        """Note what the lines were when the change was asked for."""
        for line in self.line_ids:
            sold = line.line_id
            line.write(
                {
                    "product_id": (sold.product_id or line.product_id).id,
                    "quantity_old": sold.product_uom_qty,
                    "price_old": sold.price_total,
                    **({"quantity_new": 0.0} if self.kind == "drop" else {}),
                }
            )

    def _date_problem(self):
        """Return what is wrong with the day that is wanted, or nothing."""
        if self.date_wanted and self.date_wanted.year not in engine.YEARS:
            return self.env._("Choose the day you want the goods.")
        return ""

    def _lines_problem(self):
        """Return what is wrong with the products named, or nothing.

        Freight, down payments, sections and notes are no products of an order.
        """
        if self.kind in ("address", "date"):
            return ""
        sold = self.line_ids.line_id
        if not self.line_ids:
            return self.env._("Name at least one product.")
        if self.kind == "add":
            named = all(line.product_id.sale_ok for line in self.line_ids)
            return "" if named else self.env._("Name a product that is sold.")
        strange = sold.filtered(
            lambda line: line.display_type or line.is_delivery or line.is_downpayment
        )
        if strange or len(sold) != len(self.line_ids):
            return self.env._(
                "Name each line of order %s that is to be different once: products "
                "only, no freight and no notes.",
                self.order_id.name,
            )
        return ""

    def _check_no_other(self):
        """One open request of a kind on an order: the second would be checked
        against what the first one is about to change."""
        other = self.search(
            [
                ("order_id", "=", self.order_id.id),
                ("kind", "=", self.kind),
                ("state", "in", ("open", "waiting")),
                ("id", "!=", self.id),
            ],
            limit=1,
        )
        if other:
            raise UserError(
                self.env._(
                    "%(request)s asks for the same kind of change of order %(order)s "
                    "already. Answer or withdraw it first.",
                    request=other.name,
                    order=self.order_id.name,
                )
            )

    # === LOOKED AT === #

    def action_check(self):
        """Look at open requests again: the order may have moved on since."""
        self.check_access("read")
        for request in self.sudo().filtered(lambda r: r.state in ("open", "waiting")):
            request._look(carry_out=False)
        return True

    def _look(self, carry_out=True):
        """Look at a request, keep the findings, and do what comes out (sudo).

        :param carry_out: whether what needs nobody any more is carried out at once
        """
        self.ensure_one()
        self._lock()
        effects = self._effects()
        facts = self._facts(effects)
        decision = engine.decide(facts, self._rule())
        self._record(decision, facts, effects)
        outcome = decision.outcome(self._accepted_roles())
        if outcome == "refused":
            self._refuse(decision)
        elif outcome == "close" and carry_out:
            self._carry_out(by_itself=decision.closes)
        else:
            state = "waiting" if outcome == "waiting" else "open"
            self._enter(state)

    def _enter(self, state):
        if self.state != state:
            self.write({"state": state})
            self._ask_for_acceptance()

    def _rule(self):
        self.ensure_one()
        rules = self.env["order.hub.change.rule"]
        return rules._rule_for(self.company_id.id, self.kind)

    def _record(self, decision, facts, effects):
        """Keep what was found: the checks, old against new, who has to agree."""
        self.check_ids.unlink()
        self.env["order.hub.change.check"].create(
            [
                {
                    "request_id": self.id,
                    "sequence": number,
                    "kind": check.kind,
                    "result": check.result,
                    "code": check.code,
                    "figures": without_none(dict(check.figures)),
                }
                for number, check in enumerate(decision.checks)
            ]
        )
        self._record_effects(facts, effects)
        self._record_roles(decision.roles)
        self.checked_at = fields.Datetime.now()

    def _record_roles(self, roles):
        """Keep the answers given; ask those who have to agree now as well.

        A yes to a price or date that has changed since is asked for again.
        """
        known = {acceptance.role: acceptance for acceptance in self.acceptance_ids}
        gone = self.acceptance_ids.filtered(
            lambda a: a.role not in roles and a.state == "waiting"
        )
        gone.unlink()
        agreed = self._agreement()
        stale = self.acceptance_ids.filtered(
            lambda a: a.state == "accepted" and a.agreed_to != agreed
        )
        stale.write({"state": "waiting", "user_id": False, "answered_at": False})
        self.env["order.hub.change.acceptance"].create(
            [{"request_id": self.id, "role": r} for r in roles if r not in known]
        )

    def _agreement(self):
        """Return what somebody says yes to: total, promise and quantities."""
        self.ensure_one()
        return "|".join(
            [
                f"{self.amount_new:.2f}",
                f"{self.date_new and self.date_new.date() or ''}",
                *(f"{line.id}:{line.quantity_new:g}" for line in self.line_ids),
            ]
        )

    def _accepted_roles(self):
        given = self.acceptance_ids.filtered(lambda a: a.state == "accepted")
        return set(given.mapped("role"))

    # === CLOSED === #

    def _refuse(self, decision):
        """Refuse politely: keep why, and what can still be done."""
        self._finish(
            "refused",
            refusal={
                "possible": list(decision.possible),
                "open_kinds": list(self._open_kinds()),
            },
        )

    def _finish(self, state, **vals):
        """Close the request; the time it took is kept (sudo)."""
        now = fields.Datetime.now()
        minutes = (now - self.requested_at).total_seconds() / 60
        self.activity_ids.unlink()
        self.write(
            {
                "state": state,
                "closed_at": now,
                "closed_by_id": self.env.uid,
                "minutes": max(0.0, minutes),
                **vals,
            }
        )
        self._tell_closed()

    def action_withdraw(self):
        """Withdraw requests that nothing has come of yet.

        :raise AccessError: unless one has asked oneself or may change the order
        :raise UserError: when one has been closed already
        """
        self.check_access("read")
        for request in self:
            mine = request.sudo().requested_by_id == self.env.user
            if not mine and not request._may_change():
                raise AccessError(
                    self.env._(
                        "%s can be withdrawn by whoever asked for it, or by those who "
                        "may change the order.",
                        request.name,
                    )
                )
        for request in self.sudo():
            request._withdraw()
        return True

    def _withdraw(self):
        """Withdraw a request on behalf of whoever asked for it (sudo)."""
        self.ensure_one()
        self._lock()
        self._check_open()
        self._finish("withdrawn")

    # === TOGETHER WITH OTHERS === #

    def _lock(self):
        """Lock order and request: of two who decide at once, one comes second.

        Who comes second starts again on a fresh snapshot (Odoo repeats a request
        after a serialization failure) and finds the request as it is by then.
        """
        self.order_id._hub_lock()
        self.env.execute_query(
            SQL(
                "SELECT id FROM order_hub_change_request WHERE id = ANY(%s) "
                "ORDER BY id FOR NO KEY UPDATE",
                self.ids,
            )
        )

    def _check_open(self):
        """Raise unless something can still come of the request."""
        if self.state not in OPEN_CHANGES:
            states = dict(self._fields["state"]._description_selection(self.env))
            raise UserError(
                self.env._(
                    "%(request)s is closed: %(state)s by %(who)s. Look at it again, or "
                    "ask anew.",
                    request=self.name,
                    state=states[self.state],
                    who=self.closed_by_id.name or "–",
                )
            )

    @api.model
    def _cron_look_again(self):
        """Look at open requests again, oldest first: what has left in the meantime is
        refused without anybody waiting for it."""
        domain = [("state", "in", ("open", "waiting"))]
        requests = self.sudo().search(domain, order="checked_at, id", limit=BATCH)
        for request in requests:
            request._look(carry_out=False)
            self.env["ir.cron"]._commit_progress(1)
