from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import ormcache

from ..engine.flow import Choice, Step


class OrderHubFlow(models.Model):
    """An ordered set of stages for some order types."""

    _name = "order.hub.flow"
    _description = "Order Flow"
    _inherit = ["mail.thread", "order.hub.plan"]
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True, tracking=True)
    description = fields.Text(translate=True)
    sequence = fields.Integer(
        default=10, help="Of several flows that fit an order the first one wins."
    )
    active = fields.Boolean(default=True, tracking=True)
    company_id = fields.Many2one("res.company", default=lambda self: self.env.company)
    order_type_ids = fields.Many2many(
        "order.hub.order.type",
        "order_hub_flow_order_type_rel",
        "flow_id",
        "order_type_id",
        "Order Types",
        check_company=True,
        help="Empty: any type.",
    )
    stage_ids = fields.One2many("order.hub.stage", "flow_id", "Stages", copy=True)
    is_pilot = fields.Boolean(
        "Pilot",
        tracking=True,
        help="Only orders of the chosen teams, salespeople or customers take it.",
    )
    pilot_team_ids = fields.Many2many("crm.team", string="Pilot Teams")
    pilot_user_ids = fields.Many2many("res.users", string="Pilot Salespeople")
    pilot_partner_ids = fields.Many2many("res.partner", string="Pilot Customers")
    order_count = fields.Integer("Orders in Flight", compute="_compute_order_count")

    def _compute_order_count(self):
        counts = dict(
            self.env["sale.order"]._read_group(
                [("hub_flow_id", "in", self.ids), ("hub_is_open", "=", True)],
                ["hub_flow_id"],
                ["__count"],
            )
        )
        for flow in self:
            flow.order_count = counts.get(flow, 0)

    def copy_data(self, default=None):
        vals_list = super().copy_data(default)
        if "name" not in (default or {}):
            for flow, vals in zip(self, vals_list, strict=True):
                vals["name"] = self.env._("%s (copy)", flow.name)
        return vals_list

    @api.ondelete(at_uninstall=False)
    def _unlink_except_in_use(self):
        used = self.filtered("order_count")
        if used:
            raise UserError(
                self.env._(
                    "Orders are in flow %(flow)s. Archive it instead: its orders "
                    "finish in it and no new one takes it.",
                    flow=used[0].name,
                )
            )

    # === CHOICE === #

    @ormcache("company_id")
    def _choices(self, company_id):
        """Return the flows of a company that have stages, pilots first.

        :return: tuple of ``engine.flow.Choice``
        """
        flows = self.sudo().search([("company_id", "in", (False, company_id))])
        return tuple(
            Choice(
                flow.id,
                frozenset(flow.order_type_ids.ids),
                flow.is_pilot,
                frozenset(flow.pilot_team_ids.ids),
                frozenset(flow.pilot_user_ids.ids),
                frozenset(flow.pilot_partner_ids.ids),
            )
            for flow in flows.filtered("stage_ids").sorted(lambda f: not f.is_pilot)
        )

    @api.model
    def _choose_for(self, order, order_type):
        """Return the first flow that takes an order of a type (sudo), or none."""
        partners = (order.partner_id | order.partner_id.commercial_partner_id).ids
        for choice in self._choices(order.company_id.id):
            if choice.takes(
                order_type.id, order.team_id.id, order.user_id.id, partners
            ):
                return self.sudo().browse(choice.id)
        return self.browse()

    # === STAGES === #

    def _stages(self):
        """Return the live stages in their order of now."""
        return self.stage_ids.sorted(lambda stage: (stage.sequence, stage.id))

    def _first_stage(self):
        """Return the stage in which orders enter the flow (sudo), or none."""
        steps = self._steps() if self else ()
        return self.env["order.hub.stage"].sudo().browse(steps[0].id if steps else [])

    @ormcache("self.id")
    def _steps(self):
        """Return the live stages in order, as a tuple of ``engine.flow.Step``."""
        return tuple(
            Step(stage.id, stage._carried_by(), stage.milestone == "cancelled")
            for stage in self.sudo()._stages()
        )

    def action_view_orders(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "order_hub.sale_order_action_board"
        )
        return {
            **action,
            "domain": [("hub_flow_id", "=", self.id)],
            "context": {"order_hub_flow_id": self.id},
        }
