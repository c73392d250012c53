from odoo import models
from odoo.tools import SQL

from odoo.addons.order_hub.exceptions import HubInputError

#: What of the clean order is handed over as it is.
HANDED_OVER = (
    "order_type",
    "currency",
    "date",
    "promised_date",
    "customer_ref",
    "note",
    "special_request",
    "prepaid_amount",
    "shipping_price",
    "total",
)
HANDED_OVER_OF_LINE = (
    "product_id",
    "uom_id",
    "quantity",
    "unit_price",
    "discount",
    "name",
    "external_ref",
    "extra",
)


class OrderHubInbound(models.Model):
    """Last step: the hub's own door, the same one that every integration uses."""

    _inherit = "order.hub.inbound"

    def _step_submit(self, channel, works):
        by_kind = {}
        for work in works:
            by_kind.setdefault(work.kind, []).append(work)
        for kind, each in by_kind.items():
            getattr(self, f"_submit_{kind}")(channel, each)

    def _submit_other(self, channel, works):
        for work in works:
            work.note("submit", "no_kind")
            work.outcome = "ignored"

    def _submit_order(self, channel, works):
        """Make orders of those that nothing stops."""
        self._leave_known(channel, works)
        going = [work for work in works if not work.outcome]
        for work in going:
            self._check_complete(channel, work)
            if work.is_blocked:
                work.outcome = "attention"
        self._take_in(channel, [work for work in going if not work.outcome])

    def _leave_known(self, channel, works):
        """An order that the hub has, from an earlier try or another road, is done."""
        rows = self.env.execute_query_dict(
            SQL(
                """SELECT id, name, hub_external_ref AS ref FROM sale_order
                    WHERE hub_channel_id = %s AND hub_external_ref IN %s""",
                channel.id,
                tuple(work.external_ref for work in works),
            )
        )
        known = {row["ref"]: row for row in rows}
        for work in works:
            row = known.get(work.values.get("external_ref") or work.external_ref)
            if row:
                work.note("submit", "known", name=row["name"])
                work.order_id, work.outcome = row["id"], "done"

    def _check_complete(self, channel, work):
        """Say what is still missing, or put the channel's stand-in."""
        fallback = channel.sudo()
        if not work.found.get("partner_id"):
            work.found["partner_id"] = fallback.fallback_partner_id.id
            self._doubt(work, "customer", "no_customer", "customer")
        for line in work.lines:
            if not line.get("product_id"):
                line["product_id"] = fallback.fallback_product_id.id
                path = f"lines[{line['n']}].sku"
                label = line.get("sku") or line.get("name") or ""
                self._doubt(work, "product", "no_product", path, label)

    def _doubt(self, work, kind, code, field, value=""):
        """A stand-in makes it a doubt, to be held; without one a person is needed."""
        has_stand_in = (
            work.found.get("partner_id")
            if kind == "customer"
            else all(row.get("product_id") for row in work.lines if row["n"] >= 0)
        )
        said = {finding.field for finding in work.problems if finding.blocking}
        if not has_stand_in and field in said:
            return
        work.problem("submit", code, field, value, blocking=not has_stand_in)
        words = self._inbound_words()
        text = self._in_words(words, "submit", code, {}, value)
        work.found.setdefault("doubts", []).append((kind, text))

    # === THE DOOR === #

    def _take_in(self, channel, works):
        if not works:
            return
        intake = self.env["order.hub.intake"].with_company(channel.company_id)
        items = [self._item(channel, work) for work in works]
        try:
            orders = intake._take_in_many(channel, items)
        except HubInputError as error:
            self._refused(works, error)
            return
        for work, order in zip(works, orders, strict=True):
            work.order_id, work.outcome = order.id, "done"
            work.note("submit", "made", name=order.name, hub_ref=order.hub_ref)
            if order.state == "sale":
                work.note("submit", "confirmed")

    def _refused(self, works, error):
        """Nothing was made; alone, a message is told why, else each is tried alone."""
        if len(works) > 1:
            raise error
        for problem in error.problems:
            works[0].problem(
                "submit", "refused", problem["field"], reason=problem["message"]
            )
        works[0].outcome = "attention"

    def _item(self, channel, work):
        """Return what ``order.hub.intake._take_in_many`` takes."""
        values = work.values
        return {
            **{name: values[name] for name in HANDED_OVER if name in values},
            "external_ref": values.get("external_ref") or work.external_ref,
            "partner_id": work.found["partner_id"],
            "shipping_id": work.found.get("shipping_id"),
            "invoice_id": work.found.get("invoice_id"),
            "lines": [
                {name: line[name] for name in HANDED_OVER_OF_LINE if name in line}
                for line in work.lines
            ],
            "confirm": channel.auto_confirm or values.get("confirm", False),
            "doubts": work.found.get("doubts", []),
            "extra": self._order_vals(work),
        }

    def _order_vals(self, work):
        """Return values of ``sale.order`` beyond those the hub's door knows."""
        return {
            **work.extra,
            "hub_inbound_id": work.inbound_id,
            "hub_special_request": work.values.get("special_request"),
            "hub_paid_at": work.values.get("paid_at"),
        }
