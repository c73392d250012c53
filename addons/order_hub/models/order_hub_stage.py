from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..const import EVIDENCE_KINDS, FINAL_MILESTONES, MILESTONES, TRIGGERS


class OrderHubStage(models.Model):
    """One state of an order in its flow."""

    _name = "order.hub.stage"
    _inherit = ["order.hub.plan"]
    _description = "Order Stage"
    _order = "flow_id, sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    flow_id = fields.Many2one(
        "order.hub.flow", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="flow_id.company_id", store=True)
    milestone = fields.Selection(MILESTONES, required=True, default="received")
    fold = fields.Boolean("Folded", help="Folded on the board.")
    description = fields.Text(translate=True, help="What is done in this stage.")

    owner_type = fields.Selection(
        [
            ("keep", "Whoever has it"),
            ("salesperson", "The salesperson"),
            ("user", "A fixed person"),
        ],
        "Who Has It",
        required=True,
        default="keep",
    )
    owner_id = fields.Many2one("res.users", "Person", check_company=True)
    group_ids = fields.Many2many(
        "res.groups",
        string="Entered by",
        help="Roles that may move an order into this stage. Empty: everybody in the "
        "company who sees the order.",
    )
    time_limit = fields.Float(
        "Time Limit (h)", help="Hours an order may stay here. 0: no limit."
    )
    trigger = fields.Selection(
        TRIGGERS,
        "Entered When",
        help="An Odoo document that carries the order into this stage by itself.",
    )
    is_public = fields.Boolean("Shown to Customers", default=True)
    public_name = fields.Char(
        translate=True, help="The stage in the customer's words; empty: its name."
    )

    needs_photo = fields.Boolean("Photo")
    needs_note = fields.Boolean("Note")
    needs_signature = fields.Boolean("Signature")
    needs_file = fields.Boolean("File")

    gate_ids = fields.One2many("order.hub.gate", "stage_id", "Gates", copy=True)
    action_ids = fields.One2many(
        "order.hub.stage.action", "stage_id", "Actions", copy=True
    )
    is_final = fields.Boolean(compute="_compute_is_final")

    _time_limit_positive = models.Constraint(
        "CHECK(time_limit >= 0)", "A time limit cannot be negative."
    )

    @api.depends("milestone")
    def _compute_is_final(self):
        for stage in self:
            stage.is_final = stage.milestone in FINAL_MILESTONES

    @api.depends("name", "flow_id.name")
    @api.depends_context("order_hub_show_flow")
    def _compute_display_name(self):
        show_flow = self.env.context.get("order_hub_show_flow")
        for stage in self:
            stage.display_name = (
                f"{stage.flow_id.name}: {stage.name}" if show_flow else stage.name
            )

    def write(self, vals):
        if vals.get("active") is False or "flow_id" in vals:
            self._check_no_order_inside()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_known_to_history(self):
        known = self.env["order.hub.stage.event"].sudo()
        if known.search_count([("stage_id", "in", self.ids)], limit=1):
            raise UserError(
                self.env._(
                    "The history of orders names stage %s. Archive it instead.",
                    self[0].name,
                )
            )

    def _check_no_order_inside(self):
        Order = self.env["sale.order"].sudo()
        for stage, count in Order._read_group(
            [("hub_stage_id", "in", self.ids)], ["hub_stage_id"], ["__count"]
        ):
            raise UserError(
                self.env._(
                    "%(count)s orders are in stage %(stage)s. Move them on first.",
                    count=count,
                    stage=stage.name,
                )
            )

    # === WHAT ENTERING NEEDS === #

    def _carried_by(self):
        """Return the fact that carries an order in here, or ``None``.

        A stage whose entry confirms the sale is entered by confirming it, too.
        """
        self.ensure_one()
        if not self.trigger and "confirm_sale" in self.action_ids.mapped("kind"):
            return "sale_confirmed"
        return self.trigger or None

    def _evidence_kinds(self):
        """Return the set of evidence kinds that entering this stage wants."""
        self.ensure_one()
        return {kind for kind, _label in EVIDENCE_KINDS if self[f"needs_{kind}"]}

    def _may_be_entered_by(self, user):
        """Tell whether the role of a user allows to move orders in here."""
        self.ensure_one()
        if user.has_group("order_hub.order_hub_group_manager"):
            return True
        groups = self.sudo().group_ids
        if not groups:
            return user._is_internal()
        return bool(groups & user.all_group_ids)

    def _deadline_from(self, moment):
        """Return when an order that entered at ``moment`` (UTC) is overdue here."""
        self.ensure_one()
        return self.time_limit and moment + timedelta(hours=self.time_limit)

    def _owner_for(self, order):
        """Return the user who has the order in this stage."""
        self.ensure_one()
        if self.owner_type == "user" and self.owner_id:
            return self.owner_id
        if self.owner_type == "salesperson":
            return order.user_id
        return order.hub_owner_id or order.user_id

    def _public_label(self):
        self.ensure_one()
        return self.public_name or self.name
