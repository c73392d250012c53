from odoo import api, models
from odoo.exceptions import UserError

from ...engine.expression import column_key
from ...engine.history import CUSTOMER
from ...engine.workbook import (
    Column,
    FormField,
    Row,
    Span,
    Table,
    fingerprint,
    propose,
)
from ...engine.workbook.propose import FORM, word_label


class OrderHubHistoryFile(models.Model):
    """What a person decides about the columns of a file, before its rows are read."""

    _inherit = "order.hub.history.file"

    @api.readonly
    def mapping_screen(self):
        """Return what the screen of the columns shows.

        :return: ``tables`` (original, choices, result), ``targets`` as
            ``[[target, label]]``, ``can_change``
        """
        self.ensure_one()
        self.check_access("read")
        targets = self.env["order.hub.history.words"]._targets()
        return {
            "tables": self.tables or [],
            "targets": [[target, label] for target, label in targets.items()],
            "can_change": self.state == "mapping"
            and self.env.user.has_group("order_hub.order_hub_group_operator"),
        }

    def choose_target(self, table, choice, target):
        """Say what a column is, and show what comes of it.

        :param table: number of the table on the screen, from 0
        :param choice: number of the choice in its list, from 0
        :param target: a target, or empty: leave the column out
        :return: as :meth:`mapping_screen`
        :raise UserError: the columns have been decided, or there is no such column
        """
        self.ensure_one()
        self._check_may_work()
        self._check_mapping()
        shown = [dict(each) for each in self.tables or []]
        self._check_choice(shown, table, choice, target)
        choices = [dict(each) for each in shown[table]["choices"]]
        for number, each in enumerate(choices):
            if number == choice:
                each.update(target=target, confidence=1.0, way="remembered")
            elif target and each["target"] == target:
                each.update(target="", confidence=1.0, way="remembered")
        shown[table]["choices"] = choices
        self.sudo().tables = shown
        self.sudo()._show_anew(table)
        return self.mapping_screen()

    def _check_mapping(self):
        if self.state != "mapping":
            raise UserError(
                self.env._(
                    "The columns of %s have been decided. Read it again to change "
                    "them.",
                    self.name,
                )
            )

    def _check_choice(self, shown, table, choice, target):
        known = self.env["order.hub.history.words"]._targets()
        is_there = (
            isinstance(table, int)
            and isinstance(choice, int)
            and 0 <= table < len(shown)
            and 0 <= choice < len(shown[table]["choices"])
        )
        if not is_there or (target and target not in known):
            raise UserError(
                self.env._("The table has no such column. Reload the page.")
            )

    def _show_anew(self, number):
        """Show the first rows of a table by what has been decided so far.

        Only the rows that are shown are read again: the file may have many.
        """
        shown = [dict(each) for each in self.tables]
        each = shown[number]
        table = _sample(each)
        known = self._decided()[each["fingerprint"]]
        proposal = propose(table, {fingerprint(table): known}, each["epoch"])
        each["result"] = self._result_screen(table, proposal, each["epoch"])
        each["missing"] = list(proposal.missing)
        each["confidence"] = proposal.confidence
        self.tables = shown

    def _decided(self):
        """Return the decisions of all tables: ``{fingerprint: {key: target}}``."""
        return {
            table["fingerprint"]: {
                _key(choice): choice["target"] for choice in table["choices"]
            }
            for table in self.tables or []
        }

    def action_confirm_columns(self):
        """Remember the columns for the source, and read the rows in a job."""
        self._check_may_work()
        for file in self:
            file._check_mapping()
            file._check_enough()
            file.source_id._remember(file._decided())
        self.sudo().write({"state": "reading", "position": 0})
        self._enqueue()
        return True

    def _check_enough(self):
        """Refuse a form in which nothing of an order was found."""
        if not any(has_enough(table["choices"]) for table in self.tables or []):
            raise UserError(
                self.env._(
                    "Say which column holds the order date and which one the customer: "
                    "without them no order can be made."
                )
            )

    def action_read_again(self):
        """Read the file from the start, asking about its columns.

        :raise UserError: while orders of it are there
        """
        self._check_may_work()
        for file in self:
            if file.order_count or file.state in ("reading", "taking", "undoing"):
                raise UserError(
                    self.env._(
                        "File %s is at work, or orders came from it. Undo it first.",
                        file.name,
                    )
                )
            prints = {table["fingerprint"] for table in file.tables or []}
            memory = file.source_id.memory or {}
            file.source_id.sudo().memory = {
                key: value for key, value in memory.items() if key not in prints
            }
        self.sudo().row_ids.unlink()
        self.sudo().write({"state": "waiting", "position": 0, "problem": False})
        self._enqueue()
        return True


def has_enough(choices):
    """Tell whether a table says when an order was made and whose it is."""
    found = {choice["target"] for choice in choices}
    return "date" in found and bool(found.intersection(CUSTOMER))


def _key(choice):
    """Return the key by which a column, or the label of a form, is remembered."""
    label = choice["label"]
    return column_key(label) if choice["column"] else FORM + word_label(label)


def _sample(shown):
    """Return the table of the screen: its columns and the first of its rows."""
    rows = shown["original"]
    columns = tuple(
        Column(
            each["index"], each["name"], unit=each["unit"], factor=each["factor"] or 1
        )
        for each in shown["columns"]
    )
    return Table(
        sheet=shown["sheet"],
        span=Span(rows[0]["row"], columns[0].index, rows[-1]["row"], columns[-1].index),
        kind=shown["kind"],
        columns=columns,
        rows=[Row(row["row"], tuple(row["values"])) for row in rows],
        fields=tuple(FormField(*field) for field in shown["fields"]),
    )
