from odoo import models

from ...const import HISTORY_CHUNK, HISTORY_SAMPLE
from ...engine.history import plain
from ...engine.workbook import find_tables, map_rows, propose, read_book
from .order_hub_history_mapping import has_enough


class OrderHubHistoryFile(models.Model):
    """Reading: which tables there are, what their columns are taken for, their rows."""

    _inherit = "order.hub.history.file"

    def _found_tables(self):
        """Return the tables of the file that have rows, and its book; a job that
        goes from step to step looks once.

        :raise BadTable: the file cannot be read
        """
        seen = self.env.context.get("order_hub_history_seen", {})
        if self.id not in seen:
            book = read_book(self._raw(), self.name)
            found = [table for grid in book.sheets for table in find_tables(grid)]
            seen[self.id] = [table for table in found if table.rows], book
        return seen[self.id]

    # === COLUMNS === #

    def _do_waiting(self):
        """Look which tables there are, and propose what their columns are."""
        tables, book = self._found_tables()
        proposals = [
            propose(table, self.source_id.memory or {}, book.epoch) for table in tables
        ]
        shown = [
            self._table_screen(number, table, proposal, book.epoch)
            for number, (table, proposal) in enumerate(
                zip(tables, proposals, strict=True)
            )
        ]
        is_known = all(each.remembered for each in proposals) and any(
            has_enough(each["choices"]) for each in shown
        )
        self.write(
            {
                "tables": shown,
                "sheet_count": len(book.sheets),
                "row_total": sum(each["row_count"] for each in shown),
                "position": 0,
                "problem": False if shown else {"code": "no_table"},
                "state": ("reading" if is_known else "mapping") if shown else "broken",
            }
        )

    def _table_screen(self, number, table, proposal, epoch):
        """Return what the screen shows of a table, as JSON."""
        sample = table.rows[:HISTORY_SAMPLE]
        return {
            "number": number,
            "kind": table.kind,
            "epoch": epoch,
            "sheet": table.sheet,
            "title": table.title,
            "fingerprint": proposal.fingerprint,
            "confidence": proposal.confidence,
            "missing": list(proposal.missing),
            "header_rows": list(table.header_rows),
            "row_count": len(table.rows),
            "columns": [
                {
                    "index": column.index,
                    "letter": column.letter,
                    "name": column.name,
                    "unit": column.unit,
                    "factor": column.factor,
                }
                for column in table.columns
            ],
            "fields": [
                [each.label, plain(each.value), each.row, each.column]
                for each in table.fields
            ],
            "choices": [self._choice_screen(choice) for choice in proposal.choices],
            "original": [
                {"row": row.number, "values": list(map(plain, row.values))}
                for row in sample
            ],
            "result": self._result_screen(table, proposal, epoch),
            "sums_wrong": sum(1 for total in table.totals if total.wrong),
        }

    def _choice_screen(self, choice):
        return {
            "column": choice.column,
            "label": choice.label,
            "target": choice.target,
            "confidence": round(choice.confidence, 2),
            "way": choice.way,
            "candidates": [each.target for each in choice.candidates],
        }

    def _result_screen(self, table, proposal, epoch):
        """Return the first rows as they would be taken."""
        result = []
        for mapped in map_rows(table, proposal, epoch):
            values = {name: plain(value) for name, value in mapped.values.items()}
            result.append({"row": mapped.row, "values": values})
            if len(result) >= HISTORY_SAMPLE:
                break
        return result

    # === ROWS === #

    def _do_reading(self):
        """Store the rows from where it was left, a chunk and a commit at a time."""
        tables, book = self._found_tables()
        reader = self.env["order.hub.history.reader"]._begun(self)
        number, chunk = 0, []
        for table_no, table in enumerate(tables):
            proposal = propose(table, self.source_id.memory or {}, book.epoch)
            if not has_enough([{"target": each.target} for each in proposal.choices]):
                continue
            for mapped in map_rows(table, proposal, book.epoch):
                number += 1
                if number <= self.position:
                    continue
                chunk.append((table_no, table, proposal, mapped))
                if len(chunk) >= HISTORY_CHUNK:
                    self._keep_chunk(reader, chunk, number)
                    chunk = []
        self._keep_chunk(reader, chunk, number)
        self.write({"row_total": number, "state": "review"})
        if self.source_id.is_certain_approved:
            self._approve_certain()

    def _keep_chunk(self, reader, chunk, position):
        rows = reader._rows(self, chunk) if chunk else []
        self.env["order.hub.past"].sudo()._insert("order_hub_history_row", rows)
        self.env["order.hub.history.row"].invalidate_model(flush=False)
        self.position = position
        self._commit_piece()
