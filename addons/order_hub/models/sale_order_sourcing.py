from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

from ..const import INTERNAL

#: A ready date moves only if it differs by more than this from what was shown.
SAME_MOMENT = timedelta(hours=1)


class SaleOrder(models.Model):
    """Sourcing: every order finds its warehouse, and what has to be brought or made.

    Decided when an order is made or changed, and once more when it is confirmed,
    because stock may be gone by then; only then documents are made. A warehouse that
    a person chose is respected.
    """

    _inherit = "sale.order"

    # === WHEN === #

    def _hub_after_routing(self, fresh):
        result = super()._hub_after_routing(fresh)
        self._hub_source(fresh)
        return result

    def _hub_confirming(self):
        result = super()._hub_confirming()
        self._hub_source()
        return result

    def _hub_confirmed(self):
        result = super()._hub_confirmed()
        Policy = self.env["order.hub.sourcing.policy"]
        using = self.filtered(
            lambda order: order.state == "sale" and Policy._is_used(order.company_id)
        )
        if using:
            decisions = self.env["order.hub.decision"]._in_force(using, ["sourcing"])
            self.env["order.hub.sourcing.documents"]._make(
                {d.order_id: d for d in decisions.values() if d.source == "policy"}
            )
        return result

    def _action_cancel(self):
        transfers = self.sudo()._hub_open_transfers()
        result = super()._action_cancel()
        transfers.action_cancel()
        return result

    def _hub_open_transfers(self):
        """Return the transfers that bring goods for these orders and are not done."""
        brought = self.order_line.move_ids.move_orig_ids.filtered(
            lambda move: (
                move.state not in ("done", "cancel")
                and not move.sale_line_id
                and move.location_id.usage == "internal"
                and move.location_id.warehouse_id != move.location_dest_id.warehouse_id
            )
        )
        return brought.picking_id.filtered(lambda picking: picking.move_ids <= brought)

    @api.model
    def _hub_addresses_changed(self, partners):
        """Look again at drafts that go to these addresses, or to one below them."""
        if partners and self.env["order.hub.sourcing.policy"]._is_used_anywhere():
            self._hub_source_waiting(
                [("partner_shipping_id", "child_of", partners.ids)]
            )

    @api.model
    def _hub_source_waiting(self, domain):
        """Decide the sourcing of waiting drafts again, in one batch.

        :param domain: which of the drafts; a warehouse chosen by hand stays
        :return: the orders looked at
        """
        waiting = self.sudo().search(
            Domain("state", "in", ("draft", "sent"))
            & Domain("hub_is_open", "=", True)
            & Domain(domain)
        )
        waiting._hub_source()
        return waiting

    # === DECIDE === #

    def _hub_source(self, fresh=False):
        """Find the warehouse of drafts that have a policy.

        :param fresh: the orders are new: nothing was decided before
        """
        drafts = self.filtered(lambda order: order.state in ("draft", "sent"))
        policies = self.env["order.hub.sourcing.policy"]._policies(drafts)
        waiting = drafts.filtered(lambda order: order.id in policies)
        if not waiting:
            return
        waiting.partner_shipping_id._hub_place()
        Decision = self.env["order.hub.decision"]
        known = {} if fresh else Decision._in_force(waiting, ["sourcing"])
        open_orders = waiting - waiting._hub_sourced_by_hand(known)
        needs = self.env["order.hub.sourcing"]._needs(open_orders)
        wanting = open_orders.filtered(lambda order: order.id in needs)
        placed = wanting._hub_source_placed(policies)
        plans, grounds = self.env["order.hub.sourcing"]._plans(placed, policies, needs)
        placed._hub_source_apply(plans)
        rows = placed._hub_sourcing_rows(plans, grounds)
        rows += (wanting - placed)._hub_unplaced_rows()
        Decision.sudo()._record(rows, fresh)

    def _hub_sourced_by_hand(self, known):
        """Return the orders whose warehouse a person chose, and keep that on record.

        A warehouse that is neither what the policy had decided nor what Odoo proposes
        for the salesperson was chosen by somebody.
        """
        decided, noticed, standard = self.browse(), self.browse(), {}
        for order in self:
            decision = known.get((order.id, "sourcing"))
            value = decision and decision.value or {}
            if decision and decision.source == "person":
                decided |= order
            elif order.warehouse_id.id != value.get("warehouse_id"):
                key = order.user_id, order.company_id
                if key not in standard:
                    standard[key] = order._hub_standard_warehouse()
                if order.warehouse_id != standard[key]:
                    noticed |= order
        noticed._hub_note_sourcing(self.env._("Chosen when the order was entered."))
        return decided | noticed

    def _hub_standard_warehouse(self):
        """Return the warehouse that Odoo proposes for the salesperson."""
        self.ensure_one()
        defaults = self.env["ir.default"].with_company(self.company_id)
        chosen = defaults._get_model_defaults("sale.order").get("warehouse_id")
        if chosen:
            return self.env["stock.warehouse"].browse(chosen)
        user = self.user_id.with_company(self.company_id)
        return user._get_default_warehouse_id()

    def _hub_source_placed(self, policies):
        """Return the orders whose address is known; the others get an exception."""
        placed = self.filtered(
            lambda order: order.partner_shipping_id._hub_point(
                policies[order.id].accepts_state
            )
        )
        placed._hub_settle("place")
        lost = {order: order._hub_lost_note() for order in self - placed}
        if lost:
            self.env["order.hub.exception"]._note("place", lost)
        return placed

    def _hub_lost_note(self):
        self.ensure_one()
        partner = self.partner_shipping_id
        return (
            self.env._("Address cannot be placed"),
            self.env._(
                "%(partner)s: %(why)s. Complete city and province of the address, or "
                "add the place under Configuration › Places. Until then the order "
                "stays with %(warehouse)s.",
                partner=partner.display_name,
                why=partner._hub_precision_text(),
                warehouse=self.warehouse_id.name,
            ),
        )

    # === MAKE TRUE === #

    def _hub_source_apply(self, plans):
        """Write warehouse and ready dates where they differ; nothing else changes."""
        now = fields.Datetime.now()
        orders, lines = {}, {}
        for order in self:
            plan = plans[order.id]
            if not plan.warehouse:
                continue
            if order.warehouse_id.id != plan.warehouse:
                orders[order.id] = {"warehouse_id": plan.warehouse}
            for line in order.order_line:
                values = line._hub_planned(plan, now)
                if values:
                    lines[line.id] = values
        Writer = self.env["order.hub.writer"]
        Writer._update(self, orders)
        Writer._update(self.order_line, lines)

    def _hub_sourcing_rows(self, plans, grounds):
        """Return the decisions with every candidate and figure."""
        return [
            {
                "order": order,
                "kind": "sourcing",
                "source": "policy",
                "value": self._hub_plan_value(plans[order.id]),
                "figures": {
                    **grounds[order.id],
                    "candidates": self._hub_candidates(plans[order.id]),
                },
            }
            for order in self
        ]

    def _hub_plan_value(self, plan):
        """Return a plan as it is kept: what JSON can carry, the same for the same."""
        split = len(set(plan.lines.values())) > 1
        return {
            "warehouse_id": plan.warehouse,
            "tier": plan.tier,
            "is_far": plan.is_far,
            "merged": plan.merged,
            "days": plan.days(),
            "lines": sorted(map(list, plan.lines.items())) if split else [],
            "takes": [[*key, quantity] for key, quantity in sorted(plan.takes.items())],
            "transfers": [
                [t.product, t.quantity, t.source, t.target, t.km, t.days]
                for t in plan.transfers
            ],
            "supplies": [
                [s.product, s.quantity, s.warehouse, s.kind, s.days]
                for s in plan.supplies
            ],
        }

    def _hub_candidates(self, plan):
        return [
            {
                "warehouse_id": found.warehouse,
                "name": found.name,
                "km": found.km,
                "precision": found.precision,
                "stock": found.stock,
                "coverage": found.coverage,
                "load": found.load,
                "cost": found.cost,
                "freshness": found.age,
                "score": found.score,
                "excluded": found.excluded,
            }
            for found in plan.verdicts
        ]

    def _hub_unplaced_rows(self):
        return [
            {
                "order": order,
                "kind": "sourcing",
                "source": "default",
                "value": {
                    "warehouse_id": order.warehouse_id.id,
                    "unplaced": order.partner_shipping_id.hub_precision,
                },
            }
            for order in self
        ]

    # === BY HAND === #

    def write(self, vals):
        result = super().write(vals)
        chosen = vals.get("warehouse_id")
        if chosen and self.env.context.get("order_hub_routing") is not INTERNAL:
            reason = (self.env.context.get("order_hub_reason") or "").strip()
            drafts = self.sudo().filtered(lambda o: o.state in ("draft", "sent"))
            policies = self.env["order.hub.sourcing.policy"]._policies(drafts)
            drafts.filtered(lambda order: order.id in policies)._hub_note_sourcing(
                reason or self.env._("Chosen on the order.")
            )
        return result

    def _hub_note_sourcing(self, reason):
        """Keep it as a person's decision that the orders ship from where they do.

        What the policy had planned for the lines goes: from here on a person knows.
        """
        if not self:
            return
        self._hub_forget_plan()
        self.env["order.hub.decision"].sudo()._record(
            [
                {
                    "order": order,
                    "kind": "sourcing",
                    "source": "person",
                    "value": {"warehouse_id": order.warehouse_id.id},
                    "reason": reason[:500],
                }
                for order in self
            ]
        )

    def _hub_overrule_sourcing(self, value):
        result = super()._hub_overrule_sourcing(value)
        self._hub_forget_plan()
        return result

    def _hub_forget_plan(self):
        """Take warehouse and ready date of a plan off the lines."""
        planned = self.order_line.filtered(
            lambda line: line.hub_warehouse_id or line.hub_ready_date
        )
        empty = {"hub_warehouse_id": None, "hub_ready_date": None}
        self.env["order.hub.writer"]._update(
            planned, {line.id: dict(empty) for line in planned}
        )
