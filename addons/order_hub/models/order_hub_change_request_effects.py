from contextlib import suppress
from datetime import timedelta

from odoo import SUPERUSER_ID, fields, models
from odoo.exceptions import UserError

from ..engine.change import MOST, NOWHERE

#: Hours of work that make a day later.
HOURS_A_DAY = 8


class _Undo(Exception):
    """Ends a dry run: everything that was written is taken back."""


class OrderHubChangeRequest(models.Model):
    """Customer changes: what would come of one, old against new.

    The order's part of the change is carried out for real, with Odoo's own prices,
    taxes, carrier and approvals, and taken back; no procurement is run and nobody is
    told. What is shown is therefore what will be.
    """

    _inherit = "order.hub.change.request"

    def _effects(self):
        """Return what would come of it: ``{"old", "new", "problem", "hours",
        "place"}`` (sudo).

        Figures are those of :meth:`_standing`; ``problem`` is what Odoo refuses,
        ``hours`` what the work centre ``place`` lacks until the old promise.
        """
        self.ensure_one()
        old = self._standing()
        effects = {"old": old, "new": old, "problem": "", "hours": 0.0, "place": ""}
        effects["problem"] = self._lines_problem()
        is_open = self.order_id.state == "sale" and not effects["problem"]
        if not is_open or not self._is_sane():
            return effects
        try:
            with suppress(_Undo), self.env.cr.savepoint():
                effects.update(self._dry_run())
                raise _Undo
        except UserError as error:
            effects["problem"] = str(error)
        return effects

    def _is_sane(self):
        """Tell whether it is worth trying: what the engine refuses anyway is not."""
        if self.kind == "address":
            return bool(self.shipping_id)
        if self.kind in ("quantity", "add", "drop"):
            return all(0 <= line.quantity_new <= MOST for line in self.line_ids)
        return True

    def _dry_run(self):
        """Carry out the order's part and return what came of it (sudo)."""
        quiet = self.with_user(SUPERUSER_ID).with_context(
            skip_procurement=True,
            tracking_disable=True,
            mail_activity_automation_skip=True,
        )
        promise = quiet._promise()
        made = quiet._change_content()
        supply = {line: self._supply_of(line, sold) for line, sold in made.items()}
        hours, place = quiet._hours_short(supply)
        promise = quiet._new_promise(promise, supply, hours)
        quiet._change_promise(promise)
        self.env.flush_all()
        new = quiet._standing(made)
        new["supply"] = {str(line.id): found for line, found in supply.items()}
        new["promise"] = fields.Datetime.to_string(promise) or False
        return {"new": new, "hours": hours, "place": place}

    def _standing(self, made=None):
        """Return how the order stands: amounts in its currency, moments as text.

        :param made: ``{change line: order line}`` where lines were changed
        """
        order = self.order_id
        freight = order.order_line.filtered("is_delivery")
        made = made or {line: line.line_id for line in self.line_ids}
        return {
            "total": order.amount_total,
            "tax": order.amount_tax,
            "company_total": order._hub_company_total(),
            "freight": sum(freight.mapped("price_total")),
            "rate": self._freight_rate(),
            "to_invoice": order.amount_total - order.amount_invoiced,
            "promise": fields.Datetime.to_string(self._promise()) or False,
            "fiscal_position": order.fiscal_position_id.id,
            "approval": order.hub_approval_state in ("waiting", "rejected"),
            "missing": self._credit_missing(),
            "lines": {str(line.id): sold.price_total for line, sold in made.items()},
        }

    def _freight_rate(self):
        """Return what the carrier asks for the order as it is: without tax, in the
        order's currency; ``False`` where it does not say, ``None`` without freight."""
        order = self.order_id
        if not order.carrier_id or not order.order_line.filtered("is_delivery"):
            return None
        rate = order.carrier_id.rate_shipment(order)
        if not rate.get("success"):
            return False
        return order.currency_id.round(rate["price"])

    def _credit_missing(self):
        """Return what the customer's credit lacks in company currency, ``None`` where
        no credit is checked."""
        order = self.order_id._hub_credit_checked()
        if not order:
            return None
        verdicts, _before = self.env["order.hub.credit"].sudo()._verdicts(order)
        verdict = verdicts.get(order)
        if not verdict:
            return None
        return 0.0 if verdict.ok else verdict.missing

    def _promise(self):
        order = self.order_id
        return order.commitment_date or order.hub_promised_date or order.expected_date

    # === SUPPLY === #

    def _supply_of(self, line, sold):
        """Return ``{"short", "days"}``: what stock does not cover of what is added to
        an order line, and in how many days it can be there."""
        added = sold.product_uom_qty - line.quantity_old
        if not sold or added <= 0 or not sold.product_id.is_storable:
            return {"short": 0.0, "days": 0}
        order = self.order_id
        product = sold.product_id.with_context(warehouse_id=order.warehouse_id.id)
        free = sold.product_id.uom_id._compute_quantity(
            max(0.0, product.free_qty), sold.product_uom_id, round=False
        )
        short = added if sold.is_mto else max(0.0, added - free)
        return {"short": short, "days": self._days_to_get(sold) if short else 0}

    def _days_to_get(self, sold):
        """Return in how many days more of a product can be shipped, Odoo's lead times
        of making or buying it included; ``NOWHERE`` where nobody does either."""
        routes = self.env["stock.rule"].with_context(bypass_delay_description=True)
        product = sold.product_id.with_env(routes.env)
        place = self.order_id.warehouse_id.lot_stock_id
        rules = product._get_rules_from_location(place, route_ids=sold.route_ids)
        delays, _words = rules._get_lead_days(product)
        if not rules or delays.get("no_vendor_found_delay"):
            return NOWHERE
        return int(delays["total_delay"] + (sold.customer_lead or 0.0))

    # === PROMISE === #

    def _new_promise(self, promise, supply, hours):
        """Return what can be promised after the change, naive UTC.

        The day asked for or agreed on, unless what is missing comes later.

        :param promise: the one so far
        :param supply: ``{change line: what _supply_of found}``
        :param hours: what work centres lack
        """
        base = self.date_wanted if self.kind == "date" else promise
        days = max((s["days"] for s in supply.values() if s["short"]), default=0)
        ready = [self._goods_ready()] if self.kind == "date" else []
        if days > 0 or hours:
            wait = timedelta(days=max(days, 0) - (-hours // HOURS_A_DAY))
            ready.append(fields.Datetime.now() + wait)
        return max([moment for moment in (base, *ready) if moment], default=None)

    def _goods_ready(self):
        """Return when Odoo's forecast has everything that has not left, or ``None``."""
        moves = self.order_id.order_line.move_ids.filtered(
            lambda m: m.state not in ("done", "cancel") and m.product_id.is_storable
        )
        known = [move.forecast_expected_date for move in moves]
        return max((moment for moment in known if moment), default=None)

    def _hours_short(self, supply):
        """Return ``(hours, work centre)`` that lack until the promise for what is to
        be made in addition; ``(0.0, "")`` where it fits."""
        makes = {
            line.product_id: s["short"] for line, s in supply.items() if s["short"]
        }
        if not makes:
            return 0.0, ""
        return self.env["order.hub.change.capacity"]._short(self, makes)

    # === KEPT === #

    def _record_effects(self, facts, effects):
        """Keep old against new, for people and for reports (sudo)."""
        old, new = effects["old"], effects["new"]
        self.write(
            {
                "effects": effects,
                "amount_old": old["total"],
                "amount_new": new["total"],
                "amount_difference": new["total"] - old["total"],
                "freight_old": old["freight"],
                "freight_new": new["freight"],
                "invoice_old": old["to_invoice"],
                "invoice_new": new["to_invoice"],
                "date_old": facts.promise_old,
                "date_new": facts.promise_new,
            }
        )
        for line in self.line_ids:
            line.price_new = new["lines"].get(str(line.id), line.price_old)
