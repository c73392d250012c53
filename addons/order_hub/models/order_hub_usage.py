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
        return self.seller.product_uom_id or self._own_unit

    @cached_property
    def factor(self):
        """What one unit of the product is in the supplier's unit."""
        return self._own_unit.factor / self.unit.factor

    @property
    def _own_unit(self):
        return self.product.product_tmpl_id.uom_id


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
        weeks = engine.clamp_weeks(weeks)
        days = engine.mondays(today, engine.MOST_WEEKS)
        return [
            {"item": item, "weeks": self._item_weeks(item, found, own, days)[:weeks]}
            for item, found, own in self._usage(partner, company, today)
        ]

    def _usage(self, partner, company, today):
        """Return what is needed of every item in 26 weeks, in the product's own unit.

        :return: ``[(Item, engine.usage.Weeks, {week: quantity that this supplier
            brings}), …]``, the needs before the supplier's share
        """
        self._flush()
        items = self._items(partner, company, today)
        days = engine.mondays(today, engine.MOST_WEEKS)
        ids = [item.product.id for item in items]
        facts, own = self._facts(ids, company, partner, days)
        found = engine.usage(facts, ids, len(days))
        return [
            (item, found[product], own.get(product, {}))
            for product, item in zip(ids, items, strict=True)
        ]

    def _facts(self, items, company, partner, days):
        """Return ``(engine.usage.Facts, receipts of the supplier by week)``."""
        first, horizon = days[0], 7 * len(days) - 1
        products = self._above(items, company) if items else set()
        frozen = self._frozen(products, company)
        products |= {product for tree in frozen.values() for product in tree}
        structure, lead = self._made_today(products, company)
        made = engine.made(structure, frozen)
        last = horizon + (LEAD_DAYS if made else 0)
        everybody, own = self._arrivals(products, company, partner, first, last)
        facts = engine.Facts(
            needs=self._needs(products, made, company, first, last),
            forecast=self._forecast(products, company, first, last),
            usual=self._usual(items, company, first),
            stock=self._stock(products, company),
            arrivals=everybody,
            structure=structure,
            frozen=frozen,
            lead=lead,
        )
        return facts, own

    def _item_weeks(self, item, found, own, days):
        """Return the weeks of an item in the supplier's unit."""
        part = item.share * item.factor
        return [
            {
                "monday": day,
                "ordered": own.get(number, 0.0) * item.factor,
                "late": found.late[number] * part,
                **{kind: found.net[kind][number] * part for kind in KINDS},
                "gross": {kind: found.gross[kind][number] * part for kind in KINDS},
            }
            for number, day in enumerate(days)
        ]

    # === ITEMS === #

    def _items(self, partner, company, today):
        """Return the ``Item`` list of a supplier: on price lists, or ordered now."""
        sellers = self._sellers(partner, company, today)
        ordered = self._ordered_products(partner, company)
        items = [
            self._item(product, sellers[product.product_tmpl_id], partner)
            for product in self._variants(sellers, ordered)
        ]
        return [item for item in items if item.share or item.product.id in ordered]

    def _item(self, product, sellers, partner):
        """Return a product as a supplier knows it.

        :param sellers: ``[(commercial partner, price list row), …]`` of its template
        """
        ours = [
            (seller, row)
            for seller, row in sellers
            if not row.product_id or row.product_id == product
        ]
        shares = engine.shares((seller.id, row.hub_share) for seller, row in ours)
        own = next((row for seller, row in ours if seller == partner), None)
        if own is None:
            own = self.env["product.supplierinfo"]
        return Item(product, own, shares.get(partner.id, 0.0))

    def _sellers(self, partner, company, today):
        """Return the price list rows of all vendors of a supplier's products.

        :return: ``{template: [(commercial partner, row), …]}`` of rows valid today
        """
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
        found = defaultdict(list)
        for row in sellers:
            found[row.product_tmpl_id].append(
                (row.partner_id.commercial_partner_id, row)
            )
        return found

    def _variants(self, sellers, ordered):
        """Return the products of templates, and those ordered, in order of code."""
        templates = [template.id for template in sellers]
        variants = self.env["product.product"].search_fetch(
            Domain("product_tmpl_id", "in", templates)
            | Domain("id", "in", list(ordered)),
            ["product_tmpl_id", "default_code"],
            order="default_code, id",
        )
        variants.product_tmpl_id.fetch(["name", "uom_id"])
        return variants

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
