from collections import Counter

from odoo import models
from odoo.tools import float_round

from ..engine.bundle import grouped, listed_children
from ..engine.price import decimal, exact_price, line_amount, to_coin
from ..engine.sku import sku_key

#: What a float may miss a whole number by.
NEARLY = 1e-6


class OrderHubInbound(models.Model):
    """Step: the channel's codes become products, quantities and prices of ours."""

    _inherit = "order.hub.inbound"

    def _step_products(self, channel, works):
        """Put ``product_id``, ``uom_id``, ``quantity``, ``unit_price`` in each line."""
        lines = [line for work in works for line in work.lines]
        self._mark_bundles(channel, works, lines)
        finder = self.env["order.hub.product.finder"]
        asked = [line for line in lines if not line.get("bundle_id")]
        found, candidates, ambiguous = finder._find(channel, asked)
        self._prefetch_products(found)
        units = self.env["order.hub.unit.finder"]
        has_words = any(line.get("unit") for line in lines)
        names = units._names() if has_words else {}
        self._note_coins(channel, works)
        for work in works:
            ways = Counter()
            for at, line in enumerate(work.lines):
                match = found.get(line.get("sku")) or found.get(line.get("barcode"))
                if line.get("bundle_id") or at in work.found["containers"]:
                    continue
                if match:
                    ways[match.way] += 1
                    self._fill_line(channel, work, line, match, names)
                else:
                    self._say_unknown(channel, work, line, candidates, ambiguous)
            self._say_found(work, ways)

    def _mark_bundles(self, channel, works, lines):
        """Mark lines that are bundles, and those that only hold listed lines.

        Neither needs a product: the first are split, the second go.
        """
        keys = {sku_key(line["sku"]) for line in lines if line.get("sku")}
        known = self.env["order.hub.bundle"]._known(channel, keys) if keys else {}
        keep = channel.sudo().is_bundle_parent_goods
        for work in works:
            for line in work.lines:
                bundle = known.get(sku_key(line.get("sku")))
                if bundle:
                    line["bundle_id"] = bundle
            families = listed_children(work.lines)
            heads, groups = grouped(work.lines, lambda line: "bundle_id" in line)
            families.update({n: kids for n, kids in heads.items() if n not in families})
            for n in families if keep else ():
                work.lines[n].pop("bundle_id", None)
            work.found["families"] = {} if keep else families
            work.found["groups"] = groups
            work.found["containers"] = set() if keep else set(families)

    def _prefetch_products(self, found):
        """Read what the lines need of all products together."""
        ids = {match.product.id for match in found.values()}
        products = self.env["product.product"].sudo().browse(ids)
        products.fetch(["product_tmpl_id", "active", "default_code"])
        templates = products.product_tmpl_id
        templates.fetch(["uom_id", "type", "name", "company_id", "sale_ok", "uom_ids"])
        templates.uom_id.fetch(["factor", "parent_path"])

    def _note_coins(self, channel, works):
        """Put each work's currency, and its smallest coin, among what was found."""
        own = channel.company_id.currency_id
        coins = {own.name: own.rounding}
        for work in works:
            name = (work.values.get("currency") or own.name).upper()
            work.found["currency"] = name
        others = {work.found["currency"] for work in works} - set(coins)
        if others:
            rows = self.env["res.currency"].sudo().with_context(active_test=False)
            rows = rows.search([("name", "in", list(others))])
            coins.update({row.name: row.rounding for row in rows})
        for work in works:
            work.found["coin"] = coins.get(work.found["currency"], 0.01)

    # === ONE LINE === #

    def _fill_line(self, channel, work, line, match, names):
        product = match.product
        if not product.active or not product.sale_ok:
            self._line_problem(
                work, line, "not_sold", "sku", product=product.display_name
            )
            return
        line["product_id"] = product.id
        unit = self._line_unit(work, line, match, names)
        if not unit or not line.get("quantity"):
            return
        factor, own = match.factor, product.uom_id
        if not unit.active:
            # Known to Odoo, but nobody here counts in it.
            factor, unit = factor * unit.factor / own.factor, own
        line["uom_id"] = unit.id
        self._convert(work, line, factor, unit)
        self._check_quantity_of(channel, work, line, product, unit)

    def _line_unit(self, work, line, match, names):
        """Return the unit of a line: of the channel's product, as said, or own."""
        if match.unit or match.factor != 1.0 or not line.get("unit"):
            return match.unit or match.product.uom_id
        units = self.env["order.hub.unit.finder"]
        unit, wrong = units._find(match.product, line["unit"], names)
        if wrong:
            self._line_problem(
                work,
                line,
                wrong,
                "unit",
                product=match.product.display_name,
                own=match.product.uom_id.name,
            )
        return unit

    def _convert(self, work, line, factor, unit):
        """Count in our unit; the line's amount stays what it is to the coin."""
        quantity, coin = line["quantity"], work.found["coin"]
        precision = self.env["decimal.precision"].precision_get("Product Unit")
        ours = float_round(quantity * factor, precision_digits=precision)
        is_same = ours == quantity and "amount" not in line
        if is_same or not ours:
            return
        amount = self._amount_of(line, coin)
        line["quantity"] = ours
        if amount is not None:
            self._set_amount(line, amount, coin)
        if factor != 1.0:
            work.note(
                "products",
                "converted",
                line=line["n"] + 1,
                theirs=f"{quantity:g}",
                ours=f"{ours:g}",
                unit=unit.name,
                factor=f"{factor:g}",
            )

    def _amount_of(self, line, coin):
        """Return what a line costs as the channel says, ``None`` if it does not."""
        if "amount" in line:
            return to_coin(decimal(line["amount"]), decimal(coin))
        if "unit_price" not in line or not line.get("quantity"):
            return None
        discount = round(line.get("discount", 0.0), 2)
        return line_amount(line["quantity"], line["unit_price"], discount, coin)

    def _set_amount(self, line, amount, coin):
        """Give a line the price at which it costs an amount.

        A discount that leads to the amount stays; otherwise the price is net.
        """
        discount = round(line.get("discount", 0.0), 2)
        line["amount"] = float(amount)
        price = line.get("unit_price")
        if price is not None:
            fits = line_amount(line["quantity"], price, discount, coin) == amount
            if fits:
                return
        line["unit_price"] = exact_price(amount, line["quantity"], coin)
        line["discount"] = 0.0

    def _check_quantity_of(self, channel, work, line, product, unit):
        """Ask a person about quantities that nobody orders; a corrected one holds."""
        if f"lines[{line['n']}].quantity" in work.corrections:
            return
        own = product.uom_id
        count = line["quantity"] * unit.factor / own.factor
        limit = channel.sudo().max_line_quantity
        if limit and count > limit:
            self._line_problem(
                work,
                line,
                "absurd",
                "quantity",
                quantity=f"{count:,.0f}",
                unit=own.name,
                limit=f"{limit:,.0f}",
            )
        elif self._is_broken_piece(product, line["quantity"] * unit.factor):
            self._line_problem(
                work,
                line,
                "fraction",
                "quantity",
                quantity=f"{count:g}",
                product=product.display_name,
            )

    def _is_broken_piece(self, product, pieces):
        """Tell whether goods counted in pieces are ordered in parts of one."""
        piece = self.env["ir.model.data"]._xmlid_to_res_id("uom.product_uom_unit")
        root = (product.uom_id.parent_path or "").split("/")[0]
        return (
            root == str(piece)
            and product.type != "service"
            and abs(pieces - round(pieces)) > NEARLY
        )

    # === WORDS === #

    def _line_problem(self, work, line, code, spot, blocking=True, **figures):
        path = f"lines[{line['n']}].{spot}"
        value = line.get(spot) or ""
        work.problem("products", code, path, value, blocking, **figures)

    def _say_unknown(self, channel, work, line, candidates, ambiguous):
        """Say that a code is unknown, with the products it may be."""
        several = ambiguous.get(line.get("sku"))
        rows = candidates.get(line.get("sku"), [])
        if several:
            rows = [
                {"product_id": p.id, "code": p.default_code, "name": p.name, "score": 1}
                for p in several
            ]
        code = "several" if several else "likely" if rows else "unknown"
        stand_in = channel.sudo().fallback_product_id
        self._line_problem(
            work,
            line,
            code if line.get("sku") else "no_sku",
            "sku",
            blocking=not stand_in,
            name=(line.get("name") or "")[:80],
            candidates="; ".join(self._candidate_text(row) for row in rows),
            options=rows,
        )

    def _candidate_text(self, row):
        return f"{row['code'] or '–'} {row['name']} ({round(row['score'] * 100)} %)"

    def _say_found(self, work, ways):
        if ways:
            work.note(
                "products",
                "found",
                count=sum(ways.values()),
                mapped=ways["channel"],
                coded=ways["code"] + ways["spelling"],
                barcoded=ways["barcode"],
            )

    def _inbound_words(self):
        words = super()._inbound_words()
        return {**words, **self._product_words(), **self._quantity_words()}

    def _product_words(self):
        return {
            "products.found": self.env._(
                "%(count)s lines have their product: %(mapped)s from the channel's "
                "products, %(coded)s by code, %(barcoded)s by barcode."
            ),
            "products.unknown": self.env._(
                "No product has the code “%(value)s” (%(name)s), and none is similar. "
                "Add it to the channel's products, or correct the code."
            ),
            "products.likely": self.env._(
                "No product has the code “%(value)s” (%(name)s). Perhaps: "
                "%(candidates)s."
            ),
            "products.several": self.env._(
                "Several products have the code “%(value)s”: %(candidates)s. Choose "
                "one, or add the code to the channel's products."
            ),
            "products.no_sku": self.env._(
                "The line names no product, only “%(name)s”. Enter a code."
            ),
            "products.not_sold": self.env._(
                "%(product)s is archived or not for sale. Put it on sale again, or "
                "choose another product."
            ),
        }

    def _quantity_words(self):
        return {
            "products.converted": self.env._(
                "Line %(line)s: %(theirs)s of the channel's are %(ours)s %(unit)s "
                "(%(factor)s in one); the amount stays."
            ),
            "products.absurd": self.env._(
                "%(quantity)s %(unit)s is more than the channel's limit of %(limit)s a "
                "line. Enter the quantity that is meant; the same one confirms it."
            ),
            "products.fraction": self.env._(
                "%(quantity)s of %(product)s: it is sold in whole pieces. Enter the "
                "quantity that is meant."
            ),
            "products.unit_differs": self.env._(
                "%(product)s is counted in %(own)s and cannot be ordered in "
                "“%(value)s”."
            ),
            "products.unit_several": self.env._(
                "%(product)s has several packagings that “%(value)s” can mean. Add "
                "the code with its unit to the channel's products."
            ),
            "products.unit_unknown": self.env._(
                "Nobody knows how many are in one “%(value)s” of %(product)s. Add the "
                "packaging to the product, or the code with its factor to the "
                "channel's products."
            ),
        }
