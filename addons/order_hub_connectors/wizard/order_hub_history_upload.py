from odoo import fields, models
from odoo.exceptions import AccessError, UserError

#: Files of one upload.
MOST = 100


class OrderHubHistoryUpload(models.TransientModel):
    """Many lists of old orders at once; one that is known already is said."""

    _name = "order.hub.history.upload"
    _description = "Upload of History"

    source_id = fields.Many2one(
        "order.hub.history.source",
        required=True,
        default=lambda self: self._default_source_id(),
        help="Files of one form belong to one source: what you decide about their "
        "columns is remembered there.",
    )
    file_ids = fields.Many2many("ir.attachment", string="Files")

    def _default_source_id(self):
        """Return the only source there is."""
        found = self.env["order.hub.history.source"].search([], limit=2)
        return found if len(found) == 1 else False

    def action_upload(self):
        """Receive the files, and show them.

        :raise AccessError: for anybody but operators
        :raise UserError: no file, too many, or one that is no list
        """
        self.ensure_one()
        self._check_may_upload()
        results = [
            self.env["order.hub.history.file"]._receive(
                self.source_id, attachment.name, attachment.raw or b"", "upload"
            )
            for attachment in self.file_ids
        ]
        self.file_ids.filtered(lambda each: not each.res_id).sudo().unlink()
        return self._shown(results)

    def _check_may_upload(self):
        if not self.env.user.has_group("order_hub.order_hub_group_operator"):
            raise AccessError(
                self.env._("Only operators of the Order Hub receive old orders.")
            )
        self.source_id.check_access("read")
        self.file_ids.check_access("read")
        if not self.file_ids or len(self.file_ids) > MOST:
            raise UserError(
                self.env._("Choose between one and %s files with old orders.", MOST)
            )

    def _shown(self, results):
        """Return the list of the files, saying how many are known already."""
        files = self.env["order.hub.history.file"].union(
            *(file for file, _n in results)
        )
        known = [file for file, is_new in results if not is_new]
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "order_hub_connectors.order_hub_history_file_action"
        )
        name = self.env._(
            "%(new)s files received, %(known)s known already",
            new=len(results) - len(known),
            known=len(known),
        )
        return {**action, "name": name, "domain": [("id", "in", files.ids)]}
