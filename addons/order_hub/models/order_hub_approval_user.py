from odoo import models


class ResUsers(models.Model):
    _inherit = "res.users"

    def _hub_who_can_approve(self, company):
        """Return those of self who can decide about orders of a company.

        :param company: ``res.company``; an approver works in it and is active
        """
        return self.filtered(
            lambda user: user.active and not user.share and company in user.company_ids
        )
