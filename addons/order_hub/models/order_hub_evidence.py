import base64
import binascii
import hashlib

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools.mimetypes import guess_mimetype

from ..const import EVIDENCE_KINDS, MAX_API_TEXT, MAX_EVIDENCE_BYTES

IMAGE_TYPES = ("image/jpeg", "image/png", "image/webp", "image/gif")


class OrderHubEvidence(models.Model):
    """A photo, note, signature or file given when an order was handed over.

    Append-only like the event it belongs to. ``event_id`` is empty until the
    order enters the stage the evidence was given for.
    """

    _name = "order.hub.evidence"
    _inherit = ["order.hub.append.only"]
    _description = "Evidence"
    _order = "id desc"
    _rec_name = "kind"
    _created_through_orm = True

    order_id = fields.Many2one(
        "sale.order", required=True, readonly=True, ondelete="restrict", index=True
    )
    company_id = fields.Many2one(related="order_id.company_id", store=True)
    stage_id = fields.Many2one("order.hub.stage", readonly=True, ondelete="restrict")
    event_id = fields.Many2one(
        "order.hub.stage.event", readonly=True, index="btree_not_null"
    )
    kind = fields.Selection(EVIDENCE_KINDS, required=True, readonly=True)
    note = fields.Text(readonly=True)
    attachment_id = fields.Many2one("ir.attachment", readonly=True, ondelete="restrict")
    mimetype = fields.Char(related="attachment_id.mimetype")
    image = fields.Binary(related="attachment_id.datas", string="Picture")
    is_public = fields.Boolean("For the Customer", readonly=True)
    signed_by = fields.Char(readonly=True)

    def _append_only_message(self):
        return self.env._("Evidence is kept as it was given; add a new one instead.")

    @api.model
    def _add(self, order, stage, items):
        """Keep evidence for an order about to enter a stage.

        The caller has checked that the user may see the order and enter the stage.

        :param order: one ``sale.order``
        :param stage: the ``order.hub.stage`` it is for
        :param items: list of ``{"kind", "content" (base64), "filename", "note",
            "is_public", "signed_by"}``
        :raise ValidationError: content that is none, too large, or no picture
        :return: the evidence records (sudo)
        """
        added = self.sudo().browse()
        for item in items:
            content = self._checked_content(item)
            evidence = self.sudo().create(self._prepare_vals(order, stage, item))
            if content:
                evidence._attach(item, content)
            added |= evidence
        return added

    def _prepare_vals(self, order, stage, item):
        return {
            "order_id": order.id,
            "stage_id": stage.id,
            "kind": item["kind"],
            "note": (item.get("note") or "")[:MAX_API_TEXT] or False,
            "is_public": bool(item.get("is_public")),
            "signed_by": (item.get("signed_by") or "")[:200] or False,
        }

    def _attach(self, item, content):
        attachment = (
            self.env["ir.attachment"]
            .sudo()
            .create(
                {
                    "name": (item.get("filename") or item["kind"])[:200],
                    "raw": content,
                    "res_model": self._name,
                    "res_id": self.id,
                }
            )
        )
        self.env["order.hub.writer"]._update(
            self, {self.id: {"attachment_id": attachment.id}}
        )

    def _checked_content(self, item):
        """Return the decoded content of an item, or ``b""`` for a mere note."""
        if item["kind"] not in dict(EVIDENCE_KINDS):
            raise ValidationError(
                self.env._("%s is no kind of evidence.", item["kind"])
            )
        if item["kind"] == "note":
            if not (item.get("note") or "").strip():
                raise ValidationError(self.env._("The note is empty."))
            return b""
        content = self._decoded(item.get("content") or "")
        self._check_size_and_type(item["kind"], content)
        return content

    def _decoded(self, content):
        if len(content) > MAX_EVIDENCE_BYTES * 1.4:
            raise ValidationError(self._too_large_message())
        if isinstance(content, str):
            content = content.encode("ascii", "replace")
        try:
            return base64.b64decode(b"".join(content.split()), validate=True)
        except (binascii.Error, ValueError, TypeError) as error:
            raise ValidationError(
                self.env._("The file did not arrive whole: it is no base64 text.")
            ) from error

    def _check_size_and_type(self, kind, content):
        if not content:
            raise ValidationError(self.env._("The file is empty. Choose it again."))
        if len(content) > MAX_EVIDENCE_BYTES:
            raise ValidationError(self._too_large_message())
        if kind in ("photo", "signature") and (
            guess_mimetype(content) not in IMAGE_TYPES
        ):
            raise ValidationError(
                self.env._("This is no picture. Use a JPEG, PNG, WebP or GIF file.")
            )

    def _too_large_message(self):
        return self.env._(
            "The file is larger than %s MB. Send a smaller one.",
            MAX_EVIDENCE_BYTES // 1024 // 1024,
        )

    @api.model
    def _same(self, order, stage, item):
        """Return evidence of the same content given before: a second delivery."""
        known = self.sudo().search(
            [
                ("order_id", "=", order.id),
                ("stage_id", "=", stage.id),
                ("kind", "=", item["kind"]),
            ]
        )
        if item["kind"] == "note":
            return known.filtered(lambda row: row.note == item.get("note"))[:1]
        try:
            content = self._decoded(item.get("content") or "")
        except ValidationError:
            return known.browse()
        checksum = hashlib.sha1(content).hexdigest()
        return known.filtered(lambda row: row.attachment_id.checksum == checksum)[:1]

    @api.model
    def _given(self, orders):
        """Return ``{(order id, stage id): {kind}}`` of evidence not yet used."""
        given = {}
        rows = self.sudo()._read_group(
            [("order_id", "in", orders.ids), ("event_id", "=", False)],
            ["order_id", "stage_id", "kind"],
        )
        for order, stage, kind in rows:
            given.setdefault((order.id, stage.id), set()).add(kind)
        return given

    @api.model
    def _orders_with(self, orders, kind):
        """Return the ids of those orders that have evidence of a kind."""
        rows = self.sudo()._read_group(
            [("order_id", "in", orders.ids), ("kind", "=", kind)], ["order_id"]
        )
        return {order.id for [order] in rows}

    @api.model
    def _orders_signed_after_delivery(self, orders):
        """Return the ids of those orders whose receipt was signed in the hub."""
        rows = self.sudo()._read_group(
            [
                ("order_id", "in", orders.ids),
                ("kind", "=", "signature"),
                ("stage_id.trigger", "=", "signed"),
            ],
            ["order_id"],
        )
        return {order.id for [order] in rows}
