from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ..const import GRADES

#: Who sees what the company thinks of its customers.
INSIDE = "order_hub.order_hub_group_user"


class ResPartner(models.Model):
    _inherit = "res.partner"

    hub_referrer_id = fields.Many2one(
        "res.partner",
        "Referred By",
        index="btree_not_null",
        copy=False,
        help="The customer who brought this one; counts for that one's grade.",
        groups=INSIDE,
    )
    hub_grade_id = fields.Many2one(
        "order.hub.grade",
        "Grade and Why",
        compute="_compute_hub_grade",
        groups=INSIDE,
    )
    hub_grade = fields.Selection(
        GRADES,
        "Grade",
        compute="_compute_hub_grade",
        search="_search_hub_grade",
        help="In the current company; a contact has the grade of its company.",
        groups=INSIDE,
    )

    @api.constrains("hub_referrer_id", "parent_id")
    def _check_hub_referrer(self):
        for partner in self.filtered("hub_referrer_id"):
            if (
                partner.hub_referrer_id.commercial_partner_id
                == partner.commercial_partner_id
            ):
                raise ValidationError(
                    self.env._(
                        "%s cannot be referred by itself. Name another customer, or "
                        "none.",
                        partner.commercial_partner_id.name,
                    )
                )

    @api.depends("commercial_partner_id")
    @api.depends_context("company")
    def _compute_hub_grade(self):
        found = self.env["order.hub.grade"].search(
            [
                ("partner_id", "in", self.commercial_partner_id.ids),
                ("company_id", "=", self.env.company.id),
            ]
        )
        by_partner = {row.partner_id.id: row for row in found}
        for partner in self:
            row = by_partner.get(partner.commercial_partner_id.id)
            partner.hub_grade_id = row
            partner.hub_grade = row and row.grade

    @api.model
    def _search_hub_grade(self, operator, value):
        if operator != "in":
            return NotImplemented
        company = Domain("company_id", "=", self.env.company.id)
        Grade = self.env["order.hub.grade"]
        graded = Grade._search(company & Domain("grade", "in", list(value)))
        found = Domain("commercial_partner_id", "in", graded.subselect("partner_id"))
        if False in value:
            any_grade = Grade._search(company).subselect("partner_id")
            found |= Domain("commercial_partner_id", "not in", any_grade)
        return found

    def action_hub_view_grade(self):
        """Open the grade with its components."""
        self.ensure_one()
        return self.hub_grade_id.get_formview_action()
