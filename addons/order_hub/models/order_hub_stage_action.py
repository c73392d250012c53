from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..const import ACTION_KINDS


class OrderHubStageAction(models.Model):
    """What entering a stage does to native documents or people.

    A kind of action is a method ``_run_<kind>(orders)`` that brings about a state
    of native documents through their public methods. Actions must be safe to
    repeat: what is so already stays so.
    """

    _name = "order.hub.stage.action"
    _inherit = ["order.hub.plan"]
    _description = "Stage Action"
    _order = "stage_id, sequence, id"

    stage_id = fields.Many2one(
        "order.hub.stage", required=True, ondelete="cascade", index=True
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    kind = fields.Selection(ACTION_KINDS, required=True, default="reserve")
    activity_type_id = fields.Many2one("mail.activity.type", "To-do Type")
    activity_user_type = fields.Selection(
        [
            ("owner", "Who has the order"),
            ("salesperson", "The salesperson"),
            ("user", "A fixed person"),
        ],
        "To-do For",
        default="owner",
        required=True,
    )
    activity_user_id = fields.Many2one("res.users", "Person")
    activity_summary = fields.Char("To-do", translate=True)
    activity_hours = fields.Float("Due in (h)", default=24)
    template_id = fields.Many2one(
        "mail.template", "Message", domain="[('model', '=', 'sale.order')]"
    )

    def _compute_display_name(self):
        labels = dict(self._fields["kind"]._description_selection(self.env))
        for action in self:
            action.display_name = labels.get(action.kind, "")

    @api.constrains("kind", "template_id")
    def _check_parameters(self):
        for action in self:
            if action.kind == "mail" and not action.template_id:
                raise ValidationError(self.env._("Choose the message to be sent."))

    def _run(self, orders):
        """Run the actions of self, in order, on all orders at once."""
        for action in self:
            getattr(action, f"_run_{action.kind}")(orders)

    def _run_confirm_sale(self, orders):
        orders.filtered(lambda o: o.state in ("draft", "sent")).action_confirm()

    def _run_reserve(self, orders):
        open_moves = orders.order_line.move_ids.filtered(
            lambda move: move.state in ("confirmed", "partially_available", "waiting")
        )
        open_moves._action_assign()

    def _run_confirm_mo(self, orders):
        self._productions(orders, ("draft",)).action_confirm()

    def _run_schedule(self, orders):
        productions = self._productions(orders, ("draft", "confirmed"))
        productions.filtered(lambda mo: mo.state == "draft").action_confirm()
        productions.filtered("workorder_ids").button_plan()

    def _run_push_work_order(self, orders):
        productions = self._productions(orders, ("draft", "confirmed", "progress"))
        productions.filtered(lambda mo: mo.state == "draft").action_confirm()
        productions.action_assign()
        productions.filtered("workorder_ids").button_plan()

    def _productions(self, orders, states):
        productions = orders._hub_documents("mrp.production")
        return productions.filtered(lambda mo: mo.state in states)

    def _run_activity(self, orders):
        for order in orders:
            order.activity_schedule(
                activity_type_id=self.activity_type_id.id
                or self.env.ref("mail.mail_activity_data_todo").id,
                summary=self.activity_summary or self.stage_id.name,
                user_id=self._person_for(order).id or self.env.uid,
                date_deadline=fields.Date.context_today(
                    order, fields.Datetime.now() + timedelta(hours=self.activity_hours)
                ),
            )

    def _person_for(self, order):
        if self.activity_user_type == "user":
            return self.activity_user_id
        if self.activity_user_type == "salesperson":
            return order.user_id
        return order.hub_owner_id or order.user_id

    def _run_mail(self, orders):
        self.template_id.send_mail_batch(orders.ids)
