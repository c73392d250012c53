import base64
import binascii
import hashlib

from odoo import api, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.order_hub.engine import uploads
from odoo.addons.order_hub.engine.payload import clean_text

from ...adapters.base import Message
from ...engine.mail_lines import order_lines
from ...engine.picture.kinds import ENDINGS, KIND_OF, MIN_BYTES

#: Files that one person hands in at once.
MAX_FILES = 20


class OrderHubChannel(models.Model):
    """The door for orders on paper, whichever way they come."""

    _inherit = "order.hub.channel"

    @api.model
    def _adapter_words(self):
        return {
            **super()._adapter_words(),
            "picture": self.env._("Pictures and Faxes"),
        }

    @api.model_create_multi
    def create(self, vals_list):
        """A name that was read wrong makes no new customer: a person is asked."""
        for vals in vals_list:
            if vals.get("adapter") == "picture":
                vals.setdefault("unknown_customer", "ask")
        return super().create(vals_list)

    def _receive_picture(self, name, raw, sender=""):
        """Store one order on paper; a job reads it.

        Pictures are made anew from their pixels before they are stored (place, device
        and time are gone), PDFs that could act are refused: ``order.hub.upload``.

        :param name: of the file
        :param bytes raw: a picture or a PDF, at most 10 MB
        :param sender: who sent it, as the channel says it
        :return: ``order.hub.inbound`` (sudo); the one that is there for a file that
            came before
        :raise UserError: the file is not let in, and why
        """
        self.ensure_one()
        [kept] = self.env["order.hub.upload"]._checked([(name, raw)]) or [None]
        if kept is None:
            raise UserError(self.env._("The file is empty. Choose it again."))
        number = f"PIC-{hashlib.sha256(raw).hexdigest()[:12].upper()}"
        kind = KIND_OF[kept["mimetype"]]
        message = Message("order", number, kept["content"], kind)
        Inbound = self.env["order.hub.inbound"].sudo()
        new = Inbound._receive(self, [message])["new"]
        if new:
            self._keep_picture(Inbound.browse(new), kept["name"], sender)
        return Inbound.search(
            [
                ("channel_id", "=", self.id),
                ("kind", "=", "order"),
                ("external_ref", "=", number),
            ]
        )

    def _keep_picture(self, inbound, name, sender):
        """Make the record by which a message is known to be a picture."""
        self.env["order.hub.picture"].sudo().create(
            {
                "name": name,
                "inbound_id": inbound.id,
                "company_id": inbound.company_id.id,
                "sender": clean_text(sender or "")[:120],
            }
        )

    # === PEOPLE === #

    @api.model
    def receive_pictures(self, files, channel_id=None):
        """Store pictures that an operator drops on the screen.

        :param files: ``[{"name", "data" (base64)}, …]``, at most 20
        :param channel_id: number of the channel; left out: the company's for pictures
        :return: ``{"pictures": numbers of order.hub.picture, "known": how many came
            before, "refused": [what is wrong with a file, …]}``
        """
        channel = self._picture_channel(channel_id)
        if not isinstance(files, list | tuple) or len(files) > MAX_FILES:
            raise UserError(
                self.env._("At most %s files can be sent at once.", MAX_FILES)
            )
        Picture = self.env["order.hub.picture"].sudo()
        before = Picture.search([], order="id desc", limit=1).id or 0
        inbound, refused = self.env["order.hub.inbound"].sudo(), []
        for file in files:
            try:
                inbound |= channel._receive_picture(*self._dropped(file))
            except UserError as error:
                refused.append(str(error))
        pictures = Picture.search([("inbound_id", "in", inbound.ids)])
        known = pictures.filtered(lambda row: row.id <= before)
        return {"pictures": pictures.ids, "known": len(known), "refused": refused}

    def _picture_channel(self, channel_id):
        """Return the channel to take pictures in.

        :raise AccessError: who asks is no operator, or may not see the channel
        """
        if not self.env.user.has_group("order_hub.order_hub_group_operator"):
            raise AccessError(
                self.env._("Only operators of the Order Hub hand in pictures.")
            )
        domain = [("adapter", "=", "picture"), ("intake_state", "!=", "off")]
        if channel_id:
            domain.append(("id", "=", int(channel_id)))
        companies = ("company_id", "in", self.env.companies.ids)
        own = ("company_id", "=", self.env.company.id)
        channel = self.search([*domain, companies if channel_id else own], limit=1)
        if not channel:
            raise UserError(
                self.env._(
                    "No channel takes pictures. Make one of the platform “Pictures and "
                    "Faxes” under Configuration › Channels, and switch it on."
                )
            )
        return channel

    def _dropped(self, file):
        """Return name, bytes and sender of a file of the screen."""
        if not isinstance(file, dict):
            raise UserError(self.env._("A file has a name and content."))
        data = str(file.get("data") or "")
        if len(data) > uploads.MAX_FILE_BYTES * 4 // 3 + 4:
            raise UserError(
                self.env._("A file has more than 10 MB. Send a smaller one.")
            )
        try:
            raw = base64.b64decode(data, validate=True)
        except (binascii.Error, ValueError) as error:
            raise UserError(self.env._("A file did not arrive whole.")) from error
        return str(file.get("name") or ""), raw, self.env.user.name

    # === E-MAIL === #

    def _receive_mail(self, msg_dict):
        """Take papers that are attached; where there are, the text is their letter.

        An e-mail whose text has plain order lines, or with a table, is an order
        itself, as ever.
        """
        papers = self._papers(msg_dict)
        if not papers or order_lines(self._mail_text(msg_dict)):
            return super()._receive_mail(msg_dict)
        inbound, refused = self.env["order.hub.inbound"].sudo(), 0
        for name, raw in papers:
            try:
                sender = msg_dict.get("email_from") or ""
                inbound |= self._receive_picture(name, raw, sender)
            except UserError:
                refused += 1
        if refused or not inbound or self._has_table(msg_dict):
            inbound |= super()._receive_mail(msg_dict)
        return inbound

    def _papers(self, msg_dict):
        """Return ``[(name, bytes)]`` of attached papers; logos are none."""
        return [
            (name, raw)
            for name, raw in self._mail_files(msg_dict)
            if name.lower().endswith(ENDINGS)
            and (len(raw) >= MIN_BYTES or name.lower().endswith(".pdf"))
        ][:MAX_FILES]

    def _has_table(self, msg_dict):
        """Tell whether a table is attached, too."""
        endings = (".csv", ".tsv", ".xlsx", ".xls", ".ods")
        return any(n.lower().endswith(endings) for n, _ in self._mail_files(msg_dict))
