from odoo import api, models
from odoo.exceptions import UserError

from ..const import INTERNAL


class OrderHubEcnGuarded(models.AbstractModel):
    """Records whose columns the hub writes, apart from a few that persons do.

    What an engineering change did, to which orders and who agreed, follows from the
    buttons. No form, import or RPC call writes it, not even as administrator: the
    hub's own code works on :meth:`_inside`.
    """

    _name = "order.hub.ecn.guarded"
    _description = "Part of an Engineering Change"

    #: Names of the fields that persons write, each model its own.
    _open_fields = frozenset()

    def _inside(self):
        """Return these records as the hub's own code works on them (sudo)."""
        return self.sudo().with_context(order_hub_ecn=INTERNAL)

    def _is_inside(self):
        return self.env.context.get("order_hub_ecn") is INTERNAL

    @api.model
    def _written_by_persons(self):
        """Return the names of all fields that persons may write."""
        chatter = [self.env["mail.thread"], self.env["mail.activity.mixin"]]
        inherited = {name for model in chatter for name in model._fields}
        return (self._open_fields | inherited) - {"id"}

    def _check_open(self, names):
        """Raise unless persons may write these fields."""
        if self._is_inside():
            return
        closed = sorted(set(names) - self._written_by_persons())
        if closed:
            label = self._fields[closed[0]].get_description(self.env, ["string"])
            raise UserError(
                self.env._(
                    "“%s” follows from the buttons of the engineering change and is "
                    "not written. Open the change and use them.",
                    label["string"],
                )
            )

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_open(vals)
        return super(OrderHubEcnGuarded, self._without_defaults()).create(vals_list)

    def _without_defaults(self):
        """Take no ``default_…`` from a caller for what only the hub writes."""
        if self._is_inside():
            return self
        is_open = self._written_by_persons()
        kept = {
            key: value
            for key, value in self.env.context.items()
            if not key.startswith("default_") or key.removeprefix("default_") in is_open
        }
        return self.with_context(kept)  # pylint: disable=context-overridden

    def write(self, vals):
        self._check_open(vals)
        return super().write(vals)
