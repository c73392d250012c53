from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..const import INTERNAL, MILESTONES, Checked, Touched
from ..engine.reference import new_reference

#: Columns that only the hub writes, through ``order.hub.writer``.
PROTECTED_FIELDS = frozenset(
    {
        "hub_ref",
        "hub_flow_id",
        "hub_type_user_id",
        "hub_milestone",
        "hub_stage_since",
        "hub_stage_deadline",
        "hub_is_open",
        "hub_is_prepaid",
        "hub_promised_date",
        "hub_hold_count",
        "hub_is_held",
        "hub_trouble",
    }
)
#: Changes after which the type, and with it the flow, is looked at again.
TYPE_FIELDS = frozenset(
    {
        "commitment_date",
        "hub_amount_prepaid",
        "hub_order_type_id",
        "order_line",
        "partner_id",
        "team_id",
        "user_id",
        "hub_channel_id",
        "note",
        "partner_shipping_id",
    }
)
#: What the customer and the company agree on: whoever approved or checked an order
#: did so for these.
CONTENT_FIELDS = frozenset(
    {
        "partner_id",
        "partner_invoice_id",
        "partner_shipping_id",
        "order_line",
        "commitment_date",
        "payment_term_id",
        "pricelist_id",
        "currency_id",
        "company_id",
        "fiscal_position_id",
    }
)
#: Customers read their own orders in the portal; what is the company's own
#: business is for its people.
INSIDE = "base.group_user"


class SaleOrder(models.Model):
    """An order in the hub: a sale order that knows its flow and its stage.

    The methods of the hub are grouped by what they are about: here the columns
    and how an order gets its type and flow; ``sale_order_move`` the hand-overs;
    ``sale_order_facts`` what native documents say; ``sale_order_history`` the
    change log; ``sale_order_screen`` what people see.
    """

    _inherit = "sale.order"

    hub_ref = fields.Char(
        "Hub Reference", copy=False, readonly=True, help="The ID on every paper."
    )
    hub_order_type_id = fields.Many2one(
        "order.hub.order.type",
        "Order Type",
        copy=False,
        check_company=True,
        index="btree_not_null",
        groups=INSIDE,
    )
    hub_is_type_manual = fields.Boolean(
        "Type Chosen by Hand",
        copy=False,
        help="The hub leaves this type alone.",
        groups=INSIDE,
    )
    hub_type_user_id = fields.Many2one(
        "res.users",
        "Type Chosen By",
        copy=False,
        readonly=True,
        help="Rules leave out approvals for a type only if it was found by its "
        "condition or chosen by a supervisor.",
        groups=INSIDE,
    )
    hub_flow_id = fields.Many2one(
        "order.hub.flow",
        "Flow",
        copy=False,
        readonly=True,
        ondelete="restrict",
        groups=INSIDE,
    )
    hub_stage_id = fields.Many2one(
        "order.hub.stage",
        "Stage",
        copy=False,
        ondelete="restrict",
        domain="[('flow_id', '=', hub_flow_id)]",
        group_expand="_group_expand_hub_stages",
        help="Writing a stage asks for a hand-over: the gates of the stage decide.",
        groups=INSIDE,
    )
    hub_milestone = fields.Selection(
        MILESTONES, "Milestone", copy=False, readonly=True, group_expand=True
    )
    hub_stage_since = fields.Datetime(
        "In Stage Since", copy=False, readonly=True, groups=INSIDE
    )
    hub_stage_deadline = fields.Datetime(
        "Stage Due", copy=False, readonly=True, groups=INSIDE
    )
    hub_is_open = fields.Boolean("In Flight", copy=False, readonly=True, groups=INSIDE)
    hub_owner_id = fields.Many2one(
        "res.users", "Who Has It", copy=False, index="btree_not_null", groups=INSIDE
    )
    hub_channel_id = fields.Many2one(
        "order.hub.channel", "Channel", copy=False, check_company=True, groups=INSIDE
    )
    hub_external_ref = fields.Char(
        "External Number",
        copy=False,
        help="The order number in the channel.",
        groups=INSIDE,
    )
    hub_amount_prepaid = fields.Monetary(
        "Prepaid",
        copy=False,
        help="What the channel or the bank says has been paid.",
        groups=INSIDE,
    )
    hub_is_prepaid = fields.Boolean(
        "Paid in Full",
        compute="_compute_hub_is_prepaid",
        store=True,
        help="Paid before delivery, as the channel or a payment provider says.",
        groups=INSIDE,
    )
    hub_promised_date = fields.Datetime(
        "Promised",
        compute="_compute_hub_promised_date",
        store=True,
        help="The delivery date the customer was told: the one agreed on, else the "
        "one expected when the order was confirmed.",
    )
    hub_hold_count = fields.Integer(
        "Open Problems", copy=False, readonly=True, groups=INSIDE
    )
    hub_is_held = fields.Boolean("On Hold", copy=False, readonly=True, groups=INSIDE)

    hub_trouble = fields.Selection(
        [("none", "No problem"), ("problem", "Open problem"), ("held", "On hold")],
        "Trouble",
        default="none",
        copy=False,
        readonly=True,
        groups=INSIDE,
    )
    hub_event_ids = fields.One2many(
        "order.hub.stage.event",
        "order_id",
        "Stage Events",
        readonly=True,
        groups=INSIDE,
    )
    hub_evidence_ids = fields.One2many(
        "order.hub.evidence", "order_id", "Evidence", readonly=True, groups=INSIDE
    )
    hub_exception_ids = fields.One2many(
        "order.hub.exception", "order_id", "Exceptions", copy=False, groups=INSIDE
    )
    hub_change_ids = fields.One2many(
        "order.hub.change", "order_id", "Changes", readonly=True, groups=INSIDE
    )

    _hub_ref_uniq = models.UniqueIndex(
        "(hub_ref) WHERE hub_ref IS NOT NULL", "This hub reference is taken."
    )
    _hub_external_uniq = models.UniqueIndex(
        "(hub_channel_id, hub_external_ref) WHERE hub_external_ref IS NOT NULL",
        "The channel has sent an order with this number before.",
    )
    # The ORM asks "IS TRUE"; PostgreSQL uses a partial index only if it says so too.
    _hub_board_idx = models.Index(
        "(company_id, hub_stage_id, hub_stage_deadline) WHERE hub_is_open IS TRUE"
    )
    _hub_flow_idx = models.Index(
        "(company_id, hub_milestone, hub_flow_id) WHERE hub_is_open IS TRUE"
    )

    # === COMPUTE === #

    @api.depends("hub_amount_prepaid", "amount_total", "transaction_ids.state")
    def _compute_hub_is_prepaid(self):
        for order in self:
            short = order.amount_total - order._hub_prepaid()
            order.hub_is_prepaid = order.amount_total > 0 and (
                order.currency_id.compare_amounts(short, 0.0) <= 0
            )

    @api.depends("commitment_date", "state")
    def _compute_hub_promised_date(self):
        for order in self:
            if order.commitment_date:
                order.hub_promised_date = order.commitment_date
            elif order.state != "sale":
                order.hub_promised_date = False
            elif not order.hub_promised_date:
                order.hub_promised_date = order.expected_date

    @api.model
    def _group_expand_hub_stages(self, stages, domain):
        """Show the empty stages of the flow whose board is open.

        Across flows only stages with orders are shown: side by side, the stages
        of all flows would be a wall of empty columns.
        """
        flows = self._hub_chosen_flows(domain)
        expanded = flows.stage_ids.filtered(lambda stage: not stage.fold)
        return (stages | expanded).sorted(
            lambda stage: (stage.flow_id.sequence, stage.flow_id.id, stage.sequence)
        )

    @api.model
    def _hub_chosen_flows(self, domain):
        """Return the one flow that a domain or the context asks for, or none."""
        chosen = {self.env.context.get("order_hub_flow_id")} - {None, False}
        for condition in Domain(domain).iter_conditions():
            if condition.field_expr == "hub_flow_id" and condition.operator in (
                "=",
                "in",
            ):
                value = condition.value
                chosen |= {value} if isinstance(value, int) else set(value)
        flows = self.env["order.hub.flow"].browse(id_ for id_ in chosen if id_)
        return flows if len(flows) == 1 else flows.browse()

    @api.model
    def _hub_open_domain(self):
        """Return the domain of orders in flight."""
        return Domain("hub_is_open", "=", True)

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        prepared, targets = [], []
        for vals in vals_list:
            self._hub_check_protected(vals)
            if vals.get("hub_amount_prepaid"):
                self._hub_check_tells_payment()
            self._hub_check_owner(vals)
            vals = dict(vals, hub_ref=new_reference())
            targets.append(vals.pop("hub_stage_id", False))
            self._hub_note_type(vals)
            prepared.append(vals)
        touched = Touched()
        inside = self._hub_without_defaults().with_context(order_hub_lines=touched)
        orders = super(SaleOrder, inside).create(prepared).with_env(self.env)
        orders._hub_begin()
        orders._hub_others_changed(touched)
        orders.filtered(lambda order: order.state == "sale")._hub_check_made_confirmed()
        orders.filtered("hub_confirm_wanted")._hub_check_may_confirm()
        for order, target in zip(orders, targets, strict=True):
            if target:
                order._hub_request_stage(target)
        orders.filtered(lambda o: o.hub_is_prepaid or o.signed_on)._hub_sync()
        return orders

    def write(self, vals):
        vals = dict(vals)
        self._hub_check_protected(vals)
        target = self._hub_take_target(vals)
        self._hub_note_type(vals)
        self._hub_before_write(vals)
        orders, vals = self._hub_with_reason(vals)
        before = orders._hub_snapshot(vals)
        touched = Touched()
        inside = orders.with_context(order_hub_lines=touched)
        result = super(SaleOrder, inside).write(vals) if vals else True
        self._hub_others_changed(touched)
        orders._hub_log_changes(before)
        if self.env.context.get("order_hub_routing") is not INTERNAL:
            orders._hub_note_by_hand(vals)
        self._hub_after_write(vals)
        if target:
            self._hub_request_stage(target)
        return result

    def _hub_take_target(self, vals):
        """Take the stage asked for out of vals; an order cannot lose its stage."""
        if "hub_stage_id" in vals and not vals["hub_stage_id"]:
            raise UserError(
                self.env._("An order in a flow is always in a stage. Choose another.")
            )
        return vals.pop("hub_stage_id", False)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_with_evidence(self):
        """Keep orders that somebody may have to answer for later."""
        for model in ("order.hub.change", "order.hub.evidence"):
            kept = (
                self.env[model].sudo().search([("order_id", "in", self.ids)], limit=1)
            )
            if kept:
                raise UserError(
                    self.env._(
                        "Order %s has evidence or changes on record and cannot be "
                        "deleted. Cancel it instead.",
                        kept.order_id.name,
                    )
                )

    def _hub_before_write(self, vals):
        paid = vals.get("hub_amount_prepaid")
        if paid is not None and any(o.hub_amount_prepaid != paid for o in self):
            self._hub_check_tells_payment()
        if vals.get("hub_confirm_wanted"):
            self._hub_check_may_confirm()
        self._hub_check_owner(vals)
        if vals.get("state") == "sale":
            checked = self.env.context.get("order_hub_checked")
            known = checked if isinstance(checked, Checked) else ()
            self.filtered(
                lambda order: order.state != "sale" and order.id not in known
            )._hub_check_confirm()

    def _hub_after_write(self, vals):
        if CONTENT_FIELDS.intersection(vals):
            self.sudo()._hub_content_changed()
        if TYPE_FIELDS.intersection(vals):
            self._hub_retype()
        if vals.get("state") == "cancel":
            self._hub_cancelled()
        elif vals.get("state") == "draft":
            self._hub_reopened()
        elif {"hub_amount_prepaid", "signature", "state"} & set(vals):
            self.filtered(lambda order: order.state == "sale")._hub_settle("confirm")
            self._hub_sync()
