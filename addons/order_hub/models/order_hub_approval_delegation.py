from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Domain


class OrderHubApprovalDelegation(models.Model):
    """Who decides for whom while somebody is away.

    Deputies of deputies are not followed: a decision has one person who was asked
    and at most one who took it instead.
    """

    _name = "order.hub.approval.delegation"
    _description = "Deputy for Approvals"
    _order = "date_from desc, id desc"
    _rec_name = "delegate_id"

    user_id = fields.Many2one(
        "res.users",
        "Approver",
        required=True,
        default=lambda self: self.env.user,
        index=True,
        domain="[('share', '=', False)]",
    )
    delegate_id = fields.Many2one(
        "res.users",
        "Deputy",
        required=True,
        index=True,
        domain="[('share', '=', False), ('id', '!=', user_id)]",
    )
    date_from = fields.Datetime(
        "From", required=True, default=lambda self: fields.Datetime.now()
    )
    date_to = fields.Datetime("To", required=True)
    reason = fields.Char(help="For example: on leave.")
    state = fields.Selection(
        [("planned", "Planned"), ("now", "Now"), ("over", "Over")],
        compute="_compute_state",
        search="_search_state",
    )
    warning = fields.Char(compute="_compute_warning")

    _now_idx = models.Index("(delegate_id, date_to)")

    # === COMPUTE === #

    @api.depends("date_from", "date_to")
    def _compute_state(self):
        now = fields.Datetime.now()
        for row in self:
            if not row.date_from or row.date_from > now:
                row.state = "planned"
            else:
                row.state = "now" if row.date_to and row.date_to > now else "over"

    @api.model
    def _search_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        now = fields.Datetime.now()
        domains = {
            "planned": Domain("date_from", ">", now),
            "now": Domain("date_from", "<=", now) & Domain("date_to", ">", now),
            "over": Domain("date_from", "<=", now) & Domain("date_to", "<=", now),
        }
        return Domain.OR(domains[state] for state in value if state in domains)

    @api.depends("user_id", "delegate_id", "date_from", "date_to")
    def _compute_warning(self):
        for row in self:
            away = row._overlapping_absence()
            row.warning = row._chain_words(away) if away else False

    def _chain_words(self, away):
        return self.env._(
            "%(deputy)s is away too and has made %(other)s a deputy: nobody decides "
            "through two deputies. Choose somebody who is there.",
            deputy=self.delegate_id.name,
            other=away.delegate_id.name,
        )

    def _overlapping_absence(self):
        """Return a row by which the deputy is away at the same time."""
        self.ensure_one()
        if not (self.delegate_id and self.date_from and self.date_to):
            return self.browse()
        return self.sudo().search(
            [
                ("user_id", "=", self.delegate_id.id),
                ("date_from", "<", self.date_to),
                ("date_to", ">", self.date_from),
            ],
            limit=1,
        )

    # === CHECKS === #

    @api.constrains("user_id", "delegate_id", "date_from", "date_to")
    def _check_sense(self):
        for row in self:
            if row.user_id == row.delegate_id:
                raise ValidationError(
                    self.env._("Nobody is their own deputy. Choose somebody else.")
                )
            if row.date_to <= row.date_from:
                raise ValidationError(
                    self.env._(
                        "The time of deputy %s ends before it begins. Choose a later "
                        "end.",
                        row.delegate_id.name,
                    )
                )
            if not row.delegate_id.sudo().has_group("order_hub.order_hub_group_user"):
                raise ValidationError(
                    self.env._(
                        "%s does not work with the order hub and cannot be a deputy. "
                        "Choose somebody with the group Order Hub / User.",
                        row.delegate_id.name,
                    )
                )

    def _check_is_allowed(self):
        """A deputy is chosen by the approver, or by a manager of the hub."""
        if self.env.su or self.env.user.has_group("order_hub.order_hub_group_manager"):
            return
        foreign = self.filtered(lambda row: row.user_id != self.env.user)
        if foreign:
            raise AccessError(
                self.env._(
                    "%s chooses the own deputy, or an order hub manager does it.",
                    foreign[0].user_id.name,
                )
            )

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        rows = super().create(vals_list)
        rows._check_is_allowed()
        rows._pass_on()
        return rows

    def write(self, vals):
        self._check_is_allowed()
        result = super().write(vals)
        self._check_is_allowed()
        self._pass_on()
        return result

    def _pass_on(self):
        """Give the deputies the to-dos that wait now, and take back others'."""
        steps = self.env["order.hub.approval.step"].sudo()
        waiting = [
            ("state", "=", "current"),
            ("approver_ids", "in", self.sudo().user_id.ids),
        ]
        steps.search(waiting).approval_id._refresh_todos()

    # === READ === #

    @api.model
    def _principals(self, user):
        """Return the ids of those for whom a user decides at this moment."""
        now = fields.Datetime.now()
        rows = self.sudo().search(
            [
                ("delegate_id", "=", user.id),
                ("date_from", "<=", now),
                ("date_to", ">", now),
            ]
        )
        return frozenset(rows.user_id.ids)

    @api.model
    def _deputies(self, users):
        """Return ``{user: deputies at this moment}`` of those who have any."""
        now = fields.Datetime.now()
        rows = self.sudo().search(
            [
                ("user_id", "in", users.ids),
                ("date_from", "<=", now),
                ("date_to", ">", now),
            ]
        )
        return {
            user: found.delegate_id for user, found in rows.grouped("user_id").items()
        }
