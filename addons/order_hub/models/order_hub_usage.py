from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property

from odoo import models
from odoo.fields import Domain
from odoo.tools import SQL

from ..engine import usage as engine
from ..engine.netting import KINDS

#: Days after the horizon that are looked at for products made of the items: their
#: components are needed earlier than they are.
LEAD_DAYS = 26 * 7

#: What is read of price lists.
SELLER_FIELDS = (
    "partner_id",
    "product_tmpl_id",
    "product_id",
    "product_uom_id",
    "product_name",
    "product_code",
    "hub_share",
)


@dataclass(frozen=True)
class Item:
    """A product as one supplier knows it.

    :param seller: ``product.supplierinfo`` record, empty when only ordered so far
    :param share: part of the need this supplier is counted on for, 0 to 1
    """

    product: models.BaseModel
    seller: models.BaseModel
    share: float

    @cached_property
    def unit(self):
        return self.seller.product_uom_id or self.product.uom_id

    @cached_property
    def factor(self):
        """What one unit of the product is in the supplier's unit."""
        return self.product.uom_id.factor / self.unit.factor


class OrderHubUsage(models.AbstractModel):
    """What will be needed of a supplier's items, by week.

    Runs as superuser for a partner who was checked before; gives plain values. How many
    queries it takes does not depend on how many items, orders or moves there are.
    """

    _name = "order.hub.usage"
    _description = "Expected Usage"

    def _weeks(self, partner, company, today, weeks=engine.USUAL_WEEKS):
        """Return one dict per item, with one dict per week.

        :param partner: commercial partner of the supplier
        :param today: date in the company's time zone
        :param weeks: how many are given, 8 to 26, the current week first. All 26 are
            worked out, so that a figure does not depend on how many are looked at
        :return: ``[{"item": Item, "weeks": [{…}, …]}, …]``; a week holds ``monday``,
            ``ordered`` (open receipts of this supplier), the net needs ``firm``,
            ``planned`` and ``forecast``, ``late`` (covered, but by what arrives too
            late) and ``gross`` by kind: all in the supplier's unit, needs times the
            supplier's share. ``gross`` betrays stock and other suppliers: it is for
            planners, never for a supplier
        """
        self._flush()
        items = self._items(partner, company, today)
        days = engine.mondays(today, engine.MOST_WEEKS)
        ids = [item.product.id for item in items]
        facts, own = self._facts(ids, company, partner, days)
        found = engine.usage(facts, ids, len(days))
        return [
            {
                "item": item,
                "weeks": self._item_weeks(
                    item, found[item.product.id], own.get(item.product.id, {}), days
                )[: engine.clamp_weeks(weeks)],
            }
            for item in items
        ]

    def _facts(self, items, company, partner, days):
        """Return ``(engine.usage.Facts, receipts of the supplier by week)``."""
        first, horizon = days[0], 7 * len(days) - 1
        products = self._above(items, company) if items else set()
        frozen = self._frozen(products, company)
        products |= {product for tree in frozen.values() for product in tree}
        structure, lead = self._made_today(products, company)
        last = horizon + (LEAD_DAYS if structure or frozen else 0)
        everybody, own = self._arrivals(products, company, partner, first)
        facts = engine.Facts(
            needs=self._needs(products, company, first, last),
            forecast=self._forecast(products, company, first, last),
            usual=self._usual(items, company, first),
            stock=self._stock(products, company),
            arrivals=everybody,
            structure=structure,
            frozen=frozen,
            lead=lead,
        )
        return facts, own

    def _item_weeks(self, item, weeks, own, days):
        """Return the weeks of an item in the supplier's unit."""
        part = item.share * item.factor
        return [
            {
                "monday": day,
                "ordered": own.get(number, 0.0) * item.factor,
                "late": week.late * part,
                **{kind: week.net[kind] * part for kind in KINDS},
                "gross": {kind: week.gross[kind] * part for kind in KINDS},
            }
            for number, (day, week) in enumerate(zip(days, weeks, strict=True))
        ]

    # === ITEMS === #

    def _items(self, partner, company, today):
        """Return the ``Item`` list of a supplier: on price lists, or ordered now."""
        sellers = self._sellers(partner, company, today)
        ordered = self._ordered_products(partner, company)
        variants = self._variants(sellers, ordered)
        items = []
        for product in variants:
            rows = sellers[product.product_tmpl_id].filtered(
                lambda row, product=product: row.product_id.id in (False, product.id)
            )
            item = self._item(product, rows, partner)
            if item.share or product.id in ordered:
                items.append(item)
        return items

    def _item(self, product, sellers, partner):
        shares = engine.shares(
            (row.partner_id.commercial_partner_id.id, row.hub_share) for row in sellers
        )
        ours = sellers.filtered(
            lambda row: row.partner_id.commercial_partner_id == partner
        )
        return Item(product, ours[:1], shares.get(partner.id, 0.0))

    def _sellers(self, partner, company, today):
        """Return ``{template: price list rows of all its vendors, valid today}``."""
        Seller = self.env["product.supplierinfo"]
        valid = (
            Domain("company_id", "in", (False, company.id))
            & (Domain("date_start", "=", False) | Domain("date_start", "<=", today))
            & (Domain("date_end", "=", False) | Domain("date_end", ">=", today))
        )
        theirs = Domain("partner_id.commercial_partner_id", "=", partner.id)
        own = Seller._search(valid & theirs).subselect("product_tmpl_id")
        sellers = Seller.search_fetch(
            valid & Domain("product_tmpl_id", "in", own), SELLER_FIELDS
        )
        found = defaultdict(Seller.browse)
        for seller in sellers:
            found[seller.product_tmpl_id] |= seller
        return found

    def _variants(self, sellers, ordered):
        """Return the products of templates, and those ordered, in order of code."""
        templates = [template.id for template in sellers]
        return self.env["product.product"].search_fetch(
            Domain("product_tmpl_id", "in", templates)
            | Domain("id", "in", list(ordered)),
            ["product_tmpl_id", "default_code"],
            order="default_code, id",
        )

    def _ordered_products(self, partner, company):
        """Return the ids of products that this supplier still has to deliver."""
        rows = self.env.execute_query(
            SQL(
                """SELECT DISTINCT line.product_id
                     FROM purchase_order_line line
                     JOIN purchase_order purchase ON purchase.id = line.order_id
                     JOIN res_partner seller ON seller.id = purchase.partner_id
                     JOIN product_product product ON product.id = line.product_id
                     JOIN product_template template
                          ON template.id = product.product_tmpl_id
                    WHERE purchase.state = 'purchase' AND purchase.company_id = %s
                      AND seller.commercial_partner_id = %s
                      AND template.type = 'consu'
                      AND line.product_qty > line.qty_received""",
                company.id,
                partner.id,
            )
        )
        return {product for [product] in rows}
