from odoo import api, models
from odoo.tools import SQL


class OrderHubCredit(models.Model):
    """Orders whose approval is asked for or given take credit already."""

    _inherit = "order.hub.credit"

    @api.model
    def _hub_reserves_credit_sql(self):
        return SQL(
            """EXISTS (SELECT FROM order_hub_approval asked
                        WHERE asked.order_id = o.id
                          AND asked.state IN ('waiting', 'approved'))"""
        )


class OrderHubApproval(models.Model):
    """A request that is opened or ends changes what its order takes of the credit."""

    _inherit = "order.hub.approval"

    @api.model
    def _open(self, asked):
        requests = super()._open(asked)
        requests.order_id._hub_touch_credit()
        return requests

    def _finish(self, state, is_granted=False):
        result = super()._finish(state, is_granted)
        self.order_id._hub_touch_credit()
        return result

    def _give_up(self, state):
        result = super()._give_up(state)
        self.order_id._hub_touch_credit()
        return result
