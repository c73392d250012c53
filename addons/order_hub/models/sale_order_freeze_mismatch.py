from odoo import models


class SaleOrder(models.Model):
    """Reporting what is built otherwise than it was frozen."""

    _inherit = "sale.order"

    def _hub_report_mismatch(self):
        """Open, correct or close the problem *built differently* of frozen orders.

        What somebody closed by hand stays closed until something else differs.
        """
        productions = self._hub_productions()
        texts = productions._hub_mismatches()
        lines = {}
        for mo in productions.filtered(lambda mo: mo.id in texts):
            for order in mo._hub_frozen_orders() & self:
                lines.setdefault(order, []).append(f"{mo.name}: {texts[mo.id]}")
        problems = {
            order: order._hub_mismatch_note(of_order)
            for order, of_order in lines.items()
        }
        problems = self._hub_not_accepted(problems)
        self.filtered(lambda order: order not in problems)._hub_settle("bom")
        if problems:
            self.env["order.hub.exception"]._note("bom", problems)

    def _hub_mismatch_note(self, lines):
        """Return name and description of the problem."""
        name = self.env._("Built differently from its frozen BOM")
        mend = self.env._(
            "Correct the components of the manufacturing order, or rebuild it from the "
            "frozen BOM while it is not started: the problem closes by itself. If it "
            "has to be built so, ask for an engineering change."
        )
        return name, "\n".join([*lines, mend])

    def _hub_not_accepted(self, problems):
        """Leave out problems that a person closed as they are.

        :param problems: ``{order: (name, description)}``
        """
        if not problems:
            return problems
        closed = (
            self.env["order.hub.exception"]
            .sudo()
            .search(
                [
                    ("order_id", "in", [order.id for order in problems]),
                    ("kind_id.code", "=", "bom"),
                    ("is_automatic", "=", True),
                    ("state", "!=", "open"),
                    ("solved_by_id", "!=", False),
                ]
            )
        )
        accepted = {(hold.order_id.id, hold.description) for hold in closed}
        return {
            order: note
            for order, note in problems.items()
            if (order.id, note[1]) not in accepted
        }
