from odoo import fields, models
from odoo.exceptions import LockError, UserError
from odoo.fields import Command

from ..const import FINAL_STATES


class OrderHubDuplicate(models.Model):
    """Deciding: one tap, and one tap to take it back."""

    _inherit = "order.hub.duplicate"

    # === WHAT PEOPLE DO === #

    def action_merge(self):
        """The inbound orders are repeats: nothing new becomes of them."""
        for row in self._begin("open"):
            row._merge()
        return self._next()

    def action_merge_with_lines(self):
        """As :meth:`action_merge`; products that the order lacks are added to it."""
        self.ensure_one()
        self._begin("open")._merge(add_lines=True)
        return self._next()

    def action_keep(self):
        """They are two orders; this pair is never asked about again."""
        for row in self._begin("open"):
            row._decide("kept")
            row._go_on()
        return self._next()

    def action_undo(self):
        """Take the last decision back; the pair is to be decided again."""
        for row in self._begin("kept", "merged"):
            if row.state == "merged":
                row._unmerge()
            row._decide("undone", state="open")
            row._wait_again()
        return True

    def _begin(self, *states):
        """Return the records as sudo, locked, after checking who and what.

        :raise UserError: somebody has decided meanwhile
        """
        self.inbound_id._check_may_work()
        self.check_access("read")
        rows = self.sudo()
        try:
            rows.lock_for_update()
        except LockError as error:
            raise UserError(
                self.env._("Somebody is deciding this right now. Try again.")
            ) from error
        rows.invalidate_recordset(["state"])
        for row in rows.filtered(lambda row: row.state not in states):
            raise UserError(row._already())
        return rows

    def _already(self):
        labels = dict(self._fields["state"]._description_selection(self.env))
        return self.env._(
            "%(pair)s: this is “%(state)s” since %(date)s by %(user)s. Reload the "
            "page.",
            pair=self.display_name,
            state=labels[self.state],
            date=fields.Datetime.to_string(self.decided_at or self.found_at),
            user=self.decided_by_id.name or "–",
        )

    def _next(self):
        """Return the action of the next pair to decide, where one works them off."""
        if not self.env.context.get("order_hub_work_off"):
            return True
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "order_hub_connectors.order_hub_duplicate_action_decide"
        )
        found = self.search([("state", "=", "open")], limit=1)
        if not found:
            return {**action, "views": [(False, "list")]}
        return {**action, "res_id": found.id, "views": [(False, "form")]}

    def _decide(self, decision, state=None, order=None, lines=()):
        """Keep a decision, with who and when."""
        now = fields.Datetime.now()
        self.write(
            {
                "state": state or decision,
                "decided_by_id": self.env.uid,
                "decided_at": now,
            }
        )
        self.env["order.hub.duplicate.decision"].sudo().create(
            {
                "duplicate_id": self.id,
                "company_id": self.company_id.id,
                "decision": decision,
                "user_id": self.env.uid,
                "date": now,
                "score": self.score,
                "order_id": order and order.id,
                "added_line_ids": list(lines) or False,
            }
        )

    # === MERGE === #

    def _merge(self, add_lines=False):
        """Make the message a duplicate of the other order.

        What the person may not do to an order (cancel one, add lines) is refused
        with the message of the order itself.
        """
        target, own = self._other_order(), self.inbound_id.order_id
        if add_lines and not target:
            raise UserError(
                self.env._(
                    "%s is no order yet, so nothing can be added to it. Put it right "
                    "first, or merge without adding lines.",
                    self.other_inbound_id.external_ref,
                )
            )
        if own and own != target:
            self._give_up(own)
        lines = self._add_lines(target) if add_lines else []
        self.own_order_id = own if own != target else False
        self.inbound_id.write(
            {
                "state": "duplicate",
                "order_id": target.id,
                "processed_at": fields.Datetime.now(),
            }
        )
        self.inbound_id.problem_ids.unlink()
        self.env["order.hub.inbound.facts"].sudo()._forget(self.inbound_id.ids)
        self._decide("merged", order=target, lines=lines)
        if target:
            target._message_log(body=self._merge_note())
        self._release_askers()

    def _give_up(self, own):
        """Cancel the order that was made of the repeat, with the person's rights."""
        order = own.with_user(self.env.user)
        if own.state not in ("draft", "sent", "cancel"):
            raise UserError(
                self.env._(
                    "%(own)s was made of the repeat and is confirmed. Cancel it first, "
                    "then merge; or keep both.",
                    own=own.name,
                )
            )
        self.env["order.hub.exception"]._settle("duplicate", own)
        if own.state != "cancel":
            order.action_cancel()

    def _release_askers(self):
        """Messages that waited because of this one are looked at again."""
        asking = self.search(
            [("state", "=", "open"), ("other_inbound_id", "=", self.inbound_id.id)]
        )
        asking.inbound_id.filtered(
            lambda row: row.state not in FINAL_STATES
        )._process_now()

    def _merge_note(self):
        """Return what the repeat said, for the history of the order."""
        said = self._said()
        lines = "\n".join(
            f"{line['quantity']:g} × {line['label']}" for line in said["lines"]
        )
        return self.env._(
            "%(channel)s %(ref)s is a repeat of this order (%(score)s points), says "
            "%(user)s.\n%(lines)s\n%(remark)s",
            channel=self.channel_id.name,
            ref=self.inbound_id.external_ref,
            score=f"{self.score:g}",
            user=self.env.user.name,
            lines=lines,
            remark=said["remark"],
        )

    def _said(self):
        """Return lines and remark of the message as understood."""
        values = self.inbound_id.values or {}
        return {
            "lines": [
                {
                    "label": line.get("name") or line.get("sku") or "–",
                    "quantity": line.get("quantity") or 0.0,
                }
                for line in values.get("lines") or []
            ],
            "remark": values.get("special_request") or values.get("note") or "",
        }

    def _add_lines(self, target):
        """Add products to the order that it lacks, with the person's rights.

        :return: ids of the new lines
        """
        goods = dict(self.facts["mine"].get("products", ()))
        missing = [
            Command.create({"product_id": key, "product_uom_qty": quantity})
            for key, quantity in goods.items()
            if isinstance(key, int) and key not in target.order_line.product_id.ids
        ]
        if not missing:
            return []
        known = target.order_line
        target.with_user(self.env.user).write({"order_line": missing})
        return (target.order_line - known).ids

    # === TAKEN BACK === #

    def _unmerge(self):
        """Undo what merging did: lines added, the order given up, the message."""
        last = self.decision_ids[:1]
        self._take_lines_back(last)
        own = self.own_order_id
        if own.state == "cancel":
            own.with_user(self.env.user).action_draft()
        self.inbound_id.write(
            {
                "state": "done" if own else "attention",
                "order_id": own.id,
            }
        )

    def _take_lines_back(self, decision):
        lines = self.env["sale.order.line"].browse(decision.added_line_ids or [])
        lines = lines.exists()
        if not lines:
            return
        order = lines.order_id
        if order.state not in ("draft", "sent"):
            raise UserError(
                self.env._(
                    "Lines were added to %s, and it is confirmed by now. Take them off "
                    "the order first, then undo.",
                    order.name,
                )
            )
        lines.with_user(self.env.user).unlink()

    def _go_on(self):
        """Let the message, or the order made of it, go on."""
        order = self.inbound_id.order_id
        if order:
            self.env["order.hub.exception"]._settle("duplicate", order)
            order._hub_sync(source="document")
        elif self.inbound_id.state not in FINAL_STATES:
            self.inbound_id._process_now()

    def _wait_again(self):
        """Hold the order made of the message again, or ask about the message."""
        order = self.inbound_id.order_id
        if self.inbound_id.state == "attention":
            self.inbound_id._process_now()
        elif order and order.state != "cancel":
            self._hold(order)

    def _hold(self, order):
        title = self.env._("Likely a repeat of %s", self._other_name())
        reason = self.env._(
            "%(score)s of 100 points. Compare them under Likely Repeats.",
            score=f"{self.score:g}",
        )
        self.env["order.hub.exception"]._note("duplicate", {order: (title, reason)})

    def _other_name(self):
        return self._other_order().name or self.other_inbound_id.external_ref
