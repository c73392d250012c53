from datetime import date

import pytz

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..const import ANSWERED_STATES, INTERNAL
from ..engine.answer import (
    PROPOSED,
    REFUSED,
    WAITING,
    Asked,
    Part,
    problems,
    said,
)

#: What suppliers answer is the hub's to write, and nobody's to read from outside.
INSIDE = "base.group_user"
KEPT = {"hub_answer_id", "hub_answer_state"}
#: What an answer is about: once the buyer changes it, the supplier is asked again.
ANSWERED = ("product_id", "product_uom_id", "product_qty", "date_planned")


class PurchaseOrderLine(models.Model):
    """What a line asks of its supplier, and which answer stands."""

    _inherit = "purchase.order.line"

    hub_answer_id = fields.Many2one(
        "order.hub.supplier.answer",
        "Supplier's Answer",
        copy=False,
        readonly=True,
        index="btree_not_null",
        groups=INSIDE,
    )
    hub_answer_state = fields.Selection(
        ANSWERED_STATES, "Supplier Says", copy=False, readonly=True, groups=INSIDE
    )
    hub_split_from_id = fields.Many2one(
        "purchase.order.line",
        "Split From",
        copy=False,
        readonly=True,
        index="btree_not_null",
        groups=INSIDE,
        help="The line whose later delivery this one is.",
    )

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._hub_check_answer_kept(vals)
        return super().create(vals_list)

    def write(self, vals):
        self._hub_check_answer_kept(vals)
        changed = self._hub_overtaken(vals)
        result = super().write(vals)
        changed._hub_ask_again()
        return result

    def _hub_check_answer_kept(self, vals):
        """Refuse whoever would put words into a supplier's mouth."""
        if KEPT & set(vals):
            raise UserError(
                self.env._(
                    "What a supplier has answered cannot be written. Record an answer "
                    "on the purchase order instead."
                )
            )

    def _hub_overtaken(self, vals):
        """Return the lines whose answer is about something else after a write."""
        names = [name for name in ANSWERED if name in vals]
        if not names or self.env.context.get("hub_taking") is INTERNAL:
            return self.browse()
        answered = self.sudo().filtered("hub_answer_id")
        return answered.filtered(
            lambda line: any(line._hub_changes(name, vals[name]) for name in names)
        )

    def _hub_changes(self, name, value):
        field = self._fields[name]
        new = field.convert_to_cache(value, self, validate=False)
        return new != field.convert_to_cache(self[name], self, validate=False)

    def _hub_ask_again(self):
        """Let the supplier answer anew: the buyer has changed these lines."""
        if not self:
            return
        asked = {"hub_answer_id": False, "hub_answer_state": WAITING}
        values = {line.id: asked for line in self}
        self.env["order.hub.writer"]._update(self, values)
        self.order_id._hub_refresh_answer_state()

    # === WHAT IS ASKED === #

    def _hub_open(self):
        """Return what has not been received yet, in the unit of the line."""
        self.ensure_one()
        return max(0.0, self.product_qty - self.qty_received)

    def _hub_is_answerable(self):
        """Tell whether the supplier has something to say to this line."""
        self.ensure_one()
        unit = self.product_uom_id
        return (
            self.state == "purchase"
            and not self.display_type
            and not self.is_downpayment
            and unit.compare(self._hub_open(), 0) > 0
        )

    def _hub_asked(self):
        """Return what is to come when: as ordered, or as the buyer asked instead.

        :return: ``engine.answer.Asked``, days in the zone of the order
        """
        self.ensure_one()
        unit, open_ = self.product_uom_id, self._hub_open()
        parts = self._hub_counter_parts()
        if unit.compare(sum(part.quantity for part in parts), open_):
            parts = ()
        if not parts and unit.compare(open_, 0) > 0:
            parts = (Part(self._hub_local_day(self.date_planned), open_),)
        return Asked(parts, unit.rounding or 0.01)

    def _hub_counter_parts(self):
        """Return what the buyer asked for instead of the answer that stands."""
        decided = self.sudo().hub_answer_id.settlement_ids
        return read_parts(decided.filtered(lambda d: d.kind == "countered").parts)

    def _hub_local_day(self, moment):
        """Return the day of a moment (naive UTC) in the zone of the order."""
        zone = self.order_id.get_order_timezone()
        return pytz.utc.localize(moment).astimezone(zone).date()

    def _hub_today(self, now):
        """Return the day it is for the order at a moment (naive UTC)."""
        return self._hub_local_day(now)

    # === WHAT IS SAID === #

    def _hub_said(self, word):
        """Return an answer as the engine judges it, and what was asked.

        :param word: dict of ``kind`` and, for a split, ``parts`` and ``refused``;
            ``reason_id`` where something is refused
        :return: ``(engine.answer.Answer, engine.answer.Asked)``
        """
        self.ensure_one()
        asked = self._hub_asked()
        answer = said(
            word["kind"],
            asked,
            read_parts(word.get("parts")),
            word.get("refused") or 0.0,
            bool(word.get("reason_id")),
        )
        return answer, asked

    def _hub_answer_problems(self, answer, asked, now):
        """Return what is wrong with an answer in words, for the supplier to read."""
        self.ensure_one()
        words = self.env["order.hub.answer.words"]
        return [
            self.env._(
                "%(product)s: %(problem)s",
                product=self.name.partition("\n")[0],
                problem=words._problem(code, answer, asked, self.product_uom_id),
            )
            for code in problems(answer, asked, self._hub_today(now))
        ]

    def _hub_supplier_parts(self):
        """Return what comes when by answers that the buyer has not decided about.

        They count all the same: it is what will happen unless the buyer finds a better
        way. What was accepted is on the lines themselves.

        :return: ``{line id: [(day, quantity)]}``, days in the zone of the order; a
            line that is refused has an empty list, one that is as planned no entry
        """
        pending = self.sudo().filtered(
            lambda line: line.hub_answer_state in (PROPOSED, REFUSED)
        )
        return {
            line.id: [
                (part.day, part.quantity)
                for part in read_parts(line.hub_answer_id.parts)
            ]
            for line in pending
        }


def read_parts(parts):
    """Return parts of a Json field, or as given by a page, for the engine."""
    return tuple(
        Part(_read_day(part["date"]), float(part["quantity"])) for part in parts or ()
    )


def _read_day(day):
    return day if isinstance(day, date) else date.fromisoformat(day)


def write_parts(parts):
    """Return parts of the engine as a Json field keeps them."""
    return [{"quantity": part.quantity, "date": part.day.isoformat()} for part in parts]
