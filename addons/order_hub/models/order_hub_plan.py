from odoo import api, models


class OrderHubPlan(models.AbstractModel):
    """Configuration that the path finder keeps in memory.

    ``order.hub.flow._steps`` is asked several times an order; whatever its answer
    is made of forgets it when it changes, on every worker.
    """

    _name = "order.hub.plan"
    _description = "Configuration Kept in Memory"

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        self.env.registry.clear_cache()
        return records

    def write(self, vals):
        result = super().write(vals)
        self.env.registry.clear_cache()
        return result

    def unlink(self):
        result = super().unlink()
        self.env.registry.clear_cache()
        return result
