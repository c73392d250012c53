from odoo import fields, models
from odoo.tools import SQL


class OrderHubRuleQuality(models.Model):
    """How often the rules in force decided, and how often people decided otherwise.

    Counted over all versions: a rule that was handed on to the next version keeps
    its past.
    """

    _name = "order.hub.rule.quality"
    _description = "Rule Quality"
    _auto = False
    _order = "overruled_share desc, overruled_count desc, decided_count desc, id"
    _rec_name = "rule_id"

    rule_id = fields.Many2one("order.hub.routing.rule", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    condition_text = fields.Char(related="rule_id.condition_text")
    decision_text = fields.Char(related="rule_id.decision_text")
    decided_count = fields.Integer("Decided", readonly=True)
    overruled_count = fields.Integer("Decided Otherwise", readonly=True)
    overruled_share = fields.Float(
        "Overruled (%)", readonly=True, aggregator="avg", help="Of what it decided."
    )
    last_date = fields.Datetime("Last Decided On", readonly=True)

    @property
    def _table_query(self):
        return SQL(
            """SELECT live.id, live.id AS rule_id, live.company_id,
                      count(decision.id) AS decided_count,
                      count(overruling.overruled_id) AS overruled_count,
                      COALESCE(count(overruling.overruled_id)::float
                          / NULLIF(count(decision.id), 0), 0) AS overruled_share,
                      max(decision.date) AS last_date
                 FROM order_hub_routing_rule live
                 JOIN order_hub_routing_ruleset ruleset
                      ON ruleset.id = live.ruleset_id AND ruleset.state = 'live'
            LEFT JOIN order_hub_routing_rule same ON same.key = live.key
            LEFT JOIN order_hub_decision decision ON decision.rule_id = same.id
            LEFT JOIN (SELECT DISTINCT overruled_id FROM order_hub_decision
                        WHERE overruled_id IS NOT NULL) overruling
                      ON overruling.overruled_id = decision.id
                WHERE live.active
             GROUP BY live.id, live.company_id"""
        )

    def action_view_decisions(self):
        """Open what the rule decided, in any version."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "order_hub.order_hub_decision_action"
        )
        return {
            **action,
            "name": self.rule_id.name,
            "domain": [("rule_id.key", "=", self.rule_id.key)],
            "context": {},
        }
