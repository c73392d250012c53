from odoo import fields, models

#: How each status looks: colour, icon. Never colour alone, a word goes with it.
STATUS_LOOKS = {
    "cancelled": ("secondary", "fa-ban"),
    "done": ("success", "fa-check-circle"),
    "held": ("warning", "fa-commenting-o"),
    "late": ("danger", "fa-exclamation-circle"),
    "later": ("warning", "fa-clock-o"),
    "on_time": ("success", "fa-clock-o"),
    "open": ("info", "fa-hourglass-half"),
    "quote": ("info", "fa-file-text-o"),
}


class SaleOrder(models.Model):
    """The customer page: on time, late or done, in one sentence."""

    _inherit = "sale.order"

    def _hub_page_status(self):
        """Return level, icon, word and one sentence: on time, late or done."""
        self.ensure_one()
        code, sentence = self._hub_status_sentence()
        level, icon = STATUS_LOOKS[code]
        words = self._hub_status_words()
        return {
            "code": code,
            "level": level,
            "icon": icon,
            "word": words[code],
            "sentence": sentence,
        }

    def _hub_status_words(self):
        return {
            "cancelled": self.env._("Cancelled"),
            "done": self.env._("Done"),
            "held": self.env._("One question open"),
            "late": self.env._("Late"),
            "later": self.env._("Later than promised"),
            "on_time": self.env._("On time"),
            "open": self.env._("In work"),
            "quote": self.env._("Quotation"),
        }

    def _hub_status_sentence(self):
        """Return the status code and its sentence; the first that holds wins."""
        pickings = self._hub_customer_pickings()
        done = pickings.filtered(lambda picking: picking.state == "done")
        if self.state == "cancel" or self.hub_milestone == "cancelled":
            return "cancelled", self.env._("This order was cancelled.")
        if self._hub_is_delivered(pickings, done):
            return "done", self._hub_done_sentence(done)
        if self.hub_is_held:
            return "held", self._hub_held_sentence(pickings - done)
        if self.state == "sent":
            return "quote", self.env._("We begin as soon as you accept it.")
        return self._hub_promise_status(pickings - done, done)

    def _hub_is_delivered(self, pickings, done):
        return self.hub_milestone in ("delivered", "closed") or (
            bool(pickings) and pickings == done
        )

    def _hub_done_sentence(self, done):
        dates = [date for date in done.mapped("date_done") if date]
        if not dates:
            return self.env._("Everything about this order is done.")
        delivered, promised = max(dates), self.hub_promised_date
        days = {
            "delivered": self._hub_day(delivered),
            "promised": self._hub_day(promised),
        }
        is_late = promised and (
            self._hub_reader_day(delivered) > self._hub_reader_day(promised)
        )
        if is_late:
            return self.env._(
                "Everything was delivered on %(delivered)s; it was promised for "
                "%(promised)s.",
                **days,
            )
        return self.env._("Everything was delivered on %(delivered)s.", **days)

    def _hub_held_sentence(self, waiting):
        """Say that a question is open, what it is about, and whether it is late."""
        cause = self._hub_public_cause(waiting)
        about = self._hub_cause_words(cause)
        promised = self.hub_promised_date
        if promised and promised < fields.Datetime.now():
            return self.env._(
                "We are clarifying something about your order and will come back to "
                "you: %(why)s. It was promised for %(promised)s.",
                why=about or self._hub_cause_words("checking"),
                promised=self._hub_day(promised),
            )
        if not about:
            return self.env._(
                "We are clarifying something about your order and will come back "
                "to you."
            )
        return self.env._(
            "We are clarifying something about your order and will come back to you: "
            "%(why)s.",
            why=about,
        )

    def _hub_promise_status(self, waiting, done):
        """Compare what is promised with what is planned and said by suppliers."""
        outlook = self._hub_outlook(waiting)
        if outlook.state in ("late", "later"):
            what = self._hub_late_words(outlook, done)
            cause = self._hub_public_cause(waiting)
            return outlook.state, self._hub_with_cause(what, cause)
        if outlook.state == "open":
            return "open", self.env._(
                "We are working on it and tell you the delivery date as soon as it "
                "is known."
            )
        promised = self._hub_day(self.hub_promised_date)
        if done:
            return "on_time", self.env._(
                "A part was delivered; the rest is promised for %(promised)s.",
                promised=promised,
            )
        return "on_time", self.env._("Promised for %(promised)s.", promised=promised)
