from odoo import api, fields, models
from odoo.tools import format_amount, format_datetime


class OrderHubChangeRequest(models.Model):
    """Customer changes: what people read, in their own language."""

    _inherit = "order.hub.change.request"

    answer = fields.Text(
        "Outcome",
        compute="_compute_answer",
        help="What came out, and what can still be done when it is refused.",
    )
    wish = fields.Char("Wanted", compute="_compute_wish")
    comparison = fields.Json("Old Against New", compute="_compute_comparison")

    check_cards = fields.Json("Findings", compute="_compute_check_cards")
    customer_subject = fields.Char(compute="_compute_customer_words")
    customer_answer = fields.Text(compute="_compute_customer_words")
    customer_ways = fields.Json(compute="_compute_customer_words")

    @api.depends("state", "refusal", "acceptance_ids.state", "check_ids")
    @api.depends_context("lang")
    def _compute_customer_words(self):
        """What the customer reads in a mail: no figures of stock or credit."""
        for request in self:
            request.customer_subject = (
                f"{request._label('kind', request.kind)} – "
                f"{request._label('state', request.state)}"
            )
            request.customer_answer = request._customer_answer()
            refused = request.state == "refused"
            request.customer_ways = request._ways_words() if refused else []

    @api.depends("name", "kind", "order_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for request in self:
            kind = request._label("kind", request.kind)
            number = "" if request.name in (False, "/") else f"{request.name} "
            request.display_name = f"{number}{kind}" if kind else number or "/"

    @api.depends("kind", "shipping_id", "date_wanted", "line_ids.quantity_new")
    @api.depends_context("lang", "tz")
    def _compute_wish(self):
        for request in self:
            request.wish = request._wish_words()

    @api.depends("state", "refusal", "acceptance_ids.state", "check_ids")
    @api.depends_context("lang")
    def _compute_answer(self):
        for request in self:
            request.answer = request._answer_words()

    @api.depends("effects", "amount_new", "date_new", "line_ids.quantity_new")
    @api.depends_context("lang", "tz")
    def _compute_comparison(self):
        for request in self:
            request.comparison = request._rows()

    @api.depends("check_ids")
    @api.depends_context("lang")
    def _compute_check_cards(self):
        for request in self:
            request.check_cards = [check._as_card() for check in request.check_ids]

    # === ONE LINE === #

    def _label(self, name, value):
        """Return the word of a selection in the reader's language."""
        return dict(self._fields[name]._description_selection(self.env)).get(value, "")

    def _wish_words(self):
        """Return what is wanted in one line."""
        if self.kind == "address":
            return self._address_words(self.shipping_id)
        if self.kind == "date":
            return self._day(self.date_wanted)
        if self.kind == "specification":
            return "; ".join(ln.specification or "" for ln in self.line_ids)[:200]
        return "; ".join(
            f"{line.product_id.display_name} {line.quantity_old:g} → "
            f"{line.quantity_new:g}"
            for line in self.line_ids
        )

    def _address_words(self, partner):
        partner = partner.sudo()
        parts = (partner.name, partner.street, partner.city, partner.zip)
        return ", ".join(part for part in parts if part)

    def _day(self, moment):
        zone = {"tz": self._time_zone()} if self.order_id else {}
        return (
            format_datetime(self.env, moment, dt_format="short", **zone)
            if moment
            else ""
        )

    def _money(self, amount):
        return format_amount(self.env, amount, self.currency_id)

    def _summary(self):
        return self.env._(
            "%(request)s, order %(order)s: %(kind)s",
            request=self.name,
            order=self.order_id.name,
            kind=self._label("kind", self.kind),
        )

    # === OLD AGAINST NEW === #

    def _rows(self):
        """Return what the change makes different, one row a figure: ``{"label",
        "old", "new", "changed"}``, texts in the reader's language."""
        if not self.effects:
            return []
        rows = [*self._wish_rows(), *self._figure_rows()]
        return [
            {"label": label, "old": old, "new": new, "changed": old != new}
            for label, old, new in rows
        ]

    def _wish_rows(self):
        if self.kind == "address":
            old = self._address_words(self.shipping_old_id)
            return [(self.env._("Address"), old, self._address_words(self.shipping_id))]
        if self.kind == "specification":
            return [
                (line.product_id.display_name, "–", line.specification or "–")
                for line in self.line_ids
            ]
        return [
            (
                line.product_id.display_name,
                f"{line.quantity_old:g} {line.uom_id.name}",
                f"{line.quantity_new:g} {line.uom_id.name}",
            )
            for line in self.line_ids
        ]

    def _figure_rows(self):
        money = self._money
        return [
            (self.env._("Total"), money(self.amount_old), money(self.amount_new)),
            (
                self.env._("Freight"),
                money(self.freight_old),
                money(self.freight_new),
            ),
            (
                self.env._("Promised"),
                self._day(self.date_old) or "–",
                self._day(self.date_new) or "–",
            ),
            (
                self.env._("To invoice"),
                money(self.invoice_old),
                money(self.invoice_new),
            ),
        ]

    # === OUTCOME === #

    def _answer_words(self):
        """Return the outcome and, where it is refused, what can still be done."""
        if self.state in ("draft", "withdrawn"):
            return ""
        if self.state == "done":
            return self._done_words()
        if self.state == "refused":
            return "\n".join([*self._refusal_words(), *self._ways_words()])
        if self.state == "waiting":
            return self._waiting_words()
        return self.env._("Everything is in order: it can be carried out.")

    def _done_words(self):
        minutes = round(self.minutes)
        if minutes <= 1:
            return self._done_at_once_words()
        if self.by_itself:
            return self.env._(
                "Done by itself %s minutes after it was asked for.", minutes
            )
        return self.env._("Done %s minutes after it was asked for.", minutes)

    def _done_at_once_words(self):
        if self.by_itself:
            return self.env._("Done by itself within a minute.")
        return self.env._("Done within a minute.")

    def _refusal_words(self):
        declined = (self.refusal or {}).get("declined")
        if declined:
            roles = self.env["order.hub.change.acceptance"]._fields["role"]
            labels = dict(roles._description_selection(self.env))
            return [self.env._("%s did not agree.", labels[declined])]
        return [c.text for c in self.check_ids if c.result == "stop"]

    def _closed_words(self):
        """Return what is told when the request is closed: the wish, the outcome."""
        state = self._label("state", self.state)
        lines = [f"{self._summary()} – {self.wish}", f"{state}. {self._answer_words()}"]
        if self.state == "done":
            lines += [
                f"{row['label']}: {row['old']} → {row['new']}"
                for row in self._rows()
                if row["changed"]
            ]
        return "\n".join(lines)

    def _warehouse_words(self, picking):
        return self.env._(
            "%(request)s: %(kind)s of order %(order)s has changed: %(wish)s. What is "
            "on this transfer is what counts.",
            request=self.name,
            kind=self._label("kind", self.kind),
            order=self.order_id.name,
            wish=self.wish,
        )

    # === WHAT CAN STILL BE DONE === #

    def _ways_words(self):
        """Return the ways that are left, one sentence each."""
        ways = self._ways()
        return [ways[code] for code in (self.refusal or {}).get("possible", [])]

    def _ways(self):
        seller = self.order_id.sudo().user_id
        kinds = (self.refusal or {}).get("open_kinds") or []
        return {
            "new_order": self.env._("What is wanted in addition can be a new order."),
            "quotation": self.env._("It is still a quotation: change it directly."),
            "own_address": self.env._("Choose or enter one of your own addresses."),
            "later_date": self.env._("Choose a day that is still to come."),
            "redirect": self._redirect_words(),
            "return": self.env._("After delivery the goods can be sent back."),
            "earliest": self.env._("The day promised so far still holds."),
            "lowest": self.env._(
                "The quantity can be lowered to what has been delivered: %s.",
                self._delivered(),
            ),
            "drop": self.env._("To order nothing of it, drop the product."),
            "other": self.env._(
                "What can still be changed: %s.",
                ", ".join(self._label("kind", kind) for kind in kinds),
            ),
            "contact": self.env._(
                "%(person)s will gladly help: %(how)s",
                person=seller.name or self.company_id.name,
                how=seller.phone or seller.email or self.company_id.phone or "–",
            ),
        }

    def _redirect_words(self):
        number = self._tracking()
        if not number:
            return self.env._("The carrier can still redirect the parcel.")
        return self.env._(
            "The carrier can still redirect the parcel: ask with number %s.", number
        )

    def _tracking(self):
        pickings = self.order_id.sudo().picking_ids
        return ", ".join(
            p.carrier_tracking_ref for p in pickings if p.carrier_tracking_ref
        )

    def _delivered(self):
        lines = self.sudo().line_ids.line_id
        return ", ".join(f"{line.qty_delivered:g}" for line in lines)

    # === FOR THE CUSTOMER === #

    def _for_customer(self):
        """Return what the customer's page shows; no word of stock or credit figures.

        :return: name, kind, texts of kind and state, answer, ``checks``,
            ``possible``, ``rows`` as :meth:`_rows`, whether the customer is asked
        """
        self.ensure_one()
        waits = self.acceptance_ids.filtered(
            lambda a: a.role == "customer" and a.state == "waiting"
        )
        return {
            "id": self.id,
            "name": self.name,
            "kind": self.kind,
            "kind_text": self._label("kind", self.kind),
            "state": self.state,
            "state_text": self._label("state", self.state),
            "wish": self.wish,
            "answer": self._customer_answer(),
            "checks": [check._for_customer() for check in self.check_ids],
            "possible": self._ways_words() if self.state == "refused" else [],
            "rows": self._rows(),
            "accepts": bool(waits) and self.state == "waiting",
            "minutes": round(self.minutes, 1),
            "requested_at": self.requested_at,
            "closed_at": self.closed_at,
        }

    def _customer_answer(self):
        if self.state == "refused":
            return " ".join(self._customer_refusal())
        if self.state == "waiting" and not self.acceptance_ids.filtered(
            lambda a: a.role == "customer" and a.state == "waiting"
        ):
            return self.env._("We look at it and answer soon.")
        if self.state == "waiting":
            return self.env._("Please look at price and date, and agree or withdraw.")
        return self._answer_words()

    def _customer_refusal(self):
        """Return why not, in words for the customer."""
        if (self.refusal or {}).get("declined"):
            return self._refusal_words()
        stops = self.check_ids.filtered(lambda check: check.result == "stop")
        return [check._customer_text() for check in stops]
