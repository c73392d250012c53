from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ...engine.history import safe_parts


class OrderHubHistorySource(models.Model):
    """Where lists of old orders come from: one desk, one program, one form of list.

    What a person decided about the columns of a form is remembered here, so that the
    next forty files of the same form are read without asking.
    """

    _name = "order.hub.history.source"
    _description = "History Source"
    _order = "name, id"
    _check_company_auto = True

    name = fields.Char(required=True)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        ondelete="restrict",
        default=lambda self: self.env.company,
    )
    channel_id = fields.Many2one(
        "order.hub.channel",
        check_company=True,
        ondelete="set null",
        help="The channel these orders once came through, for reports.",
    )
    currency_id = fields.Many2one(
        "res.currency",
        required=True,
        default=lambda self: self.env.company.currency_id,
        help="Of amounts whose column names no currency.",
    )
    unknown_customers = fields.Selection(
        [("ask", "Ask a Person"), ("make", "Make a New Contact")],
        default="ask",
        required=True,
        help="What happens with a customer whom nobody knows under that name.",
    )
    certain_from = fields.Float(
        default=0.9,
        digits=(3, 2),
        help="Rows that are at least so sure may be approved together.",
    )
    is_certain_approved = fields.Boolean(
        "Approve Certain Rows",
        help="Rows without any doubt are approved when the file has been read. "
        "Everything else waits for a person in any case.",
    )
    folder = fields.Char(
        help="Files put there are read by themselves. A folder below the one that the "
        "server's configuration names as order_hub_history_folder.",
    )
    folder_note = fields.Char("Folder Says", readonly=True, copy=False)
    memory = fields.Json(readonly=True, copy=False)
    form_count = fields.Integer("Known Forms", compute="_compute_form_count")
    file_ids = fields.One2many("order.hub.history.file", "source_id", "Files")
    file_count = fields.Integer("Number of Files", compute="_compute_file_count")

    _certain = models.Constraint(
        "CHECK (certain_from > 0 AND certain_from <= 1)",
        "What counts as certain is a share between 0 and 1.",
    )
    _name_uniq = models.UniqueIndex(
        "(company_id, name)", "There is a source of this name already."
    )

    # === COMPUTE === #

    @api.depends("memory")
    def _compute_form_count(self):
        for source in self:
            source.form_count = len(source.memory or {})

    @api.depends("file_ids")
    def _compute_file_count(self):
        counts = dict(
            self.env["order.hub.history.file"]._read_group(
                [("source_id", "in", self.ids)], ["source_id"], ["__count"]
            )
        )
        for source in self:
            source.file_count = counts.get(source, 0)

    @api.constrains("folder")
    def _check_folder(self):
        for source in self:
            if source.folder and not safe_parts(source.folder):
                raise ValidationError(
                    self.env._(
                        "“%s” is no folder below the one for history. Write a name "
                        "such as erp/2019, without a leading slash and without dots.",
                        source.folder,
                    )
                )

    # === CRUD === #

    @api.ondelete(at_uninstall=False)
    def _unlink_except_with_files(self):
        if self.sudo().file_ids:
            raise UserError(
                self.env._(
                    "Source %s has files. Archive it instead.",
                    self.sudo().file_ids.source_id[:1].name,
                )
            )

    # === FORMS === #

    def _remember(self, decided):
        """Keep what a person decided about the columns of forms.

        :param decided: ``{fingerprint: {key of the column: target or ""}}``
        """
        self.ensure_one()
        self.sudo().memory = {**(self.memory or {}), **decided}

    def action_forget_forms(self):
        """Ask about the columns of every form anew."""
        self.check_access("write")
        self.write({"memory": {}})
        return True

    # === SCREEN === #

    def action_view_files(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "order_hub_connectors.order_hub_history_file_action"
        )
        return {
            **action,
            "domain": [("source_id", "=", self.id)],
            "context": {"default_source_id": self.id},
        }
