from dataclasses import dataclass
from typing import Any

from odoo import api, models
from odoo.tools import SQL

from ..engine.version import Content

#: What the content is read from: written before it is read.
ORDER_FIELDS = (
    "partner_id",
    "partner_shipping_id",
    "partner_invoice_id",
    "client_order_ref",
    "commitment_date",
    "payment_term_id",
    "incoterm",
    "incoterm_location",
    "carrier_id",
    "currency_id",
    "note",
    "state",
    "signed_on",
    "amount_untaxed",
    "amount_tax",
    "amount_total",
    "hub_promised_date",
)
LINE_FIELDS = (
    "order_id",
    "display_type",
    "product_id",
    "name",
    "product_uom_qty",
    "product_uom_id",
    "price_unit",
    "discount",
    "tax_ids",
    "customer_lead",
    "is_downpayment",
    "is_delivery",
)


@dataclass(frozen=True)
class State:
    """An order as it is now, and the last version that was kept of it."""

    content: Content
    content_hash: str
    columns: dict[str, Any]
    last_id: int | None
    last_number: int
    last_hash: str | None


class OrderHubVersionContent(models.AbstractModel):
    """Reads what orders say, for their versions: one query for a whole batch.

    Only what is agreed with the customer counts. Down payments, what was delivered
    or invoiced, and the warehouse are the company's own course of things.
    """

    _name = "order.hub.version.content"
    _description = "Content of Order Versions"

    @api.model
    def _read(self, order_ids):
        """Return ``{order id: State}`` of orders that are confirmed or signed."""
        if not order_ids:
            return {}
        self.env["sale.order"].flush_model(ORDER_FIELDS)
        self.env["sale.order.line"].flush_model(LINE_FIELDS)
        rows = self.env.execute_query_dict(self._query(order_ids))
        return {row["id"]: self._state(row) for row in rows}

    def _state(self, row):
        lines = {line.pop("key"): line for line in row["lines"] or ()}
        content = Content.of(row["header"], lines)
        columns = ("company_id", "currency_id", "amount_total", "promised_date")
        return State(
            content,
            content.content_hash(),
            {name: row[name] for name in columns},
            row["last_id"],
            row["last_number"] or 0,
            row["last_hash"],
        )

    def _query(self, order_ids):
        return SQL(
            """SELECT o.id, o.company_id, o.currency_id, o.amount_total,
                      o.hub_promised_date AS promised_date,
                      %(header)s AS header, (%(lines)s) AS lines,
                      last.id AS last_id, last.number AS last_number,
                      last.content_hash AS last_hash
                 FROM sale_order o
                 LEFT JOIN res_currency currency ON currency.id = o.currency_id
                 LEFT JOIN account_incoterms incoterm ON incoterm.id = o.incoterm
                 LEFT JOIN LATERAL (
                       SELECT id, number, content_hash
                         FROM order_hub_order_version
                        WHERE order_id = o.id ORDER BY number DESC LIMIT 1
                      ) last ON TRUE
                WHERE o.id = ANY(%(orders)s)
                  AND (o.state = 'sale' OR o.signed_on IS NOT NULL)""",
            header=self._header_sql(),
            lines=self._lines_sql(),
            orders=order_ids,
        )

    def _header_sql(self):
        return SQL(
            """jsonb_build_object(
                   'customer', %(customer)s, 'customer_ref', o.client_order_ref,
                   'shipping', %(shipping)s, 'invoicing', %(invoicing)s,
                   'delivery', o.commitment_date, 'carrier', o.carrier_id,
                   'incoterm', incoterm.code, 'incoterm_place', o.incoterm_location,
                   'payment_term', o.payment_term_id, 'currency', currency.name,
                   'note', o.note, 'untaxed', o.amount_untaxed,
                   'tax', o.amount_tax, 'total', o.amount_total)""",
            customer=self._customer_sql(),
            shipping=self._address_sql("partner_shipping_id"),
            invoicing=self._address_sql("partner_invoice_id"),
        )

    def _customer_sql(self):
        return SQL(
            """(SELECT jsonb_build_object('id', p.id, 'name', p.complete_name)
                  FROM res_partner p WHERE p.id = o.partner_id)"""
        )

    def _address_sql(self, name):
        """Return the address behind a field as it stands now, free of any language."""
        return SQL(
            """(SELECT jsonb_build_object(
                       'id', p.id, 'company', p.commercial_company_name,
                       'name', p.name, 'street', p.street, 'street2', p.street2,
                       'zip', p.zip, 'city', p.city, 'state', state.name,
                       'country', country.code, 'phone', p.phone)
                  FROM res_partner p
                  LEFT JOIN res_country_state state ON state.id = p.state_id
                  LEFT JOIN res_country country ON country.id = p.country_id
                 WHERE p.id = o.%s)""",
            SQL.identifier(name),
        )

    def _lines_sql(self):
        taxes = self.env["sale.order.line"]._fields["tax_ids"]
        return SQL(
            """SELECT jsonb_agg(jsonb_build_object(
                      'key', l.id, 'kind', l.display_type,
                      'product', l.product_id, 'name', l.name,
                      'quantity', l.product_uom_qty, 'unit', l.product_uom_id,
                      'price', l.price_unit, 'discount', l.discount,
                      'lead', l.customer_lead, 'freight', l.is_delivery,
                      'taxes', (SELECT jsonb_agg(r.%(tax)s ORDER BY r.%(tax)s)
                                  FROM %(relation)s r WHERE r.%(line)s = l.id)))
                 FROM sale_order_line l
                WHERE l.order_id = o.id AND l.is_downpayment IS NOT TRUE""",
            relation=SQL.identifier(taxes.relation),
            line=SQL.identifier(taxes.column1),
            tax=SQL.identifier(taxes.column2),
        )
