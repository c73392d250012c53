from odoo import api, models
from odoo.exceptions import UserError


class OrderHubAppendOnly(models.AbstractModel):
    """Rows that nobody changes or deletes, not even an administrator.

    They come from the hub's own methods; a model whose rows those make through
    the ORM (with sudo, nobody has the right to create) sets
    ``_created_through_orm``.
    """

    _name = "order.hub.append.only"
    _description = "Append-only Rows"

    _created_through_orm = False

    @api.model_create_multi
    def create(self, vals_list):
        if not self._created_through_orm:
            raise UserError(self._append_only_message())
        return super().create(vals_list)

    def write(self, vals):  # pylint: disable=method-required-super
        raise UserError(self._append_only_message())

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self._append_only_message())

    def _append_only_message(self):
        """Return why not, and what to do instead."""
        return self.env._("These rows are kept as they are.")
