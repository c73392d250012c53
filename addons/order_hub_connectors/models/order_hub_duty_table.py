from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError


class OrderHubDutyTable(models.Model):
    """One version of the duty rates of a country, or of several with one tariff.

    A draft until it is published; then it stays as it is, and every order can name
    the version its duty was calculated with.
    """

    _name = "order.hub.duty.table"
    _description = "Duty Table"
    _inherit = ["mail.thread"]
    _order = "name, version desc, id desc"
    _check_company_auto = True

    name = fields.Char(required=True, tracking=True)
    version = fields.Integer(readonly=True, copy=False)
    state = fields.Selection(
        [("draft", "Draft"), ("live", "In Force"), ("retired", "Retired")],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
    )
    company_id = fields.Many2one(
        "res.company", index="btree_not_null", help="Empty: for all companies."
    )
    country_ids = fields.Many2many(
        "res.country",
        string="Destinations",
        required=True,
        help="Countries that take this duty, for example all of a customs union.",
    )
    valid_from = fields.Date(required=True, default=fields.Date.context_today)
    valid_to = fields.Date(help="Last day. Empty: until a newer table begins.")
    currency_id = fields.Many2one(
        "res.currency",
        required=True,
        default=lambda self: self.env.company.currency_id,
        help="Of thresholds, least and most duty.",
    )
    threshold = fields.Monetary(
        "Duty-free up to",
        help="Goods of an order up to this value pay no duty. 0: no such threshold.",
    )
    base = fields.Selection(
        [("goods", "Goods Only (FOB)"), ("freight", "Goods and Freight (CIF)")],
        "Customs Value",
        default="goods",
        required=True,
    )
    source = fields.Text(
        help="Where the rates come from, so that others can check them: title, date, "
        "address.",
    )
    rate_ids = fields.One2many("order.hub.duty.rate", "table_id", "Rates", copy=True)
    rate_count = fields.Integer(compute="_compute_rate_count")
    published_date = fields.Datetime("Published On", readonly=True, copy=False)
    published_by_id = fields.Many2one("res.users", readonly=True, copy=False)

    _days = models.Constraint(
        "CHECK (valid_to IS NULL OR valid_to >= valid_from)",
        "A table ends after it begins.",
    )
    _threshold_positive = models.Constraint(
        "CHECK (threshold >= 0)", "A threshold is 0 or more."
    )

    # === COMPUTE === #

    @api.depends("name", "version")
    def _compute_display_name(self):
        for table in self:
            table.display_name = self.env._(
                "%(name)s, version %(version)s",
                name=table.name or "",
                version=table.version,
            )

    def _compute_rate_count(self):
        counts = dict(
            self.env["order.hub.duty.rate"]._read_group(
                [("table_id", "in", self.ids)], ["table_id"], ["__count"]
            )
        )
        for table in self:
            table.rate_count = counts.get(table, 0)

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            vals.update(
                state="draft",
                version=self._next_version(vals.get("name"), vals.get("company_id")),
            )
        return super().create(vals_list)

    def _next_version(self, name, company_id):
        last = self.sudo().search(
            [("name", "=", name), ("company_id", "=", company_id or False)],
            order="version desc",
            limit=1,
        )
        return last.version + 1

    def write(self, vals):
        if {"state", "version", "published_date", "published_by_id"} & set(vals):
            raise UserError(
                self.env._("A version is published with its button, nothing else.")
            )
        if set(vals) & set(self._frozen_fields()):
            self._check_draft()
        return super().write(vals)

    def _frozen_fields(self):
        """Return the fields that a published version keeps."""
        own = {"name", "company_id", "country_ids", "valid_from", "valid_to", "source"}
        return own | {"currency_id", "threshold", "base", "rate_ids"}

    @api.ondelete(at_uninstall=False)
    def _unlink_except_published(self):
        self._check_draft()

    def _check_draft(self):
        for table in self:
            if table.state != "draft":
                raise UserError(
                    self.env._(
                        "%(version)s has been published: orders name it, so it stays "
                        "as it is. Make a new version of it and change that.",
                        version=table.display_name,
                    )
                )

    # === VERSIONS === #

    def action_new_version(self):
        """Open a draft that begins as a copy of this version."""
        self.ensure_one()
        self.check_access("write")
        draft = self.search(
            [
                ("name", "=", self.name),
                ("company_id", "=", self.company_id.id),
                ("state", "=", "draft"),
            ],
            limit=1,
        )
        draft = draft or self.copy({"valid_from": fields.Date.context_today(self)})
        return draft.get_formview_action()

    def action_publish(self):
        """Put a draft in force.

        Older versions stay: each order takes the one that began last on its date.
        """
        self.check_access("write")
        self._check_draft()
        for table in self:
            table._check_complete()
        self._set_state(
            {
                "state": "live",
                "published_date": fields.Datetime.now(),
                "published_by_id": self.env.uid,
            }
        )
        return True

    def _check_complete(self):
        self.ensure_one()
        if not self.country_ids or not self.rate_ids:
            raise ValidationError(
                self.env._(
                    "%s needs at least one destination and one rate.", self.display_name
                )
            )
        if not (self.source or "").strip():
            raise ValidationError(
                self.env._(
                    "Say where the rates of %s come from: those who rely on them want "
                    "to look them up.",
                    self.display_name,
                )
            )

    def action_retire(self):
        """Take a version out of use: no order is calculated with it any more."""
        self.check_access("write")
        self.filtered(lambda table: table.state == "live")._set_state(
            {"state": "retired"}
        )
        return True

    def _set_state(self, vals):
        """Write what :meth:`write` refuses to everybody else."""
        # pylint: disable-next=super-method-mismatch
        return super().write(vals)

    def action_view_rates(self):
        self.ensure_one()
        return {
            "name": self.display_name,
            "type": "ir.actions.act_window",
            "res_model": "order.hub.duty.rate",
            "view_mode": "list",
            "domain": [("table_id", "=", self.id)],
            "context": {"default_table_id": self.id},
        }

    def action_import(self):
        """Open the import of rates from a file."""
        self.ensure_one()
        self._check_draft()
        return {
            "name": self.env._("Import Rates"),
            "type": "ir.actions.act_window",
            "res_model": "order.hub.duty.import",
            "view_mode": "form",
            "target": "new",
            "context": {"default_table_id": self.id},
        }

    def action_try(self):
        """Open the trial of this table's rates."""
        self.ensure_one()
        return {
            "name": self.env._("Try Duty"),
            "type": "ir.actions.act_window",
            "res_model": "order.hub.duty.trial",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_table_id": self.id,
                "default_country_id": self.country_ids[:1].id,
                "default_currency_id": self.currency_id.id,
            },
        }
