from datetime import timedelta

import pytz

from odoo import api, fields, models
from odoo.tools.misc import hmac

#: Where a look-up comes from; all but the last are the customer helping himself.
SOURCES = [
    ("paper", "Code on Paper"),
    ("link", "Mailed Link"),
    ("login", "Login"),
    ("staff", "Asked Our People"),
]
#: Look-ups are counted for so long, in days.
KEPT_DAYS = 800


class OrderHubLookup(models.Model):
    """Who wanted to know where an order is, and whether the page could tell.

    One row a visitor, order and hour, however often the page is loaded again. A
    visitor without a login is known by a word that is derived from address and
    browser and changes every day: it says that two look-ups were made by the same
    visitor, and not by whom.
    """

    _name = "order.hub.lookup"
    _inherit = ["order.hub.append.only"]
    _description = "Order Look-up"
    _order = "id desc"
    _rec_name = "order_id"

    order_id = fields.Many2one(
        "sale.order", required=True, readonly=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, ondelete="cascade"
    )
    partner_id = fields.Many2one(
        "res.partner",
        "Customer",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
    )
    day = fields.Date(readonly=True, required=True)
    hour = fields.Integer(readonly=True, aggregator=None)
    source = fields.Selection(SOURCES, readonly=True, required=True)
    visitor = fields.Char(readonly=True, groups="base.group_system")
    self_service = fields.Float(
        "Self-Service (%)",
        readonly=True,
        aggregator="avg",
        digits=(5, 1),
        help="100 for a look-up on the page, 0 for a customer who asked our people: "
        "the mean is the share of self-service.",
    )

    _visitor_uniq = models.UniqueIndex(
        "(order_id, day, hour, source, visitor)",
        "This look-up has been counted.",
    )
    _company_day_idx = models.Index("(company_id, day)")

    def _append_only_message(self):
        return self.env._("Look-ups are counted by the hub and stay as they are.")

    @api.model
    def _count(self, order, source, visitor, now):
        """Count a look-up once an hour; one statement, whatever is known.

        :param order: one ``sale.order`` that the visitor may see
        :param source: one of :data:`SOURCES`
        :param str visitor: who looks, as far as one can tell visitors apart
        :param datetime now: naive UTC
        :return: whether it is new
        """
        order = order.sudo()
        zone = pytz.timezone(order.company_id._hub_time_zone())
        local = pytz.utc.localize(now).astimezone(zone)
        word = hmac(order.env, "order_hub-lookup", (str(local.date()), visitor))[:16]
        row = {
            "order_id": order.id,
            "company_id": order.company_id.id,
            "partner_id": order.partner_id.commercial_partner_id.id or None,
            "day": local.date(),
            "hour": local.hour,
            "source": source,
            "visitor": word,
            "self_service": 0.0 if source == "staff" else 100.0,
        }
        writer = self.env["order.hub.writer"]
        return bool(writer._insert(self.sudo(), [row], skip_known=True))

    @api.autovacuum
    def _gc_lookups(self):
        """Forget look-ups that no report shows any more; a batch a night."""
        last = fields.Date.context_today(self) - timedelta(days=KEPT_DAYS)
        self.env.cr.execute(
            "DELETE FROM order_hub_lookup WHERE id IN ("
            "SELECT id FROM order_hub_lookup WHERE day < %s LIMIT 100000)",
            [last],
        )
