from odoo import models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..engine.event import clean_event, fingerprint
from ..engine.order import set_at
from ..engine.outbox import FromChannel
from ..engine.versions import is_older


class OrderHubInbound(models.Model):
    """Messages about orders that the hub has: found, applied once, never lost.

    A message whose order is not here waits for it. What cannot be done becomes a
    problem of the order, with everything somebody needs to decide.
    """

    _inherit = "order.hub.inbound"

    def _inbound_words(self):
        words = super()._inbound_words()
        words.update(
            {
                "submit.no_order": self.env._(
                    "The hub has no order with this number from this channel yet. The "
                    "message waits for it."
                ),
                "submit.overtaken": self.env._(
                    "Older (%(version)s) than what was applied already (%(applied)s)."
                ),
                "submit.applied_before": self.env._("This was done before."),
                "submit.asked": self.env._(
                    "Order %(name)s has an open problem now: %(reason)s"
                ),
                "submit.nothing": self.env._("Order %(name)s is so already."),
                "submit.invalid": self.env._("“%(value)s” cannot be used: %(reason)s"),
                "submit.too_many": self.env._("%(reason)s"),
                "submit.type": self.env._("%(reason)s"),
            }
        )
        return words

    # === EVENTS === #

    def _follow(self, channel, works, apply):
        """Apply messages about known orders, each once, each for itself.

        :param apply: called with work and order (sudo); a UserError it raises
            becomes a problem of the order
        """
        self._clean_events(works)
        inside = self._told_by(channel)
        pairs = inside._with_orders(channel, works)

        def apply_one(work, order):
            apply(inside, work, order, fingerprint(work.kind, work.values))

        if not inside._follow_together(pairs, apply_one):
            for work, order in pairs:
                inside._follow_one(work, order, apply_one)

    def _follow_together(self, pairs, apply):
        """Apply messages in one savepoint; one that cannot be done undoes them all.

        :return: whether everything was done
        """
        said = [len(work.findings) for work, _order in pairs]
        try:
            with self.env.cr.savepoint():
                for work, order in pairs:
                    apply(work, order)
        except UserError:
            for (work, _order), count in zip(pairs, said, strict=True):
                del work.findings[count:]
            return False
        for work, order in pairs:
            work.order_id, work.outcome = order.id, work.outcome or "done"
        return True

    def _follow_one(self, work, order, apply):
        work.order_id = order.id
        try:
            with self.env.cr.savepoint():
                apply(work, order)
        except UserError as error:
            self._ask(work, order, f"channel_{work.kind}", str(error))
        work.outcome = work.outcome or "done"

    def _told_by(self, channel):
        """Return self with what is done here marked as the channel's own news."""
        return self.with_context(
            order_hub_told_by=FromChannel(channel.id),
            order_hub_source="api",
            order_hub_reason=self.env._("Message of channel %s", channel.name),
        )

    def _clean_events(self, works):
        """Make ``values`` clean; a problem in them stops the message."""
        for work in works:
            values = dict(work.values or {})
            for path, value in work.corrections.items():
                set_at(values, path, value)
            work.values, problems = clean_event(values)
            for problem in problems:
                work.problem(
                    "submit",
                    problem["code"],
                    problem["field"],
                    reason=problem["message"],
                )
            if work.is_blocked:
                work.outcome = "attention"

    # === THE ORDER === #

    def _with_orders(self, channel, works):
        """Return ``[(work, order)]`` (sudo, locked) in the order of arrival.

        Only orders of this very channel are found; other messages wait.
        """
        going = [work for work in works if not work.outcome]
        if not going:
            return []
        refs = {self._order_ref(work) for work in going}
        orders = (
            self.env["sale.order"]
            .sudo()
            .search(
                [
                    ("hub_channel_id", "=", channel.id),
                    ("hub_external_ref", "in", sorted(refs)),
                ]
            )
        )
        orders._hub_lock()
        by_ref = {order.hub_external_ref: order for order in orders}
        merged = self._merged_into(channel, refs - set(by_ref))
        pairs = []
        for work in sorted(going, key=lambda row: row.inbound_id):
            ref = self._order_ref(work)
            if ref in by_ref:
                pairs.append((work, by_ref[ref]))
            elif ref in merged:
                self._ask_about_repeat(work, merged[ref])
            else:
                work.note("submit", "no_order")
                work.outcome = "waiting"
        return pairs

    def _order_ref(self, work):
        return work.values.get("external_ref") or work.external_ref

    def _apply_once(self, work, order, key, amount=0.0):
        """Tell whether a message is applied for the first time; note that it is."""
        Applied = self.env["order.hub.applied"].sudo()
        first = Applied._apply_once(order, work, key, amount)
        if not first:
            work.note("submit", "applied_before")
        return first

    def _ask(self, work, order, kind, reason, alternatives=None):
        """Open a problem on the order for whoever looks after it."""
        words = {
            "channel_change": self.env._("The channel has changed the order"),
            "channel_cancel": self.env._("The channel has cancelled the order"),
            "channel_return": self.env._("The channel announces a return"),
            "channel_refund": self.env._("The channel has refunded money"),
            "channel_paid": self.env._("The channel says the order is paid"),
            "channel_shipped": self.env._("The channel says the goods have left"),
        }
        Exception_ = self.env["order.hub.exception"]
        Exception_._note(kind, {order: (words[kind], reason)})
        if alternatives:
            Exception_._automatic(kind, order).write({"alternatives": alternatives})
        first = (reason or "").split("\n")[0]
        work.note("submit", "asked", name=order.name, reason=first[:200])

    # === REPEATS THAT WERE MERGED === #

    def _merged_into(self, channel, refs):
        """Return ``{number: order (sudo)}`` of repeats that became another order."""
        if not refs:
            return {}
        repeats = self.sudo().search(
            [
                ("channel_id", "=", channel.id),
                ("kind", "=", "order"),
                ("external_ref", "in", sorted(refs)),
                ("state", "=", "duplicate"),
                ("order_id", "!=", False),
            ]
        )
        return {repeat.external_ref: repeat.order_id for repeat in repeats}

    def _ask_about_repeat(self, work, order):
        """Put news about a merged repeat before a person; the order stays as it is.

        The order was placed by another road too, and nothing was heard of it there.
        """
        reason = self.env._(
            "The channel sent this about its order %(ref)s, a repeat that was merged "
            "into this order.\nReason: %(reason)s",
            ref=self._order_ref(work),
            reason=work.values.get("reason") or "–",
        )
        alternatives = self.env._(
            "Ask the customer whether it is meant for this order, and change or cancel "
            "it by hand.\nNothing, if only the repeat was meant."
        )
        self._ask(work, order, f"channel_{work.kind}", reason, alternatives)
        work.order_id, work.outcome = order.id, "done"

    # === VERSIONS === #

    def _applied_versions(self, orders):
        """Return ``{order id: latest version that was applied}``, one query."""
        rows = self.env.execute_query(
            SQL(
                """SELECT order_id, version FROM order_hub_inbound
                    WHERE order_id = ANY(%s) AND kind IN ('order', 'change')
                      AND state = 'done' AND version IS NOT NULL""",
                orders.ids,
            )
        )
        latest = {}
        for order_id, version in rows:
            if order_id not in latest or is_older(latest[order_id], version):
                latest[order_id] = version
        return latest

    # === ORDERS THAT ARRIVE AFTER THEIR CANCELLATION === #

    def _submit_order(self, channel, works):
        self._mark_lines(works)
        self._hold_back_cancelled(channel, works)
        return super()._submit_order(channel, works)

    def _hold_back_cancelled(self, channel, works):
        """An order that its channel has cancelled meanwhile is not confirmed.

        It is taken in, so that nothing is lost, and cancelled by the message that
        waits for it.
        """
        if not works:
            return
        rows = self.env.execute_query(
            SQL(
                """SELECT external_ref FROM order_hub_inbound
                    WHERE channel_id = %s AND kind = 'cancel'
                      AND state IN ('received', 'waiting', 'failed')
                      AND external_ref IN %s""",
                channel.id,
                tuple({work.external_ref for work in works}),
            )
        )
        cancelled = {row[0] for row in rows}
        for work in works:
            if work.external_ref in cancelled:
                work.found["is_cancelled_there"] = True

    def _item(self, channel, work):
        item = super()._item(channel, work)
        if work.found.get("is_cancelled_there"):
            item["confirm"] = False
        return item

    def _mark_lines(self, works):
        """Have lines keep their number, code and quantity of the channel."""
        for work in works:
            source = work.values.get("lines") or []
            for line in work.lines:
                line["extra"] = {**line.get("extra", {}), **_line_marks(line, source)}


def _line_marks(line, source):
    """Return what an order line keeps of the line it was made from."""
    number = line.get("n", -1)
    original = source[number] if 0 <= number < len(source) else line
    return {
        "hub_external_ref": original.get("external_ref") or False,
        "hub_external_sku": original.get("sku") or False,
        "hub_external_quantity": original.get("quantity") or 0.0,
    }
