from odoo import api, models
from odoo.fields import Command

#: Both sides of one relation: writing the one changes what the other says.
DEPENDENCIES = ("blocked_by_operation_ids", "needed_by_operation_ids")


class MrpRoutingWorkcenter(models.Model):
    """An operation of a released revision neither comes, goes nor changes."""

    _inherit = "mrp.routing.workcenter"

    @api.model_create_multi
    def create(self, vals_list):
        operations = super().create(vals_list)
        bills = operations.bom_id
        for operation in operations:
            for name in DEPENDENCIES:
                bills |= operation[name].bom_id
        bills._hub_refuse_change()
        return operations

    def write(self, vals):
        if vals.keys() - self.env["mrp.bom"]._hub_talk_fields():
            self._hub_touched(vals)._hub_refuse_change()
        return super().write(vals)

    def action_archive(self):
        self.bom_id._hub_refuse_change()
        return super().action_archive()

    def action_unarchive(self):
        self.bom_id._hub_refuse_change()
        return super().action_unarchive()

    @api.ondelete(at_uninstall=False)
    def _unlink_except_released(self):
        self.bom_id._hub_refuse_change()

    def _hub_touched(self, vals):
        """Return the bills that a write changes: own, new, and of dependencies."""
        bills = self.bom_id
        if bill := vals.get("bom_id"):
            bills |= bills.browse(bill)
        for name in DEPENDENCIES:
            if name in vals:
                bills |= (self[name] | self.browse(_named(vals[name]))).bom_id
        return bills


def _named(commands):
    """Return the ids that commands of a relation name."""
    named = set()
    for command in commands or ():
        if isinstance(command, int):
            named.add(command)
        elif command[0] == Command.SET:
            named.update(command[2])
        elif command[0] in (Command.UPDATE, Command.DELETE, Command.LINK):
            named.add(command[1])
    return named
