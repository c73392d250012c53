from fractions import Fraction

from odoo import models
from odoo.tools import float_round

from odoo.addons.order_hub.engine.payload import MAX_LINES

from ..engine.bundle import Bundle, BundleError, Child, Cutter, allocate, spread
from ..engine.price import exact_price


class OrderHubInbound(models.Model):
    """Step: what is sold as one becomes the lines that are delivered.

    Three cases: the channel lists bundle and contents (the bundle's price is
    divided among its contents), the code is in the table of bundles, or the product
    is a kit that the channel's setting wants split.
    """

    _inherit = "order.hub.inbound"

    def _step_bundles(self, channel, works):
        self._note_destinations(channel, works)
        book = self._bundle_book(works)
        kits = self._kit_book(channel, works, book)
        prices = self._list_prices(works, book, kits)
        whole = Cutter(book, prices.__getitem__)
        apart = Cutter({**book, **kits}, prices.__getitem__)
        for work in works:
            self._gather_families(work, prices)
            self._split_lines(work, apart if self._splits(channel, work) else whole)

    def _splits(self, channel, work):
        """Tell whether kits of this order become lines."""
        mode = channel.sudo().kit_mode
        if mode == "abroad":
            own = channel.company_id.country_id.code
            return work.found["destination"] not in ("", own)
        return mode == "split"

    # === WHAT IS A BUNDLE === #

    def _bundle_book(self, works):
        """Return ``{("bundle", id): engine.Bundle}`` of the works' codes."""
        ids = {
            line["bundle_id"]
            for work in works
            for line in work.lines
            if line.get("bundle_id")
        }
        return self.env["order.hub.bundle"].browse(ids)._book() if ids else {}

    def _kit_book(self, channel, works, book):
        """Return ``{("product", id): engine.Bundle}`` of the kits to split."""
        splitting = [work for work in works if self._splits(channel, work)]
        ids = {
            line["product_id"]
            for work in splitting
            for line in work.lines
            if line.get("product_id")
        }
        if splitting:
            ids.update(key[1] for key in self._leaves(book))
        supply = self.env["order.hub.supply"]
        if not ids:
            return {}
        found = supply._structure(ids, channel.company_id, ("phantom",))
        return {
            ("product", kit): Bundle(tuple(Child(("product", p), q) for p, q in parts))
            for kit, parts in found.items()
            if parts
        }

    def _leaves(self, book):
        """Return the keys in a book that are no bundles of it."""
        return {
            child.key
            for bundle in book.values()
            for child in bundle.children
            if child.key not in book
        }

    def _list_prices(self, works, book, kits):
        """Return ``{("product", id): list price}`` of what prices are divided by."""
        ids = {key[1] for key in self._leaves({**book, **kits})}
        ids |= {key[1] for key in self._leaves(book)}
        for work in works:
            for children in work.found["families"].values():
                ids.update(work.lines[n].get("product_id") for n in children)
        products = self.env["product.product"].sudo().browse(ids - {None})
        return {("product", p.id): max(p.lst_price, 0.0) for p in products}

    # === LISTED BY THE CHANNEL === #

    def _gather_families(self, work, prices):
        """Divide the price of listed bundles among their lines; the bundle goes."""
        families = work.found["families"]
        if work.found["groups"]:
            work.note("bundles", "grouped", count=work.found["groups"])
        for parent, children in families.items():
            self._gather(work, parent, [work.lines[n] for n in children], prices)
        work.lines = [line for n, line in enumerate(work.lines) if n not in families]

    def _gather(self, work, parent, children, prices):
        coin, head = work.found["coin"], work.lines[parent]
        amount = self._amount_of(head, coin)
        label = head.get("name") or head.get("sku") or ""
        for line in children:
            line.setdefault("extra", {})["hub_bundle"] = label[:128]
        if amount:
            own = [self._amount_of(line, coin) or 0 for line in children]
            weights = [self._weight(line, prices) for line in children]
            amounts = spread(amount, own, self._or_counts(weights, children), coin)
            for line, part in zip(children, amounts, strict=True):
                if line.get("quantity"):
                    self._set_amount(line, part, coin)
        work.note(
            "bundles",
            "gathered",
            name=label[:80],
            count=len(children),
            amount=self._money(work, amount or 0),
        )

    def _weight(self, line, prices):
        price = prices.get(("product", line.get("product_id")), 0.0)
        return Fraction(str(price)) * Fraction(str(line.get("quantity") or 0))

    def _or_counts(self, weights, lines):
        """Things without a list price are divided by their quantities."""
        if any(weights):
            return weights
        return [Fraction(str(line.get("quantity") or 0)) for line in lines]

    # === SPLIT BY US === #

    def _split_lines(self, work, cutter):
        if not cutter.book:
            return
        lines = []
        for line in work.lines:
            key = self._key_of(line)
            lines += (
                self._split(work, line, key, cutter) if key in cutter.book else [line]
            )
        if len(lines) > MAX_LINES:
            work.problem("bundles", "many", count=len(lines), most=MAX_LINES)
            return
        work.lines = lines

    def _key_of(self, line):
        if line.get("bundle_id"):
            return "bundle", line["bundle_id"]
        return "product", line.get("product_id")

    def _split(self, work, line, key, cutter):
        """Return the lines in the place of a bundle's; itself if that fails."""
        try:
            parts = cutter.parts(key)
        except BundleError as error:
            reason = self.env["order.hub.bundle"]._broken(error)
            self._bundle_problem(work, line, "broken", reason=reason)
            return [line]
        if not line.get("quantity"):
            return [line]
        coin = work.found["coin"]
        amount = self._amount_of(line, coin)
        weights = [part.weight for part in parts]
        amounts = (
            [None] * len(parts) if amount is None else allocate(amount, weights, coin)
        )
        label = line.get("name") or line.get("sku") or ""
        count = self._count_of(line, key)
        made = [
            self._part_line(work, line, part, count, share, label)
            for part, share in zip(parts, amounts, strict=True)
        ]
        work.note(
            "bundles",
            "split",
            line=line["n"] + 1,
            name=label[:80],
            count=len(made),
            amount=self._money(work, amount),
        )
        return made

    def _count_of(self, line, key):
        """Return how many bundles, or kits in their own unit, a line asks for."""
        if key[0] == "bundle" or not line.get("uom_id"):
            return Fraction(str(line["quantity"]))
        own = self.env["product.product"].sudo().browse(key[1]).uom_id
        unit = own.browse(line["uom_id"])
        ratio = 1.0 if unit == own else unit.factor / own.factor
        return Fraction(str(line["quantity"])) * Fraction(str(ratio))

    def _part_line(self, work, line, part, count, amount, label):
        product = self.env["product.product"].sudo().browse(part.key[1])
        precision = self.env["decimal.precision"].precision_get("Product Unit")
        quantity = float_round(float(part.quantity * count), precision_digits=precision)
        made = {
            "n": line["n"],
            "product_id": product.id,
            "uom_id": product.uom_id.id,
            "quantity": quantity,
            "discount": 0.0,
            "extra": {**line.get("extra", {}), "hub_bundle": label[:128]},
        }
        if line.get("external_ref"):
            made["external_ref"] = line["external_ref"]
        if not quantity:
            self._bundle_problem(work, line, "too_small", product=product.display_name)
        elif amount is not None:
            made["amount"] = float(amount)
            made["unit_price"] = exact_price(amount, quantity, work.found["coin"])
        elif not part.weight:
            made["unit_price"] = 0.0
        return made

    # === WORDS === #

    def _bundle_problem(self, work, line, code, **figures):
        path = f"lines[{line['n']}].sku"
        work.problem("bundles", code, path, line.get("sku") or "", **figures)

    def _money(self, work, amount):
        """Return an amount as text, a dash where the price list will say."""
        return "–" if amount is None else f"{amount:,f} {work.found['currency']}"

    def _inbound_words(self):
        return {
            **super()._inbound_words(),
            "bundles.grouped": self.env._(
                "The channel lists the contents of %(count)s bundles itself."
            ),
            "bundles.gathered": self.env._(
                "%(name)s: the channel lists its %(count)s parts; its price of "
                "%(amount)s is divided among them."
            ),
            "bundles.split": self.env._(
                "Line %(line)s, %(name)s: split into %(count)s lines that cost "
                "%(amount)s together."
            ),
            "bundles.broken": self.env._(
                "The bundle “%(value)s” cannot be split. %(reason)s"
            ),
            "bundles.too_small": self.env._(
                "“%(value)s” holds less of %(product)s than its unit can count. Choose "
                "a smaller unit for the product."
            ),
            "bundles.many": self.env._(
                "Split, the order would have %(count)s lines; %(most)s are possible."
            ),
        }
