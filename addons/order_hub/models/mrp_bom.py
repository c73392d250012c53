from collections import defaultdict

from odoo import api, fields, models, tools
from odoo.fields import Domain

from ..engine.bom import Pins, revision_label

REVISION_STATES = [
    ("draft", "Draft"),
    ("released", "Released"),
    ("superseded", "Superseded"),
]


class MrpBom(models.Model):
    """A bill of materials is one revision of itself.

    A released revision never changes; a change is a new bill that follows it. A
    draft that follows no other is a plain Odoo bill of materials.
    """

    _inherit = "mrp.bom"

    hub_revision = fields.Integer(
        "Revision Number",
        default=1,
        readonly=True,
        copy=False,
        aggregator=None,
        help="Counted when released: a draft's number is the one it would get.",
    )
    hub_revision_label = fields.Char(
        "Revision",
        compute="_compute_hub_revision_label",
        store=True,
        help="A, B, C … without the letters that are read as digits (ASME Y14.35).",
    )
    hub_revision_state = fields.Selection(
        REVISION_STATES,
        "Revision State",
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        index=True,
        help="A draft is edited freely. A released revision is what orders are made "
        "from and does not change. A superseded one gave way to its successor.",
    )
    hub_origin_id = fields.Many2one(
        "mrp.bom",
        "First Revision",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )
    hub_predecessor_id = fields.Many2one(
        "mrp.bom",
        "Predecessor",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        help="The revision that this one follows.",
    )
    hub_successor_ids = fields.One2many(
        "mrp.bom", "hub_predecessor_id", "Successors", readonly=True, copy=False
    )
    hub_revision_ids = fields.One2many(
        "mrp.bom", string="Revisions", compute="_compute_hub_revision_ids"
    )
    hub_revision_count = fields.Integer(compute="_compute_hub_revision_ids")
    hub_effective_date = fields.Date(
        "Effective From",
        copy=False,
        help="First day on which new orders are made from this revision, in the time "
        "zone of the company. Empty: from the moment of its release.",
    )
    hub_effective_until = fields.Date(
        "Replaced On",
        readonly=True,
        copy=False,
        help="First day on which its successor is used instead.",
    )
    hub_released_at = fields.Datetime("Released On", readonly=True, copy=False)
    hub_released_by_id = fields.Many2one(
        "res.users", "Released By", readonly=True, copy=False, ondelete="set null"
    )
    hub_content_hash = fields.Char(
        "Content Hash",
        size=64,
        readonly=True,
        copy=False,
        help="SHA-256 of this level: components, quantities, units, operations and "
        "by-products, as released.",
    )

    _hub_revision_positive = models.Constraint(
        "CHECK(hub_revision > 0)", "Revisions are counted from 1."
    )
    _hub_revision_uniq = models.UniqueIndex(
        "(COALESCE(hub_origin_id, id), hub_revision) "
        "WHERE hub_revision_state != 'draft'",
        "This revision has been released by somebody else a moment ago.",
    )

    # === COMPUTE === #

    @api.depends("hub_revision")
    def _compute_hub_revision_label(self):
        for bom in self:
            bom.hub_revision_label = revision_label(max(1, bom.hub_revision))

    @api.depends("hub_origin_id", "hub_revision_state")
    def _compute_hub_revision_ids(self):
        chains = self._hub_chains()
        for bom in self:
            chain = chains.get(bom._hub_first().id, bom)
            bom.hub_revision_ids = chain
            bom.hub_revision_count = len(chain)

    @api.depends("hub_revision_label", "hub_revision_state", "hub_predecessor_id")
    def _compute_display_name(self):
        result = super()._compute_display_name()
        for bom in self.filtered(lambda bom: not bom._hub_is_plain()):
            bom.display_name = self.env._(
                "%(bill)s, rev. %(revision)s",
                bill=bom.display_name,
                revision=bom.hub_revision_label,
            )
        return result

    # === CHAINS === #

    def _hub_is_plain(self):
        """Tell whether the bill takes no part in revisions: a first draft."""
        self.ensure_one()
        return self.hub_revision_state == "draft" and not self.hub_predecessor_id

    def _hub_first(self):
        """Return the first revision of each bill's chain (empty for new records)."""
        firsts = self.browse()
        for bom in self:
            firsts |= bom.hub_origin_id or bom._origin
        return firsts

    def _hub_revisions(self):
        """Return all revisions of the chains of these bills, oldest first."""
        chains = self._hub_chains()
        return self.browse().union(*(chains[first] for first in sorted(chains)))

    def _hub_chains(self):
        """Return ``{id of the first revision: its chain, oldest first}``."""
        firsts = self._hub_first().ids
        found = self.with_context(active_test=False).search(
            Domain("id", "in", firsts) | Domain("hub_origin_id", "in", firsts),
            order="hub_revision, id",
        )
        chains = defaultdict(self.browse)
        for bom in found:
            chains[(bom.hub_origin_id or bom).id] |= bom
        return chains

    def _hub_heads(self):
        """Return ``{id of the first revision: (current revision, next number)}``.

        Current is what a new revision follows: the last one released, in a chain
        that was retired the last one superseded, none before the first release.
        """
        heads = {}
        for first, chain in self._hub_chains().items():
            settled = chain.filtered(lambda bom: bom.hub_revision_state != "draft")
            released = settled.filtered(
                lambda bom: bom.hub_revision_state == "released"
            )
            number = max(settled.mapped("hub_revision"), default=0) + 1
            heads[first] = ((released or settled)[-1:], number)
        return heads

    # === FIND === #

    @api.model
    @tools.ormcache()
    def _hub_revision_setup(self):
        """Return whether anybody uses revisions, and who wants released ones only.

        :return: ``(used, ids of companies with only released bills)``
        """
        companies = self.env["res.company"].sudo()
        strict = companies.search([("hub_only_released_boms", "=", True)])
        used = self.sudo().with_context(active_test=False)
        found = used.search_count(
            [
                "|",
                ("hub_revision_state", "!=", "draft"),
                ("hub_predecessor_id", "!=", False),
            ],
            limit=1,
        )
        return bool(found or strict), tuple(strict.ids)

    def _hub_revisions_begin(self):
        """Make everybody ask anew when the first revision comes to be."""
        if not self._hub_revision_setup()[0]:
            self.env.registry.clear_cache()

    @api.model
    def _bom_find_domain(
        self, products, picking_type=None, company_id=False, bom_type=False
    ):
        domain = super()._bom_find_domain(
            products,
            picking_type=picking_type,
            company_id=company_id,
            bom_type=bom_type,
        )
        used, strict = self._hub_revision_setup()
        if not used:
            return domain
        company = company_id or self.env.context.get("company_id")
        return domain & self._hub_in_force(company or self.env.company.id, strict)

    @api.model
    def _hub_in_force(self, company_id, strict):
        """Return the domain of bills that a new order of the company is made from.

        :param strict: ids of companies that use released revisions only
        """
        today = self.env["res.company"].browse(company_id)._hub_today()[company_id]
        state = Domain("hub_revision_state", "=", "released")
        since = Domain("hub_effective_date", "=", False)
        since |= Domain("hub_effective_date", "<=", today)
        until = Domain("hub_effective_until", "=", False)
        until |= Domain("hub_effective_until", ">", today)
        released = state & since & until
        if company_id in strict:
            return released
        plain = Domain("hub_revision_state", "=", "draft")
        plain &= Domain("hub_predecessor_id", "=", False)
        if strict:
            plain &= Domain("company_id", "not in", strict)
        return released | plain

    @api.model
    def _bom_find(self, products, picking_type=None, company_id=False, bom_type=False):
        """Find a bill for each product; what is pinned is made as pinned.

        The context key ``order_hub_pins`` (``engine.bom.Pins``, which no caller
        from outside can make) names the revision by product, whatever its state.
        """
        pins = self.env.context.get("order_hub_pins")
        if not pins or not isinstance(pins, Pins):
            return super()._bom_find(
                products,
                picking_type=picking_type,
                company_id=company_id,
                bom_type=bom_type,
            )
        pinned = products.filtered(lambda product: product.id in pins)
        found = super()._bom_find(
            products - pinned,
            picking_type=picking_type,
            company_id=company_id,
            bom_type=bom_type,
        )
        boms = self.browse({pins[product.id] for product in pinned})
        of_type = boms.filtered(lambda bom: not bom_type or bom.type == bom_type)
        by_id = {bom.id: bom.with_prefetch(boms.ids) for bom in of_type}
        for product in pinned:
            if pins[product.id] in by_id:
                found[product] = by_id[pins[product.id]]
        return found
