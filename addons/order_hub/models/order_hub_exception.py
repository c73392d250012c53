from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

#: What could make a hold go away: changed by its owner or a supervisor only.
GUARDED_FIELDS = frozenset(
    {"state", "is_blocking", "owner_id", "order_id", "kind_id", "is_automatic"}
)
#: How a problem begins that a person opens, whatever they or their context say:
#: a forged automatic one would stand in the way of the hub's own.
BEGINNING = {
    "is_automatic": False,
    "state": "open",
    "solved_by_id": False,
    "solved_date": False,
}


class OrderHubException(models.Model):
    """An open problem on an order: a hold when it stops the order."""

    _name = "order.hub.exception"
    _description = "Order Exception"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "is_blocking desc, deadline, id"
    _check_company_auto = True

    name = fields.Char("Problem", required=True, tracking=True)
    order_id = fields.Many2one(
        "sale.order", required=True, ondelete="cascade", index=True, check_company=True
    )
    partner_id = fields.Many2one(related="order_id.partner_id")
    company_id = fields.Many2one(related="order_id.company_id", store=True, index=True)
    kind_id = fields.Many2one(
        "order.hub.exception.kind", required=True, ondelete="restrict", tracking=True
    )
    is_blocking = fields.Boolean("Stops the Order", tracking=True)
    owner_id = fields.Many2one("res.users", tracking=True, index="btree_not_null")
    deadline = fields.Datetime(tracking=True)
    description = fields.Text()
    alternatives = fields.Text(help="What else could be done, one idea a line.")
    state = fields.Selection(
        [("open", "Open"), ("solved", "Solved"), ("dropped", "Dropped")],
        default="open",
        required=True,
        readonly=True,
        tracking=True,
    )
    resolution = fields.Text(readonly=True)
    solved_by_id = fields.Many2one("res.users", readonly=True)
    solved_date = fields.Datetime(readonly=True)
    is_automatic = fields.Boolean(
        readonly=True, help="Opened by the hub; it closes by itself when it is over."
    )

    _automatic_uniq = models.UniqueIndex(
        "(order_id, kind_id) WHERE is_automatic AND state = 'open'",
        "The hub has this problem on its list already.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._complete(vals)
            if not self.env.su:
                vals.update(BEGINNING)
        holds = super().create(vals_list)
        holds._tell_owner()
        holds.order_id._hub_refresh_holds()
        return holds

    def _complete(self, vals):
        """Fill owner, deadline and severity from the kind where nobody said them."""
        kind = self.env["order.hub.exception.kind"].sudo().browse(vals.get("kind_id"))
        order = self.env["sale.order"].sudo().browse(vals.get("order_id"))
        if not kind or not order:
            return
        vals.setdefault("is_blocking", kind.is_blocking)
        if not vals.get("owner_id"):
            vals["owner_id"] = kind._owner_for(order).id
        if not vals.get("deadline") and kind.hours_to_solve:
            vals["deadline"] = fields.Datetime.now() + timedelta(
                hours=kind.hours_to_solve
            )

    def write(self, vals):
        if GUARDED_FIELDS.intersection(vals):
            self._check_may_close()
        result = super().write(vals)
        if {"is_blocking", "state"} & set(vals):
            self.order_id._hub_refresh_holds()
        if "owner_id" in vals:
            self._tell_owner()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_history(self):
        raise UserError(
            self.env._(
                "Exceptions are kept. Drop one that should not have been opened."
            )
        )

    def _tell_owner(self):
        for owner, holds in self.filtered("owner_id").grouped("owner_id").items():
            if owner == self.env.user:
                continue
            for hold in holds:
                hold.activity_schedule(
                    "mail.mail_activity_data_todo",
                    summary=hold.name,
                    user_id=owner.id,
                    date_deadline=fields.Date.context_today(
                        hold, hold.deadline or fields.Datetime.now()
                    ),
                )

    # === ACTIONS === #

    def action_solve(self):
        """Close the problems as solved; their orders go on where facts allow."""
        return self._close("solved")

    def action_drop(self):
        """Close the problems as not being any."""
        return self._close("dropped")

    def action_reopen(self):
        self._check_may_close()
        self.write({"state": "open", "solved_by_id": False, "solved_date": False})

    def _close(self, state, resolution=None):
        still_open = self.filtered(lambda hold: hold.state == "open")
        still_open._check_may_close()
        still_open.activity_ids.unlink()
        vals = {
            "state": state,
            "solved_by_id": self.env.uid,
            "solved_date": fields.Datetime.now(),
        }
        if resolution:
            vals["resolution"] = resolution
        still_open.write(vals)
        still_open.order_id._hub_sync(source="document")
        return True

    def _check_may_close(self):
        """A blocking problem is closed by its owner or a supervisor."""
        if self.env.su or self.env.user.has_group(
            "order_hub.order_hub_group_supervisor"
        ):
            return
        foreign = self.filtered(
            lambda hold: hold.is_blocking and hold.owner_id != self.env.user
        )
        if foreign:
            raise AccessError(
                self.env._(
                    "“%(name)s” stops order %(order)s. Its owner %(owner)s or a "
                    "supervisor can close it.",
                    name=foreign[0].name,
                    order=foreign[0].order_id.name,
                    owner=foreign[0].owner_id.name or "–",
                )
            )

    # === OPENED BY THE HUB === #

    @api.model
    def _note(self, kind_code, problems):
        """Keep one automatic problem per order and kind up to date.

        :param kind_code: code of the kind
        :param problems: ``{order: (name, description)}``
        """
        orders = self.env["sale.order"].union(*problems)
        known = self._automatic(kind_code, orders)
        for hold in known:
            name, description = problems[hold.order_id]
            if hold.description != description:
                hold.write({"name": name, "description": description})
        vals_list = [
            {
                "order_id": order.id,
                "kind_id": self._kind_id(kind_code, order.company_id),
                "name": name,
                "description": description,
                "is_automatic": True,
            }
            for order, (name, description) in problems.items()
            if order not in known.order_id
        ]
        self.sudo().create(vals_list)

    @api.model
    def _settle(self, kind_code, orders):
        """Close the automatic problems of a kind on orders: they are over."""
        holds = self._automatic(kind_code, orders)
        holds.activity_ids.unlink()
        holds.write(
            {
                "state": "solved",
                "solved_date": fields.Datetime.now(),
                "resolution": self.env._("Closed by the hub: it is over."),
            }
        )

    def _automatic(self, kind_code, orders):
        return self.sudo().search(
            [
                ("order_id", "in", orders.ids),
                ("kind_id.code", "=", kind_code),
                ("is_automatic", "=", True),
                ("state", "=", "open"),
            ]
        )

    def _kind_id(self, code, company):
        return self.env["order.hub.exception.kind"]._by_code(code, company).id
