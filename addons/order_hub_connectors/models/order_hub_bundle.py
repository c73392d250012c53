from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..engine import bundle as engine
from ..engine.sku import sku_key


class OrderHubBundle(models.Model):
    """A code that channels sell as one and the warehouse knows as several products."""

    _name = "order.hub.bundle"
    _description = "Bundle"
    _order = "sku, id"
    _rec_name = "sku"
    _rec_names_search = ["sku", "name"]
    _check_company_auto = True

    sku = fields.Char("Code", required=True)
    sku_key = fields.Char(compute="_compute_sku_key", store=True)
    name = fields.Char(required=True, translate=True)
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company, index=True
    )
    channel_id = fields.Many2one(
        "order.hub.channel",
        check_company=True,
        ondelete="cascade",
        index="btree_not_null",
        help="Empty: on every channel of the company that has no own one.",
    )
    allocation = fields.Selection(
        [("list", "By List Price"), ("share", "By Given Shares")],
        "Price Is Divided",
        default="list",
        required=True,
        help="By list price: list price × quantity. By given shares: as the lines say.",
    )
    line_ids = fields.One2many(
        "order.hub.bundle.line", "bundle_id", "Contents", copy=True
    )
    active = fields.Boolean(default=True)
    explanation = fields.Text("What Comes Out", compute="_compute_explanation")

    _sku_uniq = models.UniqueIndex(
        "(company_id, COALESCE(channel_id, 0), sku_key) WHERE active",
        "There is a bundle with this code already.",
    )

    @api.depends("sku")
    def _compute_sku_key(self):
        for bundle in self:
            bundle.sku_key = sku_key(bundle.sku)

    @api.depends("sku", "name")
    def _compute_display_name(self):
        for bundle in self:
            bundle.display_name = f"[{bundle.sku or ''}] {bundle.name or ''}"

    @api.depends(
        "allocation",
        "line_ids.product_id",
        "line_ids.child_bundle_id",
        "line_ids.quantity",
        "line_ids.uom_id",
        "line_ids.share",
        "line_ids.is_free",
    )
    def _compute_explanation(self):
        for bundle in self:
            bundle.explanation = bundle._explained() if bundle._origin.id else False

    def _explained(self):
        """Return the leaves of one bundle with their parts of its price."""
        try:
            parts = self._parts()
        except engine.BundleError as error:
            return self._broken(error)
        products = self.env["product.product"].browse(p.key[1] for p in parts)
        return "\n".join(
            self.env._(
                "%(quantity)g × %(product)s: %(percent).2f %% of the price",
                quantity=float(part.quantity),
                product=product.display_name,
                percent=float(part.weight * 100),
            )
            for part, product in zip(parts, products, strict=True)
        )

    # === CONSTRAINTS === #

    @api.constrains("sku", "line_ids", "allocation")
    def _check_contents(self):
        for bundle in self:
            if not bundle.sku_key:
                raise ValidationError(self.env._("A code has at least one character."))
            if not bundle.line_ids:
                raise ValidationError(
                    self.env._(
                        "Bundle %s is empty. Say which products it holds.",
                        bundle.display_name,
                    )
                )
            bundle._check_shares()
        self._check_nesting()

    def _check_shares(self):
        """A bundle by shares needs one above 0, else its price has no home."""
        self.ensure_one()
        if self.allocation != "share":
            return
        if not sum(
            self.line_ids.filtered(lambda line: not line.is_free).mapped("share")
        ):
            raise ValidationError(
                self.env._(
                    "Bundle %s divides its price by shares, but no line has one. Enter "
                    "shares (60 and 40, for example), or divide it by list price.",
                    self.display_name,
                )
            )

    def _check_nesting(self):
        """Refuse bundles that contain themselves or nest too deep, with the way.

        Bundles that hold these are checked too: they become as deep.
        """
        lines = self.env["order.hub.bundle.line"].sudo()
        rows = lines._read_group(
            [("child_bundle_id", "!=", False)],
            ["bundle_id"],
            ["child_bundle_id:array_agg"],
        )
        edges = {bundle.id: children for bundle, children in rows}
        for bundle in self:
            cycle = engine.find_cycle(edges, bundle.id)
            if cycle:
                raise ValidationError(self._circle(cycle))
        for start in edges:
            if engine.depth(edges, start) > engine.MAX_DEPTH - 1:
                raise ValidationError(
                    self.env._(
                        "Bundles lie in bundles at most %(most)s deep; %(bundle)s "
                        "would be deeper. List the products themselves.",
                        most=engine.MAX_DEPTH,
                        bundle=self.sudo().browse(start).display_name,
                    )
                )

    def _circle(self, ids):
        names = " → ".join(row.display_name for row in self.sudo().browse(ids))
        return self.env._(
            "A bundle cannot contain itself: %s. Take one of them out.", names
        )

    # === FOR INTAKE === #

    @api.model
    def _known(self, channel, keys):
        """Return ``{key of a code: bundle id}`` of a channel, its own first."""
        rows = self.sudo().search(
            [
                ("company_id", "=", channel.company_id.id),
                ("channel_id", "in", (False, channel.id)),
                ("sku_key", "in", list(keys)),
            ]
        )
        own_last = rows.sorted(lambda bundle: bool(bundle.channel_id))
        return {bundle.sku_key: bundle.id for bundle in own_last}

    def _book(self):
        """Return ``{("bundle", id): engine.Bundle}`` of these and all in them."""
        book, todo = {}, self.sudo()
        while todo:
            for bundle in todo:
                children = tuple(line._as_child() for line in bundle.line_ids)
                by_share = bundle.allocation == "share"
                book["bundle", bundle.id] = engine.Bundle(children, by_share)
            todo = todo.line_ids.child_bundle_id.filtered(
                lambda b: ("bundle", b.id) not in book
            )
        return book

    def _parts(self):
        """Return the leaves of one bundle (``engine.Part``), kits left whole."""
        self.ensure_one()
        products = self.env["product.product"]
        return engine.flatten(
            ("bundle", self.id),
            self._book(),
            lambda key: products.browse(key[1]).lst_price,
        )

    @api.model
    def _broken(self, error):
        """Return in words why a bundle cannot be split."""
        names = " → ".join(self._key_name(key) for key in error.path)
        sentences = {
            "cycle": self.env._("It contains itself: %s.", names),
            "deep": self.env._("Bundles lie too deep in bundles: %s.", names),
            "many": self.env._("It holds too many products: %s.", names),
        }
        return sentences[error.code]

    def _key_name(self, key):
        model = "order.hub.bundle" if key[0] == "bundle" else "product.product"
        return self.env[model].sudo().browse(key[1]).display_name
