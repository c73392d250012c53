from odoo import fields, models
from odoo.exceptions import UserError


class SaleOrder(models.Model):
    """Versions and promises of an order as its customer sees them."""

    _inherit = "sale.order"

    # === VERSIONS === #

    def _hub_versions_page(self, old=None, new=None):
        """Return the versions and the difference of two, in plain values (sudo).

        :param old, new: numbers of versions; what is no number of one is replaced
            by the last two
        """
        self.ensure_one()
        order = self.sudo()
        versions = order.hub_version_ids.sorted("number")
        by_number = {version.number: version for version in versions}
        last = versions[-1:]
        after = by_number.get(new, last)
        before = by_number.get(old) or by_number.get(after.number - 1, after)
        words = order.env["order.hub.version.words"]
        return {
            "name": order.name,
            "ref": order.hub_ref,
            "versions": [order._hub_version_row(each, last) for each in versions[::-1]],
            "old": before.number,
            "new": after.number,
            "rows": words._rows(before, after) if before and before != after else [],
            "page": words._page(after) if after else {},
        }

    def _hub_version_row(self, version, last):
        """Return one version; why it was made is told only for the customer's own."""
        return {
            "number": version.number,
            "when": self._hub_moment(version.made_at),
            "who": self._hub_who(version.user_id),
            "what": version.summary,
            "total": version.currency_id.format(version.amount_total),
            "confirmed": self._hub_confirmed_words(version),
            "is_last": version == last,
        }

    def _hub_who(self, user):
        """Return who did something: the customer by name, the company as one."""
        return user.name if user.share else self.company_id.name

    def _hub_confirmed_words(self, version):
        if not version.confirmed_by_customer:
            return ""
        return self.env._(
            "Confirmed by %(who)s on %(when)s",
            who=version.confirmed_by or self.partner_id.name,
            when=self._hub_day(version.confirmed_at),
        )

    def _hub_confirm_version(self, number, by):
        """Mark the version in force as confirmed by the customer (sudo).

        :param number: the version the customer has read
        :param by: name of who confirms
        :raise UserError: when it is not in force any more, or confirmed already
        """
        self.ensure_one()
        order = self.sudo()
        order._hub_lock()
        last = order.hub_version_ids.sorted("number")[-1:]
        if not last or last.number != number:
            raise UserError(
                self.env._(
                    "The order has changed since. Look at the new version first."
                )
            )
        if last.confirmed_by_customer:
            raise UserError(self.env._("This version has been confirmed already."))
        order._hub_mark_version(
            confirmed={"how": "portal", "by": by, "at": fields.Datetime.now()}
        )

    # === PROMISES === #

    def _hub_page_promise_changes(self):
        """Return how the promised date changed: from, to, when, who, why; newest
        first. Why is the customer's own wish, else the public cause of what was open
        when the date was moved to a later day: the text of a reason is internal."""
        changes = self.hub_promise_ids.sorted("id", reverse=True)
        moments = changes._promise_moments()
        asked = self._hub_asked_vouchers(changes)
        rows = [
            {
                "old": self._hub_day(moments[change.id][0]),
                "new": self._hub_day(moments[change.id][1]),
                "when": self._hub_moment(change.date),
                "who": self.env._("you") if change.user_id.share else "",
                "why": asked.get(change.voucher)
                or self._hub_moved_why(change, *moments[change.id]),
            }
            for change in changes
        ]
        return [row for row in rows if row["old"] != row["new"]]

    def _hub_moved_why(self, change, old, new):
        """Return the public cause of a promise moved to a later day, or nothing."""
        if not old or not new or new <= old:
            return ""
        nothing = self.env["stock.picking"]
        cause = self._hub_public_cause(nothing, change.date)
        return self._hub_cause_words(cause)

    def _hub_asked_vouchers(self, changes):
        """Return ``{voucher: words}`` of the changes the customer has asked for."""
        vouchers = [voucher for voucher in changes.mapped("voucher") if voucher]
        if not vouchers:
            return {}
        requests = self.env["order.hub.change.request"].search(
            [("order_id", "=", self.id), ("name", "in", vouchers)]
        )
        return {
            request.name: self.env._(
                "change %(number)s: %(kind)s",
                number=request.name,
                kind=request._label("kind", request.kind),
            )
            for request in requests
        }
