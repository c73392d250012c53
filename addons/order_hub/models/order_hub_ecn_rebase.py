from odoo import models


class OrderHubEcn(models.Model):
    """A base that has moved: another change of the same BOM was released first.

    The later change is put on top of what is in force by now (three-way merge of
    the base, its draft and the current revision). Where both changed the same
    thing, a person decides.
    """

    _inherit = "order.hub.ecn"

    def _settle_bases(self):
        """Put drafts whose base has been replaced on top of the current revision.

        :return: the rows of ``order.hub.ecn.bom`` that were rebased
        :raise UserError: with the conflicting rows, when both changed the same
        """
        self.ensure_one()
        moved = self.bom_ids._moved()
        for row, current in moved.items():
            row._rebase(current)
        rows = self.bom_ids.browse().union(*moved)
        if rows:
            self._message_log(
                body=self.env._(
                    "Put on top of what was released meanwhile: %s.",
                    ", ".join(rows.bom_id.mapped("display_name")),
                )
            )
        return rows

    def action_rebase(self):
        """Put the drafts on top of the current revisions, as an engineer."""
        self._check_may_engineer()
        for ecn in self._lock():
            ecn._check_is_draft()
            ecn._settle_bases()
        return True
