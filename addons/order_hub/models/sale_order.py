from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from ..const import FINAL_MILESTONES, INTERNAL, MILESTONES, Checked, Touched
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
        orders.filtered(lambda order: order.state == "sale")._hub_check_confirm()
        orders.filtered("hub_confirm_wanted")._hub_check_may_confirm()
        for order, target in zip(orders, targets, strict=True):
            if target:
                order._hub_request_stage(target)
        orders.filtered(lambda o: o.hub_is_prepaid or o.signed_on)._hub_sync()
        return orders

    def _hub_without_defaults(self):
        """Take no ``default_…`` from a caller for what only the hub writes."""
        names = self._hub_protected_fields() | {"hub_amount_prepaid"}
        forged = {f"default_{name}" for name in names}
        if forged.isdisjoint(self.env.context):
            return self
        kept = {k: v for k, v in self.env.context.items() if k not in forged}
        return self.with_context(kept)  # pylint: disable=context-overridden

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

    def _hub_note_type(self, vals):
        """Complete vals that set the order type: it is chosen by hand, and by whom."""
        if vals.get("hub_order_type_id"):
            vals.setdefault("hub_is_type_manual", True)
            vals["hub_type_user_id"] = self.env.uid

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

    @api.model
    def _hub_protected_fields(self):
        """Return the names of the columns that nobody writes but the hub."""
        return PROTECTED_FIELDS

    def _hub_check_protected(self, vals):
        if self.env.context.get("order_hub_routing") is INTERNAL:
            return
        forged = self._hub_protected_fields().intersection(vals)
        if forged:
            name = sorted(forged)[0]
            raise UserError(
                self.env._(
                    "“%s” is kept by the hub and cannot be written. Hand the order "
                    "over to another stage, or overrule the decision it follows from.",
                    self._fields[name].get_description(self.env, ["string"])["string"],
                )
            )

    def _hub_lines_changed(self):
        """Look at orders again whose lines were written by themselves.

        Lines that are written through their order wait for the end of its write.
        """
        touched = self.env.context.get("order_hub_lines")
        if isinstance(touched, Touched):
            touched.update(self.ids)
        else:
            self.sudo()._hub_content_changed()
            self._hub_retype()

    def _hub_others_changed(self, touched):
        """Look at other orders whose lines the write of these orders reached.

        :param touched: ids of all orders whose lines were written
        """
        others = self.browse(touched.difference(self.ids)).exists()
        if others:
            others._hub_lines_changed()

    def _hub_check_tells_payment(self):
        """Raise unless the user may say what was paid before delivery.

        Routing, gates and flows believe it: a salesperson's word is not enough.
        """
        user = self.env.user
        groups = "order_hub.order_hub_group_operator,account.group_account_invoice"
        if not self.env.su and not user.has_groups(groups):
            raise AccessError(
                self.env._(
                    "What has been prepaid is told by the channel, by invoicing or "
                    "by an order hub operator. Ask one of them to enter it."
                )
            )

    def _hub_check_owner(self, vals):
        """Refuse customers as the ones who have an order."""
        owner = self.env["res.users"].sudo().browse(vals.get("hub_owner_id") or [])
        if owner.share:
            raise UserError(
                self.env._("%s is no employee and cannot have an order.", owner.name)
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

    # === TYPE AND FLOW === #

    def _hub_begin(self):
        """Give new orders their type, flow and first stage."""
        types = self._hub_find_types()
        outcomes = self._hub_route(types)
        types = self._hub_routed_types(types, outcomes)
        flows = self._hub_find_flows(types, outcomes)
        self._hub_enter_first_stage(types, flows)
        self._hub_carry_out(outcomes, fresh=True)

    def _hub_find_types(self):
        """Return ``{order id: order type}``; a type chosen by hand stays."""
        found = {}
        chosen = self.filtered(lambda o: o.hub_is_type_manual and o.hub_order_type_id)
        found.update({order.id: order.hub_order_type_id for order in chosen})
        for company, orders in (self - chosen).grouped("company_id").items():
            found.update(self.env["order.hub.order.type"]._assign(orders, company))
        return found

    def _hub_find_flows(self, types, outcomes):
        """Return ``{order id: flow}``: what a rule says, else what fits the type."""
        Flow = self.env["order.hub.flow"]
        return {
            order.id: self._hub_routed_flow(outcomes.get(order.id))
            or Flow._choose_for(order, types[order.id])
            for order in self
        }

    def _hub_enter_first_stage(self, types, flows, source=None):
        now = fields.Datetime.now()
        values, entered = {}, self.browse()
        for order in self:
            stage = flows[order.id]._first_stage()
            values[order.id] = {
                "hub_order_type_id": types[order.id].id,
                "hub_flow_id": flows[order.id].id,
                **order._hub_stage_values(stage, now),
            }
            entered |= order if stage else self.browse()
        self.env["order.hub.writer"]._update(self, values)
        entered._hub_record_entry(source or self._hub_default_source(), now)

    def _hub_stage_values(self, stage, now):
        """Return the columns that follow from being in a stage since ``now``."""
        self.ensure_one()
        return {
            "hub_stage_id": stage.id,
            "hub_milestone": stage.milestone,
            "hub_stage_since": stage and now,
            "hub_stage_deadline": stage and stage._deadline_from(now),
            "hub_is_open": bool(stage) and stage.milestone not in FINAL_MILESTONES,
            "hub_owner_id": stage and stage._owner_for(self).id or self.hub_owner_id.id,
        }

    def _hub_retype(self):
        """Look at type and flow again while the orders are at their beginning.

        An order that has moved on keeps both: what was agreed stays.
        """
        if self.env.context.get("order_hub_routing") is INTERNAL:
            return
        waiting = self.filtered(
            lambda order: order.state in ("draft", "sent") and order._hub_is_at_start()
        )
        types = waiting._hub_find_types()
        outcomes = waiting._hub_route(types)
        types = waiting._hub_routed_types(types, outcomes)
        waiting._hub_take_types(types, waiting._hub_find_flows(types, outcomes))
        waiting._hub_carry_out(outcomes)

    def _hub_take_types(self, types, flows):
        """Write types and flows where they are others than before."""
        other_flow = self.filtered(lambda o: flows[o.id] != o.hub_flow_id)
        other_flow._hub_enter_first_stage(types, flows)
        other_type = (self - other_flow).filtered(
            lambda order: types[order.id] != order.hub_order_type_id
        )
        self.env["order.hub.writer"]._update(
            self, {o.id: {"hub_order_type_id": types[o.id].id} for o in other_type}
        )

    def _hub_is_at_start(self):
        self.ensure_one()
        return self.hub_stage_id == self.hub_flow_id._first_stage()

    def action_hub_adopt(self):
        """Take orders from before the hub into their flow, as far as facts carry.

        :raise AccessError: for anybody but a supervisor
        """
        self._hub_check_supervisor()
        strangers = self.filtered(lambda order: not order.hub_flow_id)
        refs = {o.id: {"hub_ref": new_reference()} for o in strangers if not o.hub_ref}
        self.env["order.hub.writer"]._update(strangers, refs)
        strangers._hub_begin()
        strangers._hub_sync()
        return True

    # === HOLDS === #

    def _hub_refresh_holds(self):
        """Count the open problems again: two stored columns, one grouped query."""
        rows = (
            self.env["order.hub.exception"]
            .sudo()
            ._read_group(
                [("order_id", "in", self.ids), ("state", "=", "open")],
                ["order_id"],
                ["__count", "is_blocking:bool_or"],
            )
        )
        found = {order.id: (count, held) for order, count, held in rows}
        values = {}
        for order in self:
            count, held = found.get(order.id, (0, False))
            values[order.id] = {
                "hub_hold_count": count,
                "hub_is_held": held,
                "hub_trouble": "held" if held else "problem" if count else "none",
            }
        self.env["order.hub.writer"]._update(self, values)
        self._hub_announce()
