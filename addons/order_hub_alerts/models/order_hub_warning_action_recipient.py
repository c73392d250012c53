from collections import defaultdict

from odoo import fields, models
from odoo.tools import SQL


class OrderHubWarningRecipient(models.Model):
    """People for whom an action is done, the purchaser of missing parts among them."""

    _inherit = "order.hub.warning.recipient"

    action_id = fields.Many2one(
        "order.hub.warning.action", ondelete="cascade", index="btree_not_null"
    )
    who = fields.Selection(
        selection_add=[("buyer", "Purchaser of the missing parts")],
        ondelete={"buyer": "cascade"},
    )

    _parent_check = models.Constraint(
        "CHECK (num_nonnulls(rule_id, escalation_id, action_id) = 1)",
        "A recipient belongs to a rule, to one of its steps or to one of its actions.",
    )

    def _who_buyer(self, warnings):
        """Whoever buys what is missing, else the person or group of the recipient."""
        instead = (self.user_id or self.group_id.all_user_ids).ids
        bought = self._buyers(warnings)
        return [(id_, user) for id_ in warnings.ids for user in bought[id_] or instead]

    def _buyers(self, warnings):
        """Return who buys what the orders of warnings miss.

        Whoever has a purchase that brings it; else the buyer of the supplier.

        :return: ``{warning id: ids of users}``, each warning a key
        """
        now = self.env.context.get("hub_now") or fields.Datetime.now()
        found = self.env["order.hub.missing.parts"]._find(warnings.order_id, now)
        parts = [part for want in found.values() for part in want.parts]
        by_purchase = self._purchase_users(
            {part.product for part in parts}, warnings.order_id.company_id.ids
        )
        known = self.env["res.partner"].browse({part.partner for part in parts} - {0})
        by_partner = {partner.id: partner.buyer_id.id for partner in known}
        return {
            warning.id: self._buyers_of(
                warning.order_id, found, by_purchase, by_partner
            )
            for warning in warnings
        }

    def _buyers_of(self, order, found, by_purchase, by_partner):
        """Return the ids of the users who buy what one order misses."""
        users = set()
        for part in found[order.id].parts if order else ():
            own = by_purchase[order.company_id.id, part.product]
            users |= own or {by_partner.get(part.partner)}
        return sorted(users - {None, False})

    def _purchase_users(self, product_ids, company_ids):
        """Return ``{(company id, product id): ids of users with open purchases}``."""
        for model in ("purchase.order", "purchase.order.line"):
            self.env[model].flush_model()
        users = defaultdict(set)
        for company, product, user in self.env.execute_query(
            SQL(
                """SELECT DISTINCT line.company_id, line.product_id, purchase.user_id
                     FROM purchase_order_line line
                     JOIN purchase_order purchase ON purchase.id = line.order_id
                    WHERE line.product_id = ANY(%s) AND line.company_id = ANY(%s)
                      AND purchase.user_id IS NOT NULL
                      AND purchase.state IN ('draft', 'sent', 'to approve', 'purchase')
                      AND line.product_qty > COALESCE(line.qty_received, 0)""",
                list(product_ids),
                company_ids,
            )
        ):
            users[company, product].add(user)
        return users
