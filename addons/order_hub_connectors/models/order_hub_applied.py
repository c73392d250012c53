from odoo import api, fields, models
from odoo.tools import SQL


class OrderHubApplied(models.Model):
    """What a channel's messages have already done to an order.

    A refund that is delivered twice in different words is one refund: the unique
    index says so, whichever worker comes first.
    """

    _name = "order.hub.applied"
    _inherit = ["order.hub.append.only"]
    _description = "Message of a Channel That Was Applied"
    _order = "id desc"
    _rec_name = "kind"
    _log_access = False

    order_id = fields.Many2one(
        "sale.order", required=True, readonly=True, ondelete="cascade"
    )
    company_id = fields.Many2one("res.company", readonly=True, index=True)
    inbound_id = fields.Many2one(
        "order.hub.inbound", readonly=True, ondelete="set null", index="btree_not_null"
    )
    kind = fields.Char(required=True, readonly=True)
    key = fields.Char(required=True, readonly=True)
    amount = fields.Float(readonly=True, help="In the order's currency.")
    date = fields.Datetime(readonly=True)

    _key_uniq = models.UniqueIndex(
        "(order_id, kind, key)", "This message was applied to the order before."
    )

    @api.model
    def _apply_once(self, order, work, key, amount=0.0):
        """Note that a message is applied now.

        :return: whether it is the first time
        """
        rows = self.env.execute_query(
            SQL(
                """INSERT INTO order_hub_applied
                       (order_id, company_id, inbound_id, kind, key, amount, date)
                   VALUES (%s, %s, %s, %s, %s, %s, %s)
                   ON CONFLICT DO NOTHING RETURNING id""",
                order.id,
                order.company_id.id,
                work.inbound_id or None,
                work.kind,
                key,
                amount,
                fields.Datetime.now(),
            )
        )
        return bool(rows)

    @api.model
    def _sum(self, order, kind):
        """Return the amounts of all messages of a kind applied to an order."""
        [[total]] = self.env.execute_query(
            SQL(
                """SELECT COALESCE(SUM(amount), 0) FROM order_hub_applied
                    WHERE order_id = %s AND kind = %s""",
                order.id,
                kind,
            )
        )
        return total
