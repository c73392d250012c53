from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..engine.bom import Node
from .order_hub_ecn import OPEN_STATES


class OrderHubEcnBom(models.Model):
    """One released revision that a change replaces, and the draft to come.

    The draft is a revision of its own that engineers edit like any bill of
    materials; naming the released one on a change makes it.
    """

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
    ecn_state = fields.Selection(related="ecn_id.state")
    bom_id = fields.Many2one(
        "mrp.bom",
        "Released Revision",
        required=True,
        ondelete="restrict",
        index=True,
        check_company=True,
    )
    product_tmpl_id = fields.Many2one(related="bom_id.product_tmpl_id")
    old_label = fields.Char("Revision Now", related="bom_id.hub_revision_label")
    draft_bom_id = fields.Many2one(
        "mrp.bom",
        "Draft Revision",
        ondelete="restrict",
        index="btree_not_null",
        check_company=True,
        copy=False,
        help="Edit it: components, quantities, operations. It is released when the "
        "change is approved.",
    )
    new_label = fields.Char(
        "Revision to Come", related="draft_bom_id.hub_revision_label"
    )
    base = fields.Json(
        readonly=True, help="The released revision, as the draft was made from it."
    )

    _bom_uniq = models.UniqueIndex(
        "(ecn_id, bom_id)", "This BOM is on the change already."
    )

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        rows = super().create(vals_list)
        if not self._is_inside():
            rows._check_may_edit()
        rows._check_revisions()
        for row in rows.filtered(lambda row: not row.draft_bom_id):
            # Whoever may write a change may make a revision: asked without sudo.
            draft = row.with_env(self.env).bom_id._hub_new_revision()
            row._inside().draft_bom_id = draft
        rows._keep_base()
        return rows

    def write(self, vals):
        if not self._is_inside():
            self._check_may_edit()
        result = super().write(vals)
        if not self._is_inside():
            self._check_may_edit()
        if "ecn_id" in vals:
            self._check_company()  # of all columns: the company comes with the change
        if {"bom_id", "draft_bom_id"} & set(vals):
            self._check_revisions()
            self._keep_base()
        return result

    def unlink(self):
        drafts = self.draft_bom_id
        result = super().unlink()
        drafts._hub_drop_drafts()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_only_drafts(self):
        self._check_may_edit()

    def _check_may_edit(self):
        """BOMs are named while the change is a draft, by those who may write it."""
        self.ecn_id.check_access("write")
        self.ecn_id._check_is_draft()

    def _keep_base(self):
        """Keep what the drafts were made from: what was changed can be told later."""
        nodes = self.env["order.hub.bom.tree"]._own(self.bom_id)
        for row in self._inside():
            row.base = nodes[row.bom_id.id].to_json()

    def _base(self):
        """Return the ``engine.bom.Node`` that the draft was made from."""
        self.ensure_one()
        return Node.from_json(self.base)

    def _products(self):
        """Return the variants that this BOM makes."""
        self.ensure_one()
        variants = self.bom_id.product_tmpl_id.product_variant_ids
        return self.bom_id.product_id or variants

    # === CHECKS === #

    def _check_revisions(self):
        """The left one is released, the draft follows it and is nobody else's."""
        for row in self.sudo():
            if row.bom_id.hub_revision_state != "released":
                raise ValidationError(row._not_released_message())
            draft = row.draft_bom_id
            if draft and (
                draft.hub_revision_state != "draft"
                or draft.hub_predecessor_id != row.bom_id
            ):
                raise ValidationError(
                    self.env._(
                        "%(draft)s is no draft that follows %(bom)s. Leave it empty: "
                        "a new draft is made.",
                        draft=draft.display_name,
                        bom=row.bom_id.display_name,
                    )
                )
        self._check_one_change_each()

    def _not_released_message(self):
        self.ensure_one()
        bom = self.bom_id
        if bom.hub_revision_state == "draft":
            return self.env._(
                "%s is still a draft: edit it as it is. An engineering change replaces "
                "a released revision.",
                bom.display_name,
            )
        current, _number = bom._hub_heads()[bom._hub_first().id]
        return self.env._(
            "%(bom)s has been replaced. Name %(current)s instead.",
            bom=bom.display_name,
            current=current.display_name,
        )

    def _check_one_change_each(self):
        """A draft is on one open change only: it is released with that one."""
        others = self.sudo().search(
            [
                ("draft_bom_id", "in", self.draft_bom_id.ids),
                ("ecn_id.state", "in", OPEN_STATES),
            ]
        )
        for draft, rows in others.grouped("draft_bom_id").items():
            if len(rows) > 1:
                raise UserError(
                    self.env._(
                        "%(draft)s is on %(ecns)s. Make a draft of its own for each "
                        "change.",
                        draft=draft.display_name,
                        ecns=", ".join(rows.ecn_id.mapped("name")),
                    )
                )

    # === SCREEN === #

    def action_open_draft(self):
        """Open the draft revision to edit it."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "res_model": "mrp.bom",
            "res_id": self.draft_bom_id.id,
            "views": [(False, "form")],
            "name": self.draft_bom_id.display_name,
        }

    def action_compare(self):
        """Show the released revision and the draft side by side."""
        self.ensure_one()
        self.check_access("read")
        return self.draft_bom_id.action_hub_compare()
