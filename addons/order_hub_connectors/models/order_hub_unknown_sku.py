from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..const import FINAL_STATES

#: Findings of the products step that a product for the code would answer.
CODES = ("unknown", "likely", "several")


class OrderHubUnknownSku(models.Model):
    """Codes that messages wait for, one row a channel and code."""

    _name = "order.hub.unknown.sku"
    _description = "Unknown Code of a Channel"
    _auto = False
    _order = "message_count desc, last_date desc, id"
    _rec_name = "sku"

    channel_id = fields.Many2one("order.hub.channel", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    sku = fields.Char("Channel's Code", readonly=True)
    name = fields.Char("Name in the Channel", readonly=True)
    message_count = fields.Integer("Waiting Messages", readonly=True)
    last_date = fields.Datetime("Last Received", readonly=True)
    candidates = fields.Char("Perhaps", readonly=True)
    options = fields.Json(readonly=True)

    @property
    def _table_query(self):
        return SQL(
            """SELECT MAX(problem.id) AS id, problem.channel_id, problem.company_id,
                      MAX(problem.value) AS sku,
                      (array_agg(problem.figures->>'name' ORDER BY problem.id DESC))[1]
                          AS name,
                      COUNT(DISTINCT problem.inbound_id) AS message_count,
                      MAX(inbound.received_at) AS last_date,
                      (array_agg(problem.figures->>'candidates'
                                 ORDER BY problem.id DESC))[1] AS candidates,
                      (array_agg(problem.figures->'options'
                                 ORDER BY problem.id DESC))[1] AS options
                 FROM order_hub_inbound_problem problem
                 JOIN order_hub_inbound inbound ON inbound.id = problem.inbound_id
                WHERE problem.step = 'products' AND problem.code IN %s
                  AND problem.value IS NOT NULL AND inbound.state NOT IN %s
             GROUP BY problem.channel_id, problem.company_id, lower(problem.value)""",
            CODES,
            FINAL_STATES,
        )

    @api.model
    def action_resolve_all(self):
        """Open the answers for all codes that wait."""
        return self.search([], limit=200).action_resolve()

    def action_resolve(self):
        """Open a form where each of these codes gets its product."""
        if not self:
            raise UserError(self.env._("No code waits for a product."))
        channels = self.channel_id
        if len(channels) > 1:
            raise UserError(
                self.env._(
                    "Choose codes of one channel: the same code can be another product "
                    "elsewhere."
                )
            )
        wizard = self.env["order.hub.sku.resolve"]._for_codes(channels, self)
        return {
            "name": self.env._("Which Products Are These?"),
            "type": "ir.actions.act_window",
            "res_model": wizard._name,
            "res_id": wizard.id,
            "view_mode": "form",
            "target": "new",
        }
