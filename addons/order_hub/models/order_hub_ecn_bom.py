from odoo import fields, models


class OrderHubEcnBom(models.Model):
    """One released revision that a change replaces, and the draft to come."""

    _name = "order.hub.ecn.bom"
    _description = "BOM of an Engineering Change"
    _inherit = ["order.hub.ecn.guarded"]
    _order = "ecn_id, id"
    _check_company_auto = True
    _rec_name = "bom_id"
    _open_fields = frozenset({"ecn_id", "bom_id", "draft_bom_id"})

    ecn_id = fields.Many2one(
        "order.hub.ecn", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="ecn_id.company_id", store=True)
    bom_id = fields.Many2one(
        "mrp.bom",
        "Released Revision",
        required=True,
        ondelete="restrict",
        index=True,
        check_company=True,
    )
    product_tmpl_id = fields.Many2one(related="bom_id.product_tmpl_id")
    draft_bom_id = fields.Many2one(
        "mrp.bom",
        "Draft Revision",
        ondelete="restrict",
        index="btree_not_null",
        check_company=True,
        copy=False,
    )
    base = fields.Json(
        readonly=True, help="The released revision, as the draft was made from it."
    )

    _bom_uniq = models.UniqueIndex(
        "(ecn_id, bom_id)", "This BOM is on the change already."
    )
