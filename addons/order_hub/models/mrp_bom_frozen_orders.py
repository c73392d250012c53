import json

from odoo import models
from odoo.tools import SQL


class MrpBom(models.Model):
    """How many orders are frozen on a revision, at whatever level."""

    _inherit = "mrp.bom"

    def _hub_frozen_count(self):
        """Count frozen orders by revision: one query, none where nobody freezes."""
        if not self.ids or not self.env["order.hub.bom.freeze"]._is_in_use():
            return super()._hub_frozen_count()
        return dict(
            self.env.execute_query(
                SQL(
                    """SELECT bom.id, COUNT(DISTINCT frozen.order_id)
                         FROM order_hub_bom_snapshot kept
                         JOIN order_hub_bom_freeze frozen
                              ON frozen.snapshot_id = kept.id
                         JOIN LATERAL jsonb_each(kept.pins) pin ON TRUE
                         JOIN mrp_bom bom ON bom.id = pin.value::int
                        WHERE frozen.state = 'frozen' AND bom.id = ANY(%s)
                          AND jsonb_path_exists(
                                  kept.pins, '$.* ? (@ == $boms[*])', %s::jsonb)
                     GROUP BY bom.id""",
                    self.ids,
                    json.dumps({"boms": self.ids}),
                )
            )
        )
