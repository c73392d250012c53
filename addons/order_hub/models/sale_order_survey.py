from odoo import fields, models

#: Who reads what customers answered.
READERS = "order_hub.order_hub_group_user"


class SaleOrder(models.Model):
    """What the customer said about this order."""

    _inherit = "sale.order"

    hub_survey_draw_ids = fields.One2many(
        "order.hub.survey.draw",
        "order_id",
        "Survey",
        readonly=True,
        copy=False,
        groups=READERS,
    )
    hub_survey_text = fields.Char(
        "Customer's Answer", compute="_compute_hub_survey_text", groups=READERS
    )

    def _compute_hub_survey_text(self):
        """Say the index, or how far the survey is; empty: not drawn."""
        Draw = self.env["order.hub.survey.draw"]
        self.hub_survey_text = False
        if not self.env["order.hub.survey.scheme"]._is_used():
            return
        states = dict(Draw._fields["state"]._description_selection(self.env))
        for draw in Draw.search([("order_id", "in", self.ids)]):
            draw.order_id.hub_survey_text = (
                f"{draw.experience_index:.0f}" if draw.has_index else states[draw.state]
            )

    def action_hub_view_survey(self):
        """Open what the customer answered about this order."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "order_hub.order_hub_survey_draw_action"
        )
        draw = self.env["order.hub.survey.draw"].search(
            [("order_id", "=", self.id)], limit=1
        )
        return {
            **action,
            "view_mode": "form",
            "views": [(False, "form")],
            "res_id": draw.id,
        }

    def _hub_survey_url(self):
        """Return the path of the three questions; empty: nothing to answer now.

        Only orders that were drawn have one: a sample that anybody can join is none.
        """
        self.ensure_one()
        if not self.env["order.hub.survey.scheme"]._is_used():
            return ""
        draw = self.env["order.hub.survey.draw"].sudo()
        found = draw.search([("order_id", "=", self.id), ("state", "=", "asked")])
        is_open = found and found.deadline > fields.Datetime.now()
        return found._answer_url() if is_open else ""
