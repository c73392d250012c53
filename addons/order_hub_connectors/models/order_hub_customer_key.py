from odoo import api, fields, models
from odoo.tools import SQL


class OrderHubCustomerKey(models.Model):
    """Marks of customers that intake has made, so that each is made once.

    A search cannot see what another transaction is making just now; a unique index
    can. Whoever comes second is told by the database to try again, and then finds
    the customer.
    """

    _name = "order.hub.customer.key"
    _description = "Mark of a Customer Made by Intake"
    _order = "id"
    _rec_name = "key"

    company_id = fields.Many2one("res.company", required=True, ondelete="cascade")
    key = fields.Char(required=True, help="Hash of what the customer is known by.")
    partner_id = fields.Many2one(
        "res.partner", "Customer", required=True, ondelete="cascade", index=True
    )

    _key_uniq = models.UniqueIndex(
        "(company_id, key)", "This customer has been made already."
    )

    @api.model
    def _partners(self, company, keys):
        """Return ``{key: partner id}`` of the marks that active customers have."""
        if not keys:
            return {}
        rows = self.env.execute_query(
            SQL(
                """SELECT k.key, k.partner_id
                     FROM order_hub_customer_key k
                     JOIN res_partner p ON p.id = k.partner_id AND p.active
                    WHERE k.company_id = %s AND k.key IN %s""",
                company.id,
                tuple(keys),
            )
        )
        return dict(rows)

    @api.model
    def _claim(self, company, partners):
        """Keep the marks of new customers.

        :param dict partners: ``{key: partner id}``
        :raise psycopg2.errors.SerializationFailure: another transaction has made one
            of them since this one began; the whole batch is to be tried again
        """
        if not partners:
            return
        rows = [
            SQL("(%s, %s, %s)", company.id, key, partner_id)
            for key, partner_id in sorted(partners.items())
        ]
        self.env.cr.execute(
            SQL(
                """INSERT INTO order_hub_customer_key (company_id, key, partner_id)
                   VALUES %s
                   ON CONFLICT (company_id, key)
                   DO UPDATE SET partner_id = EXCLUDED.partner_id""",
                SQL(", ").join(rows),
            )
        )
