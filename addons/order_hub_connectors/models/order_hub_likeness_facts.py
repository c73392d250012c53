from odoo import api, models
from odoo.tools import SQL, html2plaintext

from ..engine.likeness import ROUNDING, Facts, most_by_goods, phone_keys, plain


class OrderHubLikenessSearch(models.AbstractModel):
    """What is compared of orders that the hub has, one query for any number."""

    _inherit = "order.hub.likeness.search"

    @api.model
    def _order_facts(self, order_ids):
        """Return what is compared of orders.

        :param order_ids: ids, any number
        :return: ``{id: {"facts": Facts, "inbound_id", "channel_id", "external_ref",
            "name"}}``
        """
        if not order_ids:
            return {}
        self._flush_facts()
        rows = self.env.execute_query_dict(self._sql_facts(order_ids))
        unknown = self._stand_ins()
        return {row["id"]: self._fact_row(row, unknown) for row in rows}

    @api.model
    def _worth_comparing(self, pairs, probes, weights, threshold):
        """Return the pairs that can reach the threshold by their goods and date.

        Most cannot; all the rest of an order is read of those that can.

        :param pairs: set of ``(number, order id)``
        :param probes: ``{number: engine.likeness.Facts}``
        """
        if not pairs:
            return set()
        self._flush_facts()
        rows = self.env.execute_query_dict(
            SQL(
                """SELECT o.id, o.date_order, %(goods)s
                     FROM sale_order o JOIN sale_order_line line
                       ON line.order_id = o.id
                LEFT JOIN order_hub_channel road ON road.id = o.hub_channel_id
                     %(units)s
                    WHERE o.id IN %(ids)s AND %(is_goods)s GROUP BY o.id""",
                goods=self._sql_goods(),
                units=self._sql_units(),
                ids=tuple({order_id for _n, order_id in pairs}),
                is_goods=self._sql_is_goods(),
            )
        )
        nothing = Facts()
        known = {
            row["id"]: Facts(products=goods_of(row), at=row["date_order"])
            for row in rows
        }
        lowest = threshold - ROUNDING
        return {
            (n, id_)
            for n, id_ in pairs
            if most_by_goods(probes[n], known.get(id_, nothing), weights) >= lowest
        }

    def _flush_facts(self):
        self.env["sale.order"].flush_model()
        self.env["sale.order.line"].flush_model(
            ["order_id", "product_id", "product_uom_id", "product_uom_qty"]
        )
        self.env["res.partner"].flush_model(
            ["commercial_partner_id", "phone", "email_normalized", "name"]
        )

    def _sql_facts(self, order_ids):
        return SQL(
            """SELECT o.id, o.name, o.date_order, o.amount_total, o.client_order_ref,
                      o.hub_external_ref AS external_ref, o.note,
                      o.hub_special_request, o.hub_channel_id AS channel_id,
                      o.hub_inbound_id AS inbound_id, currency.name AS currency,
                      buyer.id AS buyer_id, buyer.commercial_partner_id AS customer,
                      buyer.name AS buyer, buyer.phone, buyer.email_normalized,
                      receiver.phone AS ship_phone,
                      receiver.email_normalized AS ship_email,
                      goods.product_ids, goods.quantities
                 FROM sale_order o
                 JOIN res_partner buyer ON buyer.id = o.partner_id
                 JOIN res_partner receiver ON receiver.id = o.partner_shipping_id
            LEFT JOIN res_currency currency ON currency.id = o.currency_id
            LEFT JOIN order_hub_channel road ON road.id = o.hub_channel_id
                CROSS JOIN LATERAL (
                    SELECT %(goods)s FROM sale_order_line line %(units)s
                     WHERE line.order_id = o.id AND %(is_goods)s) AS goods
                WHERE o.id IN %(ids)s""",
            goods=self._sql_goods(),
            units=self._sql_units(),
            is_goods=self._sql_is_goods(),
            ids=tuple(order_ids),
        )

    def _sql_goods(self):
        """Products, and quantities in the products' units, as two lists."""
        return SQL(
            """array_agg(line.product_id) AS product_ids,
               array_agg((line.product_uom_qty * unit.factor / own.factor)::float8)
                   AS quantities"""
        )

    def _sql_units(self):
        """The unit of the line, and the product's own."""
        return SQL(
            """JOIN product_product product ON product.id = line.product_id
               JOIN product_template template ON template.id = product.product_tmpl_id
               JOIN uom_uom own ON own.id = template.uom_id
               JOIN uom_uom unit
                 ON unit.id = COALESCE(line.product_uom_id, template.uom_id)"""
        )

    def _sql_is_goods(self):
        """No heading, no freight."""
        return SQL(
            """line.display_type IS NULL AND line.is_delivery IS NOT TRUE
               AND line.product_id IS DISTINCT FROM road.shipping_product_id"""
        )

    def _stand_ins(self):
        """Return the customers that stand for "nobody knows who"."""
        channels = self.env["order.hub.channel"].sudo()
        domain = [("fallback_partner_id", "!=", False)]
        known = channels.with_context(active_test=False).search(domain)
        return set(known.fallback_partner_id.ids)

    def _fact_row(self, row, unknown):
        is_known = row["buyer_id"] not in unknown
        remark = row["hub_special_request"] or html2plaintext(row["note"] or "")
        reference = row["client_order_ref"] or ""
        if reference == row["external_ref"]:
            reference = ""
        phones = [row["ship_phone"], is_known and row["phone"]]
        emails = [row["ship_email"], is_known and row["email_normalized"]]
        facts = Facts(
            customer=row["customer"] if is_known else 0,
            phones=phone_keys(phones),
            emails=frozenset(filter(None, emails)),
            name=(row["buyer"] or "") if is_known else "",
            products=goods_of(row),
            at=row["date_order"],
            amount=float(row["amount_total"] or 0) or None,
            currency=row["currency"] or "",
            remark=plain(remark),
            reference=plain(reference),
        )
        kept = ("name", "inbound_id", "channel_id", "external_ref")
        return {"facts": facts, **{name: row[name] for name in kept}}


def goods_of(row):
    """Return ``{product id: quantity}`` of a row, several lines added up."""
    goods = {}
    pairs = zip(row["product_ids"] or (), row["quantities"] or (), strict=True)
    for product_id, quantity in pairs:
        goods[product_id] = goods.get(product_id, 0.0) + quantity
    return goods
