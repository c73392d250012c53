from odoo import api, fields, models
from odoo.exceptions import AccessError

STATES = [
    ("waiting", "Waits to Be Read"),
    ("read", "Read"),
    ("failed", "Could Not Be Read"),
]


class OrderHubPicture(models.Model):
    """An order on paper: the file as it was let in, and what was read of it.

    One record an inbound order. What is read is kept, so that nothing is read twice
    when somebody corrects a value and the steps run again.
    """

    _name = "order.hub.picture"
    _description = "Order on Paper"
    _order = "id desc"
    _rec_names_search = ["name", "sender", "inbound_id.external_ref"]

    name = fields.Char("File", required=True, readonly=True)
    inbound_id = fields.Many2one(
        "order.hub.inbound",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, ondelete="restrict", index=True
    )
    sender = fields.Char(readonly=True, help="Who sent it, as the channel says.")
    state = fields.Selection(STATES, default="waiting", required=True, readonly=True)
    error_code = fields.Char(readonly=True)
    reading = fields.Json(readonly=True, prefetch=False)
    read_at = fields.Datetime(readonly=True)
    seconds = fields.Float(readonly=True, help="How long reading it took.")
    page_ids = fields.One2many("order.hub.picture.page", "picture_id", readonly=True)
    channel_id = fields.Many2one(related="inbound_id.channel_id")
    inbound_state = fields.Selection(related="inbound_id.state", string="Order Is")
    order_id = fields.Many2one(related="inbound_id.order_id")
    partner_id = fields.Many2one(related="inbound_id.partner_id")
    received_at = fields.Datetime(related="inbound_id.received_at")
    confidence = fields.Float(related="inbound_id.confidence")
    why = fields.Char("What Happened", compute="_compute_why")

    _inbound_uniq = models.UniqueIndex("(inbound_id)")

    @api.depends("error_code")
    def _compute_why(self):
        words = self._error_words()
        for picture in self:
            code = picture.error_code
            picture.why = words.get(code, code) if code else False

    # === GUARD === #

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            raise AccessError(
                self.env._("Pictures come in through a channel: drop the file there.")
            )
        return super().create(vals_list)

    def write(self, vals):
        if not self.env.su:
            raise AccessError(
                self.env._("What was read stays as it was read. Correct the order.")
            )
        return super().write(vals)

    # === WORDS === #

    def _error_words(self):
        """Return ``{code: sentence}``: what happened, and what to do."""
        return {
            "missing": self.env._(
                "Reading pictures is not installed on this server. Have your "
                "administrator install it (pip install rapidocr onnxruntime "
                "pypdfium2), then press Read Again; or type the order in beside the "
                "picture."
            ),
            "slow": self.env._(
                "Reading the file took too long and was stopped. Send a smaller "
                "picture, or fewer pages."
            ),
            "memory": self.env._(
                "Reading the file needs more memory than a picture may take. Send it "
                "with less resolution."
            ),
            "crashed": self.env._(
                "The reader stopped on this file. Open it on your device, save it "
                "anew and send that."
            ),
            "broken": self.env._(
                "The file cannot be opened: it is damaged. Save it anew and send that."
            ),
            "locked": self.env._("The PDF has a password. Send it without."),
            "too_many_pages": self.env._(
                "The PDF has more pages than an order. Send those with the order only."
            ),
            "nothing": self.env._(
                "There are no words in the picture. Photograph the page from above, in "
                "good light, so that it fills the picture."
            ),
        }

    # === PEOPLE === #

    def action_open(self):
        """Open the picture with the order beside it."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.name,
            "res_model": "order.hub.picture",
            "res_id": self.id,
            "views": [(False, "form")],
        }

    def action_read_again(self):
        """Have pictures read anew, for example after the reader was installed."""
        inbound = self.inbound_id
        inbound._check_may_work()
        again = self.sudo().filtered(lambda row: row.state == "failed")
        again.write({"state": "waiting", "error_code": False})
        again.inbound_id.filtered(lambda row: row.state == "attention").write(
            {"state": "reading"}
        )
        again._have_read()
        return True
