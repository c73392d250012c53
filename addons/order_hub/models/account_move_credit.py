from odoo import models

#: Stored columns of a journal item that say what a customer owes.
SOURCES = frozenset(
    {"account_id", "amount_residual", "parent_state", "partner_id", "reconciled"}
)


class AccountMoveLine(models.Model):
    """Journal items leave a mark where they change what a customer owes.

    Posting, payments, reconciling, credit notes and their reversals all end in
    these columns, whatever button or job they come from.
    """

    _inherit = "account.move.line"

    def _write_multi(self, vals_list):
        touched = [
            item.id
            for item, vals in zip(self, vals_list, strict=True)
            if SOURCES.intersection(vals)
        ]
        Credit = self.env["order.hub.credit"]
        if touched and Credit.sudo()._is_used():
            Credit._mark(items=touched)
            if any("partner_id" in vals for vals in vals_list):
                Credit._mark(pairs=self._hub_stored_pairs(touched))
        return super()._write_multi(vals_list)

    def _hub_stored_pairs(self, ids):
        """Return the customers that the database has for journal items."""
        self.env.cr.execute(
            """SELECT partner_id, company_id FROM account_move_line
                WHERE id = ANY(%s) AND partner_id IS NOT NULL""",
            [ids],
        )
        return [tuple(row) for row in self.env.cr.fetchall()]
