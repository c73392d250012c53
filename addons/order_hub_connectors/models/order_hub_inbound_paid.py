from odoo import fields, models
from odoo.exceptions import UserError


class OrderHubInbound(models.Model):
    """What the channel says has been paid: all that was paid so far.

    A payment never makes the amount smaller, and never larger than the order.
    """

    _inherit = "order.hub.inbound"

    def _inbound_words(self):
        words = super()._inbound_words()
        words["submit.paid"] = self.env._("%(amount)s of order %(name)s are paid.")
        return words

    def _submit_paid(self, channel, works):
        self._follow(channel, works, type(self)._do_pay)

    def _do_pay(self, work, order, key):
        if not self._apply_once(work, order, key):
            return
        currency = order.currency_id
        amount = work.values.get("amount", order.amount_total)
        self._check_paid(work, order, amount)
        if currency.compare_amounts(amount, order.hub_amount_prepaid) <= 0:
            work.note("submit", "nothing", name=order.name)
            return
        moment = work.values.get("at") or fields.Datetime.now()
        order.write({"hub_amount_prepaid": amount, "hub_paid_at": moment})
        work.note("submit", "paid", amount=currency.format(amount), name=order.name)

    def _check_paid(self, work, order, amount):
        """Refuse what cannot be believed.

        :raise UserError: for the order's owner
        """
        currency = order.currency_id
        named = (work.values.get("currency") or currency.name).upper()
        if named != currency.name:
            raise UserError(
                self.env._(
                    "The payment is in %(theirs)s, the order in %(ours)s. Enter it by "
                    "hand.",
                    theirs=named[:10],
                    ours=currency.name,
                )
            )
        if currency.compare_amounts(amount, order.amount_total) > 0:
            raise UserError(
                self.env._(
                    "%(amount)s are said to be paid, the order is %(total)s. Check it "
                    "with the channel; nothing was entered.",
                    amount=currency.format(amount),
                    total=currency.format(order.amount_total),
                )
            )
