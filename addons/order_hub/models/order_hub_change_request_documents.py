from datetime import timedelta

from odoo import fields, models
from odoo.tools import plaintext2html

#: States of a manufacturing order that has not begun.
NOT_BEGUN = ("draft", "confirmed")
#: How deep made-to-order parts of parts are followed.
DEPTH = 10


class OrderHubChangeRequest(models.Model):
    """Customer changes: how deliveries, manufacturing and purchasing follow, each by
    Odoo's own methods; where Odoo has none, somebody gets a to-do."""

    _inherit = "order.hub.change.request"

    def _documents_before(self):
        """Return what the documents were before, for what has to be compared."""
        order = self.order_id
        return {"promise": self._promise(), "deliveries": self._open_deliveries(order)}

    def _open_deliveries(self, order):
        return order.picking_ids.filtered(lambda p: p.state not in ("done", "cancel"))

    def _change_documents(self, before, made):
        """Have the documents follow the order (sudo).

        :param before: what :meth:`_documents_before` returned
        :param made: ``{change line: order line}``
        """
        self.ensure_one()
        getattr(self, f"_follow_{self.kind}")(made)
        if self.kind != "address":
            self._follow_promise(before["promise"])
        self._mark_papers(before["deliveries"])

    # === ADDRESS === #

    def _follow_address(self, _made):
        """Give the open deliveries the new address; the old label is void."""
        old, new = self.shipping_old_id, self.shipping_id
        deliveries = self._open_deliveries(self.order_id).filtered(
            lambda picking: picking.partner_id in (old, old.browse())
        )
        deliveries.write({"partner_id": new.id})
        deliveries._hub_renew_label(self)

    # === QUANTITIES === #

    def _follow_quantity(self, _made):
        """Less of a product: manufacturing and purchasing of it shrink, too."""
        for line in self.line_ids:
            less = line.quantity_old - line.quantity_new
            if less > 0:
                own = line.line_id.product_uom_id._compute_quantity(
                    less, line.product_id.uom_id
                )
                self._make_less(line.product_id, own)
                self._tell_buyers(line.product_id, own)

    def _follow_drop(self, made):
        self._follow_quantity(made)

    def _follow_add(self, _made):
        """Odoo's procurement has run; what was added to a frozen order is frozen."""

    def _make_less(self, product, less):
        """Make less of a product for the order: what has begun goes on."""
        for production in self._productions(product, NOT_BEGUN):
            if less <= 0:
                break
            unit = production.product_uom_id
            cut = min(production.product_uom_qty, less)
            left = production.product_uom_qty - cut
            less -= cut
            self._set_production(
                production, product.uom_id._compute_quantity(left, unit)
            )

    def _set_production(self, production, quantity, depth=DEPTH):
        """Give a manufacturing order another quantity; parts made for it follow."""
        parts = production._get_children().filtered(lambda mo: mo.state in NOT_BEGUN)
        if production.product_uom_id.compare(quantity, 0.0) <= 0:
            production.action_cancel()
        else:
            self.env["change.production.qty"].create(
                {"mo_id": production.id, "product_qty": quantity}
            ).change_prod_qty()
        for part in parts if depth else ():
            self._shrink_part(production, part, depth - 1)

    def _shrink_part(self, production, part, depth):
        """Make no more of a part than the order above it still needs."""
        moves = production.move_raw_ids.filtered(
            lambda m: m.product_id == part.product_id and m.state != "cancel"
        )
        needed = sum(moves.mapped("product_qty"))
        unit = part.product_id.uom_id
        if unit.compare(part.product_uom_qty, needed) > 0:
            quantity = unit._compute_quantity(needed, part.product_uom_id)
            self._set_production(part, quantity, depth)

    def _productions(self, products, states):
        """Return the order's manufacturing orders, the latest first."""
        return self.env["mrp.production"].search(
            [
                ("reference_ids.sale_ids", "=", self.order_id.id),
                ("product_id", "in", products.ids),
                ("state", "in", states),
                ("company_id", "=", self.company_id.id),
            ],
            order="id desc",
        )

    # === PURCHASING === #

    def _purchases(self, products=None):
        """Return the confirmed purchase lines that were bought for the order."""
        domain = [
            ("order_id.reference_ids.sale_ids", "=", self.order_id.id),
            ("order_id.state", "=", "purchase"),
            ("company_id", "=", self.company_id.id),
        ]
        if products is not None:
            domain.append(("product_id", "in", products.ids))
        return self.env["purchase.order.line"].search(domain)

    def _tell_buyers(self, product, less):
        """A confirmed purchase is agreed with a supplier: its buyer decides."""
        components = self._productions(product, NOT_BEGUN).move_raw_ids.product_id
        for line in self._purchases(product | components):
            body = self.env._(
                "%(request)s: customer order %(order)s needs %(less)s %(unit)s less of "
                "%(product)s. Reduce %(line)s with the supplier, or keep it for "
                "stock.",
                request=self.name,
                order=self.order_id.name,
                less=f"{less:g}",
                unit=product.uom_id.name,
                product=product.display_name,
                line=line.product_id.display_name,
            )
            self._give_todo(line.order_id, body, line.order_id.user_id)

    # === DATE === #

    def _follow_date(self, _made):
        """The promise has moved: :meth:`_follow_promise` does the rest."""

    def _follow_promise(self, before):
        """Move deliveries and manufacturing that has not begun with the promise."""
        after = self._promise()
        if not before or not after or before == after:
            return
        shift = after - before
        leave = after - timedelta(days=self.company_id.security_lead)
        for picking in self._open_deliveries(self.order_id):
            if picking.location_dest_id.usage == "customer":
                picking.scheduled_date = max(leave, fields.Datetime.now())
        self._shift_productions(shift)
        if self.kind == "date":
            self._tell_buyers_date(shift)

    def _shift_productions(self, shift):
        """Move the starts of manufacturing; what was planned is planned anew."""
        products = self.order_id.order_line.product_id
        for production in self._productions(products, NOT_BEGUN):
            start = max(production.date_start + shift, fields.Datetime.now())
            planned = production.is_planned
            if planned:
                production.button_unplan()
            production.write({"date_start": start})
            if planned:
                production.button_plan()

    def _tell_buyers_date(self, shift):
        for purchase in self._purchases().order_id:
            body = self.env._(
                "%(request)s: customer order %(order)s moves by %(days)s days to "
                "%(date)s. See whether the supplier can follow.",
                request=self.name,
                order=self.order_id.name,
                days=shift.days,
                date=self._day(self._promise()),
            )
            self._give_todo(purchase, body, purchase.user_id)

    # === SPECIFICATION === #

    def _follow_specification(self, _made):
        """Tell those who make it; a frozen BOM changes by an ECN only."""
        wishes = [
            f"{line.product_id.display_name}: {line.specification}"
            for line in self.line_ids
        ]
        wish = "\n".join(wishes)
        for production in self._productions(
            self.line_ids.product_id, ("draft", "confirmed", "progress")
        ):
            production.message_post(body=plaintext2html(f"{self.name}\n{wish}"))
        if self.order_id.hub_is_frozen:
            body = self.env._(
                "%(request)s: order %(order)s is frozen on its BOM. The customer "
                "wants:\n%(wish)s\nMake an engineering change (ECN) for it.",
                request=self.name,
                order=self.order_id.name,
                wish=wish,
            )
            self._give_todo(self.order_id, body, self._engineer())

    def action_ecn(self):
        """Open a new engineering change for what the customer wants."""
        self.ensure_one()
        self.check_access("read")
        return {
            "name": self.env._("Engineering Change"),
            "type": "ir.actions.act_window",
            "res_model": "order.hub.ecn",
            "views": [(False, "form")],
            "context": {
                "default_title": self._summary(),
                "default_reason": "customer",
                "default_description": plaintext2html(self.wish or ""),
                "default_company_id": self.company_id.id,
            },
        }

    def _engineer(self):
        """Return who gets the to-do for an ECN: one engineer of the company."""
        group = self.env.ref("order_hub.order_hub_group_engineer")
        users = group.all_user_ids.filtered(
            lambda u: self.company_id in u.company_ids and not u.share and u.active
        )
        real = users.filtered(lambda user: not user._is_superuser())
        return real[:1] or self.order_id.user_id

    # === PAPERS AND TO-DOS === #

    def _mark_papers(self, deliveries):
        """Printed papers of deliveries are old: say so, and have them printed anew."""
        for picking in deliveries.filtered(lambda p: p.state not in ("done", "cancel")):
            was_printed = picking.printed
            picking.printed = False
            words = self._warehouse_words(picking)
            picking.message_post(body=plaintext2html(words))
            if was_printed or picking.carrier_tracking_ref:
                todo = self.env._("Papers and label of before are void: print anew.")
                self._give_todo(picking, f"{words}\n{todo}", picking.user_id)

    def _give_todo(self, record, body, user):
        """Give somebody a to-do on a document; without anybody, the salesperson."""
        owner = user or self.order_id.user_id or self.requested_by_id
        if not owner or owner.share:
            return
        record.activity_schedule(
            "mail.mail_activity_data_todo",
            summary=self.name,
            note=plaintext2html(body),
            user_id=owner.id,
        )
