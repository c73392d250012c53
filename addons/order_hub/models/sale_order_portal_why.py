from odoo import fields, models

from ..engine import why


class SaleOrder(models.Model):
    """The customer page: why it is late, in public words, never internal ones."""

    _inherit = "sale.order"

    # === CAUSES === #

    def _hub_public_cause(self, waiting, moment=None):
        """Return the cause that says most, of what is open; ``None``: none is known.

        :param waiting: deliveries to the customer that are not done
        :param moment: naive UTC; what was open then instead of now
        """
        causes = {kind._public_cause() for kind in self._hub_open_kinds(moment)}
        if not moment:
            causes |= self._hub_causes_of_goods(waiting)
        return why.first_cause(causes)

    def _hub_open_kinds(self, moment=None):
        """Return the kinds of the problems that are open, or were at a moment."""
        if not moment:
            return self.hub_exception_ids.filtered(
                lambda hold: hold.state == "open"
            ).kind_id
        return self.hub_exception_ids.filtered(
            lambda hold: (
                hold.state != "dropped"
                and hold.create_date <= moment
                and (not hold.solved_date or hold.solved_date >= moment)
            )
        ).kind_id

    def _hub_causes_of_goods(self, waiting):
        """Return what supply and stock say themselves."""
        promised, expected = self.hub_promised_date, self.hub_expected_date
        causes = set()
        if promised and expected and expected > promised:
            causes.add("supply")
        is_short = waiting.filtered(lambda picking: picking.state == "confirmed")
        if is_short and promised and promised < fields.Datetime.now():
            causes.add("stock")
        return causes

    def _hub_cause_words(self, cause):
        """Return a cause as a clause that goes behind a colon."""
        env = self.env
        words = {
            "payment": env._("we are waiting for a payment"),
            "details": env._("we have a question about your order"),
            "address": env._("we have a question about the address of delivery"),
            "supply": env._("material reaches us later than agreed"),
            "production": env._("making your goods takes longer than planned"),
            "quality": env._("we look at the quality of your goods once more"),
            "transport": env._("transport takes longer than planned"),
            "damage": env._("we look into the damage you have reported"),
            "stock": env._("the goods are not complete yet"),
            "checking": env._("we are checking something"),
        }
        return words.get(cause, "")

    # === OUTLOOK === #

    def _hub_outlook(self, waiting):
        """Return the :class:`engine.why.Outlook` of what is not delivered yet."""
        planned = waiting.mapped("scheduled_date")
        return why.outlook(
            self.hub_promised_date or None,
            [*planned, self.hub_expected_date],
            fields.Datetime.now(),
            self._hub_reader_day,
        )

    def _hub_reader_day(self, moment):
        return fields.Datetime.context_timestamp(self, moment).date()

    # === SENTENCES === #

    def _hub_with_cause(self, what, cause):
        """Return one sentence: what, and why where that is known."""
        if not cause:
            return self.env._("%(what)s. We are working on it.", what=what)
        return self.env._(
            "%(what)s: %(why)s.", what=what, why=self._hub_cause_words(cause)
        )

    def _hub_late_words(self, outlook, done):
        """Return how late an order is, without a full stop."""
        days = {
            "promised": self._hub_day(self.hub_promised_date),
            "expected": self._hub_day(outlook.expected),
        }
        if done and outlook.expected:
            return self.env._(
                "A part was delivered; the rest was promised for %(promised)s and is "
                "now expected on %(expected)s",
                **days,
            )
        if done:
            return self.env._(
                "A part was delivered; the rest was promised for %(promised)s and is "
                "late",
                **days,
            )
        if outlook.expected:
            return self.env._(
                "It was promised for %(promised)s and is now expected on %(expected)s",
                **days,
            )
        return self.env._("It was promised for %(promised)s and is late", **days)
