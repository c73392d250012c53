from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError

from ..const import CHANGE_KINDS, MILESTONES
from ..engine.change import STANDARD, Rule

#: Milestones that an order can still be changed in.
CHANGEABLE = [pair for pair in MILESTONES if pair[0] not in ("closed", "cancelled")]


class OrderHubChangeRule(models.Model):
    """What may be changed on an order until when, and who has to agree."""

    _name = "order.hub.change.rule"
    _description = "Change Rule"
    _order = "company_id, kind, id"

    kind = fields.Selection(CHANGE_KINDS, required=True)
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    active = fields.Boolean(default=True)
    last_milestone = fields.Selection(
        CHANGEABLE,
        "Possible Until",
        required=True,
        default="scheduled",
        help="The last milestone in which an order can be changed this way.",
    )
    stage_ids = fields.Many2many(
        "order.hub.stage",
        "order_hub_change_rule_stage_rel",
        "rule_id",
        "stage_id",
        "Closed From",
        help="From these stages of their flows on the change is not possible any "
        "more, whatever the milestone.",
    )
    cut_off = fields.Float(
        "Carrier Cut-off",
        default=12.0,
        help="Hour of the day, in the warehouse's time zone, at which the carrier "
        "takes what leaves that day. A delivery method with its own hour goes first.",
    )
    customer_accepts = fields.Selection(
        [
            ("worse", "When it gets dearer or later"),
            ("always", "Always"),
            ("never", "Never"),
        ],
        "Customer Agrees",
        required=True,
        default="worse",
    )
    salesperson_accepts = fields.Selection(
        [
            ("warning", "When a check warns"),
            ("always", "Always"),
            ("never", "Never"),
        ],
        "Salesperson Agrees",
        required=True,
        default="warning",
        help="Of what a customer or another system asks for; what a salesperson "
        "enters has the salesperson's yes.",
    )
    supervisor_above = fields.Monetary(
        "Supervisor Agrees Above",
        default=5000.0,
        help="Difference of the order's total, either way, above which a supervisor "
        "has to agree. 0: always.",
    )
    closes_by_itself = fields.Boolean(
        help="Carried out at once when every check is green and nobody has to agree."
    )
    from_portal = fields.Boolean(
        "Customers May Ask", default=True, help="Offered on the customer's page."
    )

    _kind_uniq = models.UniqueIndex(
        "(company_id, kind) WHERE active IS TRUE",
        "There is a rule for this kind of change already. Change that one.",
    )

    @api.constrains("cut_off", "supervisor_above")
    def _check_figures(self):
        for rule in self:
            if not 0.0 <= rule.cut_off <= 24.0:
                raise ValidationError(
                    self.env._("The carrier's cut-off is an hour between 0 and 24.")
                )
            if rule.supervisor_above < 0.0:
                raise ValidationError(
                    self.env._("The difference cannot be below zero. 0 means always.")
                )

    @api.depends("kind")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for rule in self:
            rule.display_name = kinds.get(rule.kind, "")

    # === FOR THE ENGINE === #

    @api.model_create_multi
    def create(self, vals_list):
        self.env.registry.clear_cache()
        return super().create(vals_list)

    def write(self, vals):
        self.env.registry.clear_cache()
        return super().write(vals)

    def unlink(self):
        self.env.registry.clear_cache()
        return super().unlink()

    @api.model
    @tools.ormcache("company_id", "kind")
    def _rule_for(self, company_id, kind):
        """Return the ``engine.change.Rule`` of a company: its own or the standard."""
        found = self.sudo().search(
            [("company_id", "=", company_id), ("kind", "=", kind)], limit=1
        )
        return found._as_engine_rule() if found else STANDARD[kind]

    def _as_engine_rule(self):
        self.ensure_one()
        return Rule(
            last_milestone=self.last_milestone,
            closed_stages=frozenset(self.stage_ids.ids),
            cut_off=self.cut_off,
            customer_accepts=self.customer_accepts,
            salesperson_accepts=self.salesperson_accepts,
            supervisor_above=self.supervisor_above,
            closes_by_itself=self.closes_by_itself,
            from_portal=self.from_portal,
        )
