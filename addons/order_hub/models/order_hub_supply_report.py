from odoo import api, fields, models
from odoo.exceptions import UserError

KINDS = [("delay", "Delay"), ("shortage", "Shortage")]
TODO = "order_hub.mail_activity_data_supply_report"


class OrderHubSupplyReport(models.Model):
    """What a supplier reports early of one order line: later, or less.

    A report changes no order: the buyer decides. It counts for what customers' orders
    can expect from the moment it is made.
    """

    _name = "order.hub.supply.report"
    _description = "Supplier's Early Report"
    _inherit = ["order.hub.append.only"]
    _order = "id desc"
    _rec_name = "order_id"
    _check_company_auto = True
    _created_through_orm = True

    order_id = fields.Many2one(
        "purchase.order", required=True, readonly=True, ondelete="cascade", index=True
    )
    line_id = fields.Many2one(
        "purchase.order.line",
        "Order Line",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, ondelete="cascade", index=True
    )
    partner_id = fields.Many2one(
        "res.partner",
        "Supplier",
        required=True,
        readonly=True,
        ondelete="restrict",
        index=True,
    )
    product_id = fields.Many2one("product.product", readonly=True, ondelete="restrict")
    unit_id = fields.Many2one("uom.uom", readonly=True, ondelete="restrict")
    user_id = fields.Many2one("res.users", "Reported By", readonly=True)
    at = fields.Datetime("Reported On", required=True, readonly=True)
    kind = fields.Selection(KINDS, required=True, readonly=True)
    asked = fields.Float(
        "Still to Come", digits="Product Unit", required=True, readonly=True
    )
    planned = fields.Datetime("Was Planned", readonly=True)
    quantity = fields.Float(
        "Comes", digits="Product Unit", required=True, readonly=True
    )
    date = fields.Datetime("Comes On", readonly=True, help="Empty: not known yet.")
    reason_id = fields.Many2one(
        "order.hub.answer.reason", readonly=True, ondelete="restrict"
    )
    note = fields.Text(readonly=True)

    # === REPORT === #

    @api.model
    def _report(self, order, words, now, user):
        """Keep what a supplier reports of lines of an order, and act on it.

        Whoever calls has checked that the visitor speaks for the supplier; as
        superuser.

        :param words: dicts of ``line_id``, ``kind``, ``quantity`` (of what is open, in
            the line's unit), ``day`` (date or None), ``reason_id``, ``note``
        :param now: naive UTC
        :return: the rows made
        :raise UserError: what is wrong with which line
        """
        lines = order._hub_reportable()
        by_id = {line.id: line for line in lines}
        if not words or any(word["line_id"] not in by_id for word in words):
            raise UserError(
                self.env._(
                    "Nothing was reported, or a line of order %s is not open any more. "
                    "Open the order again.",
                    order.name,
                )
            )
        reports = self.create(
            [self._row(by_id[word["line_id"]], word, now, user) for word in words]
        )
        reports._tell(now)
        return reports

    @api.model
    def _row(self, line, word, now, user):
        """Return the values of one report.

        :raise UserError: what is wrong with it
        """
        moment = line._hub_moment_of(word["day"]) if word["day"] else False
        row = {
            "order_id": line.order_id.id,
            "line_id": line.id,
            "company_id": line.company_id.id,
            "partner_id": line.order_id.partner_id.commercial_partner_id.id,
            "product_id": line.product_id.id,
            "unit_id": line.product_uom_id.id,
            "user_id": user.id,
            "at": now,
            "kind": word["kind"],
            "asked": line._hub_open(),
            "planned": line.date_planned,
            "quantity": line._hub_open()
            if word["kind"] == "delay"
            else word["quantity"],
            "date": moment or (word["kind"] == "shortage" and line.date_planned),
            "reason_id": word.get("reason_id") or False,
            "note": (word.get("note") or "").strip()[:1000],
        }
        self._check_row(line, word, row, now)
        return row

    @api.model
    def _check_row(self, line, word, row, now):
        """Refuse what is no problem or makes no sense.

        :raise UserError: what is wrong, and what to do
        """
        name, day = line.product_id.display_name, word["day"]
        if day and day < line._hub_today(now):
            raise UserError(
                self.env._("%s: the new day has passed. Choose a later one.", name)
            )
        if row["kind"] == "delay" and day and row["date"] <= line.date_planned:
            raise UserError(
                self.env._(
                    "%(product)s: the new day is not later than %(planned)s. Nothing "
                    "has to be reported.",
                    product=name,
                    planned=line._hub_day_words(line.date_planned),
                )
            )
        unit, open_ = line.product_uom_id, line._hub_open()
        is_less = 0 <= row["quantity"] and unit.compare(row["quantity"], open_) < 0
        if row["kind"] == "shortage" and not is_less:
            raise UserError(
                self.env._(
                    "%(product)s: a shortage is less than the %(open)s that are still "
                    "to come. Enter how much you can deliver.",
                    product=name,
                    open=line._hub_quantity_words(open_),
                )
            )

    # === TELL === #

    def _tell(self, now):
        """Tell buyer, radar and the orders that wait, in this transaction."""
        said = {report.line_id: report._parts(now) for report in self}
        self.line_id._hub_expect(said, now)
        for order, reports in self.grouped("order_id").items():
            reports._tell_buyer(order)

    def _parts(self, now):
        """Return what comes when of the whole line, see ``_hub_expect``."""
        line = self.line_id
        parts = [(line.qty_received, now)] if line.qty_received else []
        if self.quantity and self.date:
            parts.append((self.quantity, self.date))
        return parts

    def _tell_buyer(self, order):
        """Write a note, and open or renew the to-do of the buyer."""
        order = order.with_context(lang=order.company_id.partner_id.lang)
        words = [report.with_env(order.env)._words() for report in self]
        order.message_post(body="\n".join(words), subtype_xmlid="mail.mt_note")
        todos = order.activity_ids.filtered(
            lambda todo: todo.activity_type_id == self.env.ref(TODO)
        )
        if todos:
            todos.write({"note": "; ".join(words)})
        elif order.user_id:
            order.activity_schedule(
                TODO,
                summary=order.env._("The supplier reports a problem"),
                note="; ".join(words),
                user_id=order.user_id.id,
            )

    def _words(self):
        """Return one sentence for the buyer."""
        self.ensure_one()
        line = self.line_id
        day = self.date and line._hub_day_words(self.date)
        return self.env._(
            "%(kind)s: %(product)s, %(asked)s planned for %(planned)s; %(quantity)s "
            "come on %(day)s. %(reason)s",
            kind=dict(self._fields["kind"]._description_selection(self.env))[self.kind],
            product=self.product_id.display_name,
            asked=line._hub_quantity_words(self.asked),
            planned=line._hub_day_words(self.planned),
            quantity=line._hub_quantity_words(self.quantity),
            day=day or self.env._("a day not known yet"),
            reason=" ".join(filter(None, [self.reason_id.name, self.note])),
        ).strip()
