from uuid import uuid4

from odoo import api, fields, models

from ..engine.outbox import FromChannel, Move, shipped_share

#: Parcels' texts are bounded: they go to somebody else's system.
MAX_TEXT = 200


class OrderHubOutbox(models.Model):
    """What there is to tell: from stage events, and from deliveries that leave."""

    _inherit = "order.hub.outbox"

    # === STAGES === #

    @api.model
    def _tell_events(self, rows, event_ids):
        """Keep what channels are to be told of stage events; one INSERT for all.

        :param rows: rows of ``order.hub.stage.event._append``
        :param event_ids: their ids, in the same order
        """
        telling = self.env["order.hub.channel"]._telling()
        if not telling:
            return
        orders = self.env["sale.order"].sudo()
        orders = orders.browse(row["order_id"] for row in rows if row.get("order_id"))
        by_id = {order.id: order for order in orders}
        news = []
        for row, event_id in zip(rows, event_ids, strict=True):
            order = by_id.get(row.get("order_id"))
            word = order and self._word(telling, order, row)
            if word:
                news.append(self._status_row(order, row, event_id, word))
        self._keep_news(news)

    def _word(self, telling, order, row):
        """Return ``(word, firm)`` for an event, or ``None``: nothing is told."""
        channel_id = order.hub_channel_id.id
        if channel_id not in telling or not order.hub_external_ref:
            return None
        if self._is_echo(channel_id):
            return None
        by_stage, by_milestone = telling[channel_id]
        found = by_stage.get(row["stage_id"]) or by_milestone.get(row.get("milestone"))
        return found if found and found[0] else None

    def _is_echo(self, channel_id):
        """A channel is not told what it has just told us."""
        told_by = self.env.context.get("order_hub_told_by")
        return isinstance(told_by, FromChannel) and told_by == channel_id

    def _status_row(self, order, row, event_id, word):
        return self._row(
            order,
            word,
            kind="status",
            milestone=row.get("milestone"),
            key=f"status-{event_id}",
            payload={"at": fields.Datetime.to_string(row["date"])},
        )

    def _row(self, order, word, **more):
        now = fields.Datetime.now()
        return {
            "channel_id": order.hub_channel_id.id,
            "company_id": order.company_id.id,
            "order_id": order.id,
            "hub_ref": order.hub_ref,
            "external_ref": order.hub_external_ref,
            "word": word[0],
            "is_firm": word[1],
            "part": None,
            "state": "waiting",
            "attempts": 0,
            "next_try_at": now,
            "happened_at": now,
            **more,
        }

    def _keep_news(self, news):
        if not news:
            return
        self.env["order.hub.writer"]._insert(self, news)
        channels = self.env["order.hub.channel"].browse({r["channel_id"] for r in news})
        channels._tell_soon()

    # === DELIVERIES === #

    @api.model
    def _tell_shipments(self, pickings):
        """Keep what channels are to be told of deliveries that have left.

        :param pickings: ``stock.picking``, any
        """
        telling = self.env["order.hub.channel"]._telling()
        if not telling:
            return
        left = pickings.sudo().filtered(
            lambda p: p.state == "done" and p.location_dest_id.usage == "customer"
        )
        orders = left.move_ids.sale_line_id.order_id
        words = {
            order: self._word(telling, order, self._shipped_stage(order))
            for order in orders
        }
        news = [
            self._shipment_row(order, picking, words[order])
            for picking in left.sorted("id")
            for order in orders & picking.move_ids.sale_line_id.order_id
            if words[order]
        ]
        self._keep_news(news)

    def _shipped_stage(self, order):
        """Return stage and milestone whose word a shipment is told with."""
        stages = order.hub_flow_id.stage_ids
        stage = stages.filtered(lambda s: s.milestone == "shipped")[:1]
        return {"stage_id": stage.id, "milestone": "shipped"}

    def _shipment_row(self, order, picking, word):
        tracking = picking.carrier_tracking_ref or ""
        return self._row(
            order,
            word,
            kind="tracking",
            milestone="shipped",
            part=picking.name,
            key=f"part-{picking.id}-{uuid4().hex}",
            payload={
                "at": fields.Datetime.to_string(
                    picking.date_done or fields.Datetime.now()
                ),
                "tracking": tracking[:MAX_TEXT],
                "carrier": (picking.carrier_id.name or "")[:MAX_TEXT],
                "tracking_url": self._tracking_url(picking),
                "lines": self._shipped_lines(order, picking),
                "is_partial": self._is_partial(order),
            },
        )

    def _is_partial(self, order):
        """Tell whether goods of the order are still to follow."""
        return any(
            line.product_uom_id.compare(line.qty_delivered, line.product_uom_qty) < 0
            for line in order.order_line
            if line.product_id.type == "consu"
        )

    def _tracking_url(self, picking):
        url = picking.carrier_tracking_ref and picking.carrier_tracking_url
        is_address = bool(url) and url.startswith(("http://", "https://"))
        return url[:2000] if is_address else ""

    def _shipped_lines(self, order, picking):
        """Return what this delivery brings, in the channel's numbers and units.

        Lines made of several (a bundle) or of parts (a kit) are told as far as all
        of them have left, with the delivery that completes them.
        """
        moves = self._moves(order)
        before = [
            move.delivery
            for move in moves
            if move.is_done and self._is_before(move.delivery, picking)
        ]
        lines = {}
        for line in order.order_line.filtered(lambda row: not row.display_type):
            earlier = shipped_share(moves, line.id, before)
            by_now = shipped_share(moves, line.id, [*before, picking.id])
            key = line.hub_external_ref or f"#{line.id}"
            row = lines.setdefault(key, {"line": line, "before": 1.0, "now": 1.0})
            row["before"] = min(row["before"], earlier)
            row["now"] = min(row["now"], by_now)
        told = [self._shipped_line(row) for row in lines.values()]
        return [line for line in told if line["quantity"] > 0]

    def _shipped_line(self, row):
        line = row["line"]
        ordered = line.hub_external_quantity or line.product_uom_qty
        return {
            "external_ref": line.hub_external_ref or "",
            "sku": line.hub_external_sku or line.product_id.default_code or "",
            "quantity": round((row["now"] - row["before"]) * ordered, 6),
        }

    def _is_before(self, delivery_id, picking):
        """Deliveries that left earlier; of those at the same time, by number."""
        other = picking.browse(delivery_id)
        moment, own = other.date_done, picking.date_done
        if not moment or not own or moment == own:
            return delivery_id < picking.id
        return moment < own

    def _moves(self, order):
        """Return the moves to the customer, of every delivery of an order."""
        moves = order.order_line.move_ids.filtered(
            lambda m: m.state != "cancel" and m.location_dest_id.usage == "customer"
        )
        return [
            Move(
                move.sale_line_id.id,
                move.product_id.id,
                move.picking_id.id,
                move.quantity if move.state == "done" else move.product_uom_qty,
                move.state == "done",
            )
            for move in moves
        ]
