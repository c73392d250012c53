import json

from odoo import api, models
from odoo.tools import SQL, ormcache


class OrderHubCredit(models.Model):
    """Who has a credit limit, and how much: read from the customers themselves."""

    _inherit = "order.hub.credit"

    @api.model
    @ormcache()
    def _is_used(self):
        """Tell whether any customer has a credit limit: else nothing is asked."""
        self.env["res.partner"].flush_model(["credit_limit"])
        [[used]] = self.env.execute_query(
            SQL(
                """SELECT EXISTS (
                      SELECT FROM res_partner partner,
                             jsonb_each_text(partner.credit_limit) own
                       WHERE own.value::numeric > 0)
                    OR EXISTS (
                      SELECT FROM ir_default general
                        JOIN ir_model_fields field ON field.id = general.field_id
                       WHERE CASE  -- other fields' defaults are no numbers
                             WHEN field.model = 'res.partner'
                              AND field.name = 'credit_limit'
                             THEN general.json_value::numeric > 0 END)"""
            )
        )
        return used

    @api.model
    def _limits(self, pairs):
        """Return ``{(customer id, company id): limit}`` of those who have one.

        :param pairs: ``(commercial partner id, company id)`` …
        """
        pairs = sorted(pairs)
        if not pairs:
            return {}
        self.env["res.partner"].flush_model(["credit_limit"])
        rows = self.env.execute_query(
            SQL(
                """SELECT * FROM (
                     SELECT pair.partner, pair.company,
                            COALESCE(customer.credit_limit ->> pair.company::text,
                                     %(general)s::jsonb ->> pair.company::text
                            )::float AS amount
                       FROM %(pairs)s JOIN res_partner customer
                         ON customer.id = pair.partner) found
                    WHERE amount > 0""",
                general=self._general_limits({company for _p, company in pairs}),
                pairs=self._pairs_sql(pairs),
            )
        )
        return {(partner, company): amount for partner, company, amount in rows}

    def _general_limits(self, company_ids):
        """Return the companies' limits for everybody as JSON."""
        Partner = self.env["res.partner"]
        field = Partner._fields["credit_limit"]
        return json.dumps(
            {
                str(company_id): field.get_company_dependent_fallback(
                    Partner.with_company(company_id)
                )
                for company_id in company_ids
            }
        )

    @api.model
    def _all_pairs(self):
        """Return whom a row is kept for, or would be: sorted.

        Customers with a row, with a limit of their own, or, where a company has a
        limit for everybody, with an order or a journal item.
        """
        self._flush_sources()
        self.env["res.partner"].flush_model(["credit_limit"])
        # pylint: disable-next=no-search-all
        companies = self.env["res.company"].sudo().search([])
        general = json.loads(self._general_limits(companies.ids))
        with_general = [int(id_) for id_, limit in general.items() if limit]
        rows = self.env.execute_query(
            SQL(
                """SELECT partner_id, company_id FROM order_hub_credit
                    UNION
                   SELECT customer.id, own.key::int FROM res_partner customer,
                          jsonb_each_text(customer.credit_limit) own
                    WHERE customer.commercial_partner_id = customer.id
                    UNION
                   SELECT payer.commercial_partner_id, o.company_id
                     FROM sale_order o
                     JOIN res_partner payer ON payer.id = o.partner_invoice_id
                    WHERE o.company_id = ANY(%(general)s) AND o.state != 'cancel'
                      AND o.hub_is_history IS NOT TRUE
                    UNION
                   SELECT item.partner_id, item.company_id
                     FROM account_move_line item
                     JOIN account_account account ON account.id = item.account_id
                    WHERE item.company_id = ANY(%(general)s)
                      AND item.partner_id IS NOT NULL
                      AND item.parent_state = 'posted'
                      AND item.reconciled IS NOT TRUE
                      AND account.account_type = 'asset_receivable'""",
                general=with_general,
            )
        )
        return sorted(tuple(row) for row in rows)

    @api.model
    def _pairs_sql(self, pairs):
        """Return pairs of customer and company as a table ``pair``."""
        return SQL(
            "unnest(%s::int[], %s::int[]) AS pair(partner, company)",
            [partner for partner, _company in pairs],
            [company for _partner, company in pairs],
        )
