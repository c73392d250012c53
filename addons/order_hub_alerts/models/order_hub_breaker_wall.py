from odoo import api, fields, models


class OrderHubWall(models.AbstractModel):
    """The wall turns red while a breaker is tripped, and names the work center."""

    _inherit = "order.hub.wall"

    @api.model
    def wall_data(self, flow_id=None):
        data = super().wall_data(flow_id)
        data["breakers"] = self._breakers()
        return data

    def _breakers(self):
        """Return the tripped breakers of the company, the longest tripped first.

        :return: list of dicts: ``id``, ``name`` of the work center, ``queue``,
            ``allowed``, ``since`` (UTC)
        """
        Breaker = self.env["order.hub.breaker"]
        if not Breaker._any_tripped():
            return []
        found = Breaker.search(
            [
                ("closed_at", "=", False),
                ("company_id", "in", (False, self.env.company.id)),
            ],
            order="tripped_at, id",
        )
        return [
            {
                "id": breaker.id,
                "name": breaker.name,
                "queue": breaker.queue,
                "allowed": int(breaker.threshold),
                "since": fields.Datetime.to_string(breaker.tripped_at),
            }
            for breaker in found
        ]
