from odoo import api, fields, models
from odoo.exceptions import UserError

from ..engine import approval as engine
from .sale_order import INSIDE

#: Where an order stands with its approval.
APPROVAL_STATES = [
    ("waiting", "Waiting for Approval"),
    ("approved", "Approved"),
    ("rejected", "Rejected"),
    ("free", "No Approval Needed"),
]


class SaleOrder(models.Model):
    """Approvals: the columns of an order, and what it needs."""

    _inherit = "sale.order"

    hub_approval_ids = fields.One2many(
        "order.hub.approval", "order_id", "Approvals", readonly=True, groups=INSIDE
    )
    hub_approval_id = fields.Many2one(
        "order.hub.approval",
        "Current Approval",
        copy=False,
        readonly=True,
        ondelete="set null",
        groups=INSIDE,
    )
    hub_approval_state = fields.Selection(
        APPROVAL_STATES, "Approval", copy=False, readonly=True, groups=INSIDE
    )
    hub_approval_up_to = fields.Float(
        "Shorter Approval Up To",
        copy=False,
        readonly=True,
        help="A rule's shorter way holds up to the amount that it was decided on, in "
        "company currency.",
        groups=INSIDE,
    )
    hub_confirm_wanted = fields.Boolean(
        "Confirm When Approved",
        copy=False,
        help="The order is confirmed by itself with the last approval, if nothing "
        "else stands against it.",
        groups=INSIDE,
    )

    @api.model
    def _hub_protected_fields(self):
        return super()._hub_protected_fields() | {
            "hub_approval_ids",
            "hub_approval_id",
            "hub_approval_state",
            "hub_approval_up_to",
        }

    # === WHAT IT NEEDS === #

    def _hub_under_approval(self):
        """Return the orders whose company has approvals; asks no database."""
        plans = self.env["order.hub.approval.policy"]._plans()
        return self.filtered(lambda o: o.company_id.id in plans) if plans else self[:0]

    def _hub_approval_policy(self):
        """Return the ``engine.approval.Policy`` of the order's type, or ``None``."""
        self.ensure_one()
        plans = self.env["order.hub.approval.policy"]._plans()
        found = plans.get(self.company_id.id, ())
        return engine.choose(found, self.hub_order_type_id.id)

    def _hub_approval_amount(self):
        """Return the total with taxes in company currency, rounded as it is shown."""
        self.ensure_one()
        return self.company_id.currency_id.round(self._hub_company_total())

    def _hub_need(self):
        """Return the ``engine.approval.Need`` of the order as it is now."""
        self.ensure_one()
        path = engine.Path(
            self.hub_approval_path or "full",
            self.hub_approver_id.id or None,
            self.hub_approval_up_to,
        )
        policy = self._hub_approval_policy()
        return engine.needed(policy, self._hub_approval_amount(), path)

    def _hub_approval_figures(self):
        """Return what a decision about approval is taken on, as JSON."""
        self.ensure_one()
        policy, need = self._hub_approval_policy(), self._hub_need()
        Level = self.env["order.hub.approval.level"].sudo()
        short = self.hub_approval_path in ("none", "short")
        return {
            "amount": self._hub_approval_amount(),
            "currency": self.company_id.currency_id.id,
            "type": self.hub_order_type_id.id,
            "policy": need.policy,
            "levels": [
                {
                    "id": level.id,
                    "name": Level.browse(level.id).name,
                    "from": level.amount_from,
                }
                for level in (policy.levels if policy else ())
            ],
            "needed": list(need.keys),
            "up_to": self.hub_approval_up_to if short and need.path == "full" else None,
        }

    def _hub_approval_value(self, need):
        """Return what was decided about approval, as JSON."""
        kinds = [key.partition(":")[::2] for key in need.keys]
        levels = [int(id_) for kind, id_ in kinds if kind == "level"]
        return {"path": need.path, "approver": None, "levels": levels}

    # === DELETE === #

    @api.ondelete(at_uninstall=False)
    def _unlink_except_decided(self):
        decided = (
            self.env["order.hub.approval.decision"]
            .sudo()
            .search([("order_id", "in", self.ids)], limit=1)
        )
        if decided:
            raise UserError(
                self.env._(
                    "Order %s has been approved or rejected and cannot be deleted. "
                    "Cancel it instead.",
                    decided.order_id.name,
                )
            )

    def unlink(self):
        self.sudo().hub_approval_ids._todos().unlink()
        return super().unlink()
