import base64
from datetime import timedelta

from odoo import fields, models
from odoo.exceptions import UserError

from ..engine.uploads import PICTURE

#: Photos in one go, of one order in all, and letters of a remark.
MAX_PHOTOS = 5
MAX_PHOTOS_OF_ORDER = 40
MAX_REMARK = 1000
MAX_PHOTO_BYTES = 10 * 1024 * 1024
#: Goods are unpacked days after they came: so long remarks are taken.
REMARK_DAYS = 30


class SaleOrder(models.Model):
    """The customer page: photos of what arrived, and what is wrong with it."""

    _inherit = "sale.order"

    # === THE PAGE === #

    def _hub_receipt_page(self, delivery_id=None):
        """Return what the page of a receipt shows, in plain values (sudo).

        :param delivery_id: the delivery it is about; any other id: the whole order
        """
        self.ensure_one()
        order = self.sudo()
        deliveries = order._hub_remark_deliveries()
        delivery = deliveries.filtered(lambda picking: picking.id == delivery_id)
        unsigned = order._hub_unsigned_deliveries()
        can_sign = delivery in unsigned if delivery else order._hub_can_sign_receipt()
        given = order._hub_public_evidence().filtered("is_from_customer")
        if delivery:
            given = given.filtered(lambda e: e.picking_id == delivery)
        return {
            "name": order.name,
            "ref": order.hub_ref,
            "delivery": delivery.id or 0,
            "delivery_name": delivery.name or "",
            "lines": [
                line
                for picking in delivery or deliveries
                for line in order._hub_part_lines(picking)
            ],
            "can_sign": bool(can_sign),
            "can_remark": bool(deliveries),
            "given": order._hub_evidence_rows(given),
            "contact": order._hub_page_contact(),
            "most": MAX_PHOTOS,
        }

    def _hub_remark_deliveries(self):
        """Return the deliveries that remarks are still taken for."""
        since = fields.Datetime.now() - timedelta(days=REMARK_DAYS)
        if self.state == "cancel":
            return self.env["stock.picking"]
        return self._hub_customer_pickings().filtered(
            lambda picking: (
                picking.state == "done"
                and (not picking.date_done or picking.date_done >= since)
            )
        )

    # === WHAT IS SENT === #

    def _hub_take_remark(self, form, files, delivery_id=None):
        """Keep photos and a remark of the customer; damage opens a problem.

        The caller has checked that the visitor may see the order. What was sent
        twice is kept once.

        :param form: ``{"name", "remark", "is_damaged"}`` as posted
        :param files: pictures as :meth:`order.hub.upload._checked` takes them
        :param delivery_id: the delivery it is about; ``None``: the whole order
        :raise UserError: too late, nothing sent, no picture, too large, too many
        """
        self.ensure_one()
        order = self.sudo()
        order._hub_take_turn()
        delivery = order._hub_remark_delivery(delivery_id)
        remark = order._hub_form_text(form, "remark", MAX_REMARK)
        is_damaged = bool(form.get("is_damaged"))
        if is_damaged and not remark:
            raise UserError(self.env._("Say in a few words what is wrong."))
        photos = order._hub_checked_photos(files)
        if not photos and not remark:
            raise UserError(self.env._("Add a photo or write a remark."))
        items = order._hub_remark_items(form, photos, remark, delivery)
        order._hub_keep_new(items)
        if is_damaged:
            order._hub_note_damage(remark, delivery)

    def _hub_remark_delivery(self, delivery_id):
        """Return the delivery a remark is about, empty for the whole order.

        :raise UserError: when nothing was delivered, or too long ago
        """
        deliveries = self._hub_remark_deliveries()
        delivery = deliveries.filtered(lambda picking: picking.id == delivery_id)
        if not (delivery if delivery_id else deliveries):
            raise UserError(
                self.env._(
                    "Photos and remarks are taken from the delivery on, for %s days. "
                    "Please call or write to us.",
                    REMARK_DAYS,
                )
            )
        return delivery

    def _hub_checked_photos(self, files):
        """Return pictures made anew: no place, no device.

        :raise UserError: for anything else, and beyond what one order may hold
        """
        photos = self.env["order.hub.upload"]._checked(
            files, kinds=(PICTURE,), limit_bytes=MAX_PHOTO_BYTES, most=MAX_PHOTOS
        )
        given = self.hub_evidence_ids.filtered(
            lambda e: e.is_from_customer and e.kind == "photo"
        )
        if photos and len(given) + len(photos) > MAX_PHOTOS_OF_ORDER:
            raise UserError(
                self.env._(
                    "There are %s photos of this order already. Please send further "
                    "ones by mail.",
                    len(given),
                )
            )
        return photos

    def _hub_remark_items(self, form, photos, remark, delivery):
        """Return photos and remark as ``order.hub.evidence._add`` takes them."""
        name = form.get("name") and self._hub_checked_signer(form["name"])
        common = {
            "is_public": True,
            "is_from_customer": True,
            "signed_by": name or "",
            "picking_id": delivery.id,
        }
        items = [
            {
                **common,
                "kind": "photo",
                "filename": photo["name"],
                "content": base64.b64encode(photo["content"]).decode(),
            }
            for photo in photos
        ]
        if remark:
            items.append({**common, "kind": "note", "note": remark})
        return items

    def _hub_keep_new(self, items):
        """Keep what was not given before."""
        Evidence = self.env["order.hub.evidence"]
        stage = self._hub_receipt_stage() or self.hub_stage_id
        fresh = [item for item in items if not Evidence._same(self, stage, item)]
        Evidence._add(self, stage, fresh)

    # === DAMAGE === #

    def _hub_note_damage(self, remark, delivery):
        """Open a problem for what the customer says is damaged or missing.

        A second report on an order whose first is still open is added to it.
        """
        words = self.with_context(lang=self.company_id.partner_id.lang)
        where = f"{delivery.name}: {remark}" if delivery else remark
        Exception_ = words.env["order.hub.exception"].sudo()
        kind = words.env["order.hub.exception.kind"]._by_code(
            "customer_damage", self.company_id
        )
        known = self.hub_exception_ids.filtered(
            lambda hold: hold.kind_id == kind and hold.state == "open"
        )[:1]
        if known:
            if where not in (known.description or ""):
                known.description = "\n".join(filter(None, [known.description, where]))
            return
        Exception_.create(
            {
                "order_id": self.id,
                "kind_id": kind.id,
                "name": words.env._("Customer reports damaged or missing goods"),
                "description": where,
            }
        )
