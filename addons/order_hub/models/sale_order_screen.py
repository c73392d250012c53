from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_datetime
from odoo.tools.i18n import format_list

from ..engine import flow as flow_engine
from ..engine.reference import normalise
from .sale_order import INSIDE


class SaleOrder(models.Model):
    """What people see of an order and the buttons they press."""

    _inherit = "sale.order"

    # The warehouse opens orders too: how many invoices there are is no secret, and
    # counting them must not need the right to read journal items.
    invoice_count = fields.Integer(compute_sudo=True)
    invoice_ids = fields.Many2many(compute_sudo=True)

    hub_next_stage_id = fields.Many2one(
        "order.hub.stage",
        "Next Step",
        compute="_compute_hub_next_stage_id",
        groups=INSIDE,
    )
    hub_days_left = fields.Integer(
        "Days Left", compute="_compute_hub_days_left", help="Until the promised date."
    )
    hub_hours_left = fields.Float(
        "Hours Left",
        compute="_compute_hub_hours_left",
        search="_search_hub_hours_left",
        help="Until the promised date; for conditions such as: at most 4.",
    )
    hub_hours_in_stage = fields.Float(
        "Hours in Stage", compute="_compute_hub_hours_in_stage", groups=INSIDE
    )
    hub_is_overdue = fields.Boolean(
        "Over Its Time",
        compute="_compute_hub_hours_in_stage",
        search="_search_hub_is_overdue",
        help="Longer in its stage than the stage allows.",
        groups=INSIDE,
    )
    hub_hold_text = fields.Char(
        "Problems", compute="_compute_hub_hold_text", groups=INSIDE, compute_sudo=True
    )
    hub_change_reason = fields.Char(
        "Reason for Change",
        compute="_compute_hub_change_reason",
        inverse="_inverse_hub_change_reason",
        help="Kept with every change that is saved together with it.",
        groups=INSIDE,
    )
    hub_change_voucher = fields.Char(
        "Voucher",
        compute="_compute_hub_change_reason",
        inverse="_inverse_hub_change_reason",
        help="The paper or message that asked for the change.",
        groups=INSIDE,
    )

    @api.depends("hub_stage_id", "hub_flow_id")
    def _compute_hub_next_stage_id(self):
        for order in self:
            flow = order.hub_flow_id.sudo()
            next_id = flow and flow_engine.following(
                flow._steps(), order.hub_stage_id.id or None
            )
            is_open = next_id and order.hub_is_open
            order.hub_next_stage_id = next_id if is_open else False

    @api.depends("hub_promised_date")
    def _compute_hub_days_left(self):
        today = fields.Date.context_today(self)
        for order in self:
            promised = order.hub_promised_date
            local = promised and fields.Datetime.context_timestamp(order, promised)
            order.hub_days_left = (local.date() - today).days if local else 0

    @api.depends("hub_promised_date")
    def _compute_hub_hours_left(self):
        now = fields.Datetime.now()
        for order in self:
            promised = order.hub_promised_date
            left = promised and (promised - now).total_seconds() / 3600
            order.hub_hours_left = left or 0.0

    @api.model
    def _search_hub_hours_left(self, operator, value):
        if operator not in ("<", "<=", ">", ">="):
            return NotImplemented
        moment = fields.Datetime.now() + timedelta(hours=value)
        return [("hub_promised_date", operator, moment)]

    @api.depends("hub_stage_since", "hub_stage_deadline")
    def _compute_hub_hours_in_stage(self):
        now = fields.Datetime.now()
        for order in self:
            hours = order._hub_hours_in_stage(now) if order.hub_is_open else 0.0
            deadline = order.hub_stage_deadline
            order.hub_hours_in_stage = hours
            order.hub_is_overdue = bool(
                order.hub_is_open and deadline and deadline < now
            )

    @api.model
    def _search_hub_is_overdue(self, operator, value):
        if operator != "in":
            return NotImplemented
        return [
            ("hub_is_open", "=", True),
            ("hub_stage_deadline", "<", fields.Datetime.now()),
        ]

    @api.depends("hub_hold_count")
    def _compute_hub_hold_text(self):
        holds = self.filtered("hub_hold_count").hub_exception_ids
        by_order = holds.filtered(lambda h: h.state == "open").grouped("order_id")
        for order in self:
            names = by_order.get(order, holds.browse()).mapped("display_name")
            order.hub_hold_text = format_list(self.env, names)

    def _compute_hub_change_reason(self):
        self.hub_change_reason = self.hub_change_voucher = False

    def _inverse_hub_change_reason(self):
        """Nothing to store: ``write`` puts reason and voucher on the changes."""

    # === BUTTONS === #

    def action_hub_next(self):
        """Hand the order over to its next stage, asking for what is wanted there."""
        self.ensure_one()
        stage = self.hub_next_stage_id
        paths = {self.id: stage}
        check = self.sudo()._hub_examine(paths, "user")[self.id][0] if stage else None
        if check and not check.blocked and not check.warnings and not self.hub_is_held:
            self._hub_request_stage(stage)
            return True
        return self._hub_open_handover(stage)

    def action_hub_move(self):
        """Open the hand-over with a free choice of the stage."""
        self.ensure_one()
        return self._hub_open_handover(self.hub_next_stage_id)

    def _hub_open_handover(self, stage):
        return {
            "name": self.env._("Hand over %s", self.name),
            "type": "ir.actions.act_window",
            "res_model": "order.hub.handover",
            "view_mode": "form",
            "target": "new",
            "context": {"default_order_id": self.id, "default_stage_id": stage.id},
        }

    def action_hub_view_exceptions(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "order_hub.order_hub_exception_action"
        )
        return {
            **action,
            "domain": [("order_id", "=", self.id)],
            "context": {"default_order_id": self.id},
        }

    # === SCAN === #

    @api.model
    def hub_scan(self, code):
        """Find the order behind a scanned or typed code.

        :param str code: a hub reference, or an address that ends in one
        :return: what :meth:`hub_step` returns, or ``{"error": sentence}``
        """
        self._hub_check_inside()
        text = str(code or "").strip()[:500]
        ref = normalise(text.split("?")[0].rstrip("/").rsplit("/", 1)[-1])
        if not ref:
            return {"error": self.env._("“%s” is no hub reference.", text[:60])}
        order = self.search([("hub_ref", "=", ref)], limit=1)
        if not order:
            return {"error": self.env._("No order of yours has the number %s.", ref)}
        return order.hub_step()

    def hub_step(self):
        """Say where an order stands and what the caller's role can do now.

        :return: dict: order (id, name, ref, customer, promised), stage, holds,
            step (id, name, evidence kinds wanted, reasons it is blocked, warnings,
            allowed) or ``None`` at the end of the flow, lines (product, quantity,
            unit)
        """
        self.ensure_one()
        self._hub_check_inside()
        self.check_access("read")
        order = self.sudo()
        return {
            "order": {
                "id": order.id,
                "name": order.name,
                "ref": order.hub_ref,
                "customer": order.partner_id.display_name,
                "promised": order.hub_promised_date
                and format_datetime(
                    self.env, order.hub_promised_date, dt_format="short"
                ),
                "days_left": self.hub_days_left,
                "type": order.hub_order_type_id.name or "",
            },
            "stage": order.hub_stage_id.name or "",
            "held": order.hub_is_held,
            "holds": [h.name for h in order.hub_exception_ids if h.state == "open"],
            "lines": order._hub_step_lines(),
            "step": order._hub_step_next(),
        }

    def _hub_step_lines(self):
        return [
            {
                "product": line.product_id.name or line.name,
                "code": line.product_id.default_code or "",
                "quantity": line.product_uom_qty,
                "unit": line.product_uom_id.name or "",
            }
            for line in self.order_line
            if not line.display_type
        ]

    def _hub_step_next(self):
        stage = self.hub_next_stage_id
        if not stage:
            return None
        path = self._hub_path(self, stage)
        checks = self._hub_examine({self.id: path}, "scan")[self.id]
        Gate = self.env["order.hub.gate"].sudo()
        return {
            "id": stage.id,
            "name": stage.name,
            "description": stage.description or "",
            "wanted": sorted({kind for check in checks for kind in check.missing}),
            "allowed": not any(check.forbidden for check in checks),
            "forbidden": next(
                (self._hub_forbidden_message(c) for c in checks if c.forbidden), ""
            ),
            "reasons": [
                Gate.browse(result.gate_id)._explain(result, self.currency_id)
                for check in checks
                for result in check.results
                if result.blocks
            ],
            "warnings": [
                Gate.browse(result.gate_id)._explain(result, self.currency_id)
                for check in checks
                for result in check.warnings
            ],
        }

    def hub_do_step(self, stage_id, evidence=None, note=None):
        """Hand over to a stage with evidence; the scanning screen's one button.

        :param int stage_id: the stage to enter
        :param list evidence: ``[{"kind", "content" (base64), "filename",
            "is_public", "note", "signed_by"}]``
        :param str note: free text for the history
        :raise UserError: when a gate blocks; nothing is kept then
        :return: what :meth:`hub_step` returns afterwards
        """
        self.ensure_one()
        self._hub_check_inside()
        self.check_access("read")
        known = stage_id if isinstance(stage_id, int) else []
        stage = self.env["order.hub.stage"].browse(known).exists()
        self._hub_check_same_flow(stage)
        if stage == self.hub_stage_id:
            return self.hub_step()
        self._hub_check_still_ahead(stage)
        self._hub_check_may_enter(stage, "scan")
        self.env["order.hub.evidence"]._add(self, stage, evidence or [])
        self._hub_request_stage(stage, source="scan", note=note)
        return self.hub_step()

    def _hub_check_still_ahead(self, stage):
        """Refuse the tap on a screen that is older than the order's last move."""
        order = self.sudo()
        if not order._hub_goes_forward(order._hub_path(order, stage)):
            raise UserError(
                self.env._(
                    "Order %(order)s is in stage “%(stage)s” by now. Look again "
                    "before you go on.",
                    order=order.name,
                    stage=order.hub_stage_id.name,
                )
            )

    def _hub_check_inside(self):
        """Refuse portal users, who may read their own orders, the inside view."""
        if not self.env.user.has_group("order_hub.order_hub_group_user"):
            raise AccessError(
                self.env._("This is for the people who work with the order hub.")
            )
