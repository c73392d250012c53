from odoo import models
from odoo.exceptions import UserError

from ..engine.bom_diff import Conflict, rebase


class OrderHubEcnBom(models.Model):
    """Three-way merge of one draft with what was released since it was made."""

    _inherit = "order.hub.ecn.bom"

    def _moved(self):
        """Return ``{row: current revision}`` of rows whose base was replaced."""
        heads = self.bom_id._hub_heads()
        found = {row: heads[row.bom_id._hub_first().id][0] for row in self}
        return {row: bom for row, bom in found.items() if bom != row.bom_id}

    def _rebase(self, current):
        """Put the draft on top of a later revision (inside).

        :param current: the ``mrp.bom`` that is in force by now
        :raise UserError: with the conflicting rows
        """
        self.ensure_one()
        nodes = self.env["order.hub.bom.tree"]._own(current | self.draft_bom_id)
        theirs, mine = nodes[current.id], nodes[self.draft_bom_id.id]
        merged = rebase(self._base(), mine, theirs)
        if isinstance(merged, Conflict):
            raise UserError(self._conflict_message(current, merged))
        if merged.content_hash() == theirs.content_hash():
            raise UserError(
                self.env._(
                    "%(ecn)s changes nothing any more: %(current)s has it all. Take "
                    "the BOM off the change, or cancel it.",
                    ecn=self.ecn_id.name,
                    current=current.display_name,
                )
            )
        self.draft_bom_id._hub_rebase_onto(current)
        self.draft_bom_id._hub_take(merged)
        self.write({"bom_id": current.id})

    def _conflict_message(self, current, conflict):
        self.ensure_one()
        return self.env._(
            "%(current)s was released while %(ecn)s was worked on, and both change the "
            "same:\n%(rows)s\nTake %(ecn)s back to draft, take %(bom)s off it, and add "
            "%(current)s instead with what you still want.",
            current=current.display_name,
            ecn=self.ecn_id.name,
            bom=self.bom_id.display_name,
            rows="\n".join(f"• {text}" for text in self._conflict_words(conflict)),
        )

    def _conflict_words(self, conflict):
        """Yield one line for each pair of changes that contradict each other."""
        for mine, theirs in conflict.rows:
            if theirs is None:
                yield self.env._(
                    "%(name)s: here %(mine)s; not there any more",
                    name=self._row_name(mine),
                    mine=self._row_words(mine),
                )
            else:
                yield self.env._(
                    "%(name)s: here %(mine)s; released meanwhile: %(theirs)s",
                    name=self._row_name(mine),
                    mine=self._row_words(mine),
                    theirs=self._row_words(theirs),
                )

    def _row_name(self, row):
        """Return the component or operation that a difference is about."""
        if row.item:
            return row.item.name
        base = self._base()
        items = {
            "line": base.lines,
            "byproduct": base.byproducts,
            "operation": base.operations,
        }.get(row.part, ())
        names = {item.key: item.name for item in items}
        return names.get(row.key) or base.name

    def _row_words(self, row):
        """Return what a difference does, in words."""
        if row.kind == "added":
            return self.env._("added")
        if row.kind == "removed":
            return self.env._("removed")
        return ", ".join(
            f"{self._field_words(change.field)} {change.old} → {change.new}"
            for change in row.changes
        )

    def _field_words(self, name):
        words = {
            "quantity": self.env._("quantity"),
            "unit": self.env._("unit"),
            "operation": self.env._("operation"),
            "minutes": self.env._("minutes"),
            "workcenter": self.env._("work center"),
        }
        return words.get(name, name)
