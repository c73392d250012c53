from odoo import api, models
from odoo.tools import format_date


class OrderHubTalkTrack(models.Model):
    """The facts that a text may name: what each says about an order."""

    _inherit = "order.hub.talk.track"

    @api.model
    def _fact_labels(self):
        """Return ``{name: what it says}``, in the order of a letter."""
        return {
            "customer": self.env._("name of the customer"),
            "contact": self.env._("person the order is from"),
            "order": self.env._("number of the order"),
            "customer_reference": self.env._("the customer's own number"),
            "hub_reference": self.env._("hub reference"),
            "products": self.env._("what was ordered, one line each"),
            "missing_parts": self.env._("what is missing, one line each"),
            "missing_count": self.env._("how many parts are missing"),
            "stage": self.env._("stage, as customers read it"),
            "hours_in_stage": self.env._("hours in this stage"),
            "promised_date": self.env._("promised day"),
            "new_date": self.env._("day that is possible now"),
            "days_later": self.env._("days between the two"),
            "salesperson": self.env._("salesperson of the order"),
            "salesperson_phone": self.env._("his phone"),
            "company": self.env._("name of the company"),
        }

    @api.model
    def _fact_names(self):
        return frozenset(self._fact_labels())

    def _facts(self, orders, now):
        """Return what the facts say, in the language of the context.

        :param orders: ``sale.order``; read with sudo
        :param now: naive UTC
        :return: ``{order id: {name: text}}``
        """
        Missing = self.env["order.hub.missing.parts"].sudo()
        wantings = Missing._find(orders, now)
        names = Missing._names(wantings.values())
        orders = orders.sudo().with_context(lang=self.env.lang)
        return {
            order.id: {
                **self._facts_of_order(order, now),
                **self._facts_of_parts(wantings[order.id], names),
                **self._facts_of_dates(order, wantings[order.id]),
            }
            for order in orders
        }

    def _facts_of_order(self, order, now):
        since = order.hub_stage_since
        hours = (now - since).total_seconds() / 3600 if since else 0
        stage = order.hub_stage_id
        return {
            "customer": order.partner_id.commercial_partner_id.name or "",
            "contact": order.partner_id.name or "",
            "order": order.name or "",
            "customer_reference": order.client_order_ref or "",
            "hub_reference": order.hub_ref or "",
            "products": "\n".join(map(self._line_text, self._lines(order))),
            "stage": stage._public_label() if stage else "",
            "hours_in_stage": str(int(hours)),
            "salesperson": order.user_id.name or "",
            "salesperson_phone": order.user_id.phone or "",
            "company": order.company_id.name or "",
        }

    def _lines(self, order):
        return order.order_line.filtered(lambda line: line.product_id)

    def _line_text(self, line):
        return self.env._(
            "%(quantity)s %(unit)s %(product)s",
            quantity=self._list()._quantity_text(line.product_uom_qty),
            unit=line.product_uom_id.name,
            product=line.product_id.display_name,
        )

    def _facts_of_parts(self, wanting, names):
        parts = [self._list()._part_text(part, names) for part in wanting.parts]
        return {
            "missing_parts": "\n".join(parts),
            "missing_count": str(len(parts)) if parts else "",
        }

    def _facts_of_dates(self, order, wanting):
        # An order that misses nothing has no new date to be told.
        possible = wanting.new_date if wanting.parts else None
        promised = order.hub_promised_date
        local = self._list()._local
        days = ""
        if promised and possible and possible > promised:
            gap = local(order, possible).date() - local(order, promised).date()
            days = str(gap.days)
        return {
            "promised_date": self._day(order, promised),
            "new_date": self._day(order, possible),
            "days_later": days,
        }

    def _day(self, order, moment):
        """Return a day in the company's time zone; empty where nobody knows it."""
        if not moment:
            return ""
        return format_date(self.env, self._list()._local(order, moment))

    def _list(self):
        return self.env["order.hub.missing.parts"]
