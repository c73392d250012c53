from odoo import api, models

from ...engine.history import judge, plain


class OrderHubHistoryReader(models.AbstractModel):
    """Rows of a sheet as rows of the review: values, doubts, customer, product.

    What has been looked up once for a file is not looked up again, so that a file of
    50,000 rows costs a few queries a chunk.
    """

    _name = "order.hub.history.reader"
    _description = "Reader of History Rows"

    @api.model
    def _begun(self, file):
        """Return a reader that remembers what it found for this file."""
        return self.with_context(order_hub_history_known={"partners": {}, "goods": {}})

    def _known(self):
        return self.env.context["order_hub_history_known"]

    def _rows(self, file, chunk):
        """Return columns of ``order_hub_history_row`` for a chunk.

        :param chunk: ``(number of the table, Table, Proposal, Mapped)`` …
        """
        values = [
            {name: plain(value) for name, value in mapped.values.items()}
            for _no, _table, _proposal, mapped in chunk
        ]
        found = self._found(file.source_id, values)
        today = file.company_id._hub_today()[file.company_id.id]
        labels = {}
        return [
            self._row(file, today, labels, entry, row, place)
            for entry, row, place in zip(chunk, values, found, strict=True)
        ]

    def _found(self, source, values):
        """Return ``(partner id, product id, unit id, doubts)`` for each row."""
        Finder = self.env["order.hub.history.finder"].sudo()
        known = self._known()
        Finder._customers(source, values, known["partners"])
        Finder._goods(source, values, known["goods"])
        return [
            Finder._place(source, row, known["partners"], known["goods"])
            for row in values
        ]

    def _row(self, file, today, labels, entry, values, place):
        table_no, table, _proposal, mapped = entry
        partner, product, uom, doubts = place
        sure, own = _without_arithmetic(mapped)
        doubts = [*map(_doubt, own), *doubts]
        judged = judge(values, sure, today, doubts)
        return {
            "file_id": file.id,
            "source_id": file.source_id.id,
            "company_id": file.company_id.id,
            "table_no": table_no,
            "sheet": table.sheet,
            "row_no": mapped.row,
            "number": judged.number or None,
            "customer": judged.customer or None,
            "day": judged.day,
            "article": judged.article or None,
            "subtotal": judged.subtotal,
            "raw": self._raw(table_no, table, mapped, labels),
            "values": values,
            "sure": {name: round(each, 3) for name, each in sure.items()},
            "places": dict(mapped.columns),
            "found": doubts,
            "doubts": list(judged.doubts),
            "problem": judged.doubts[0]["code"] if judged.doubts else None,
            "confidence": judged.confidence,
            "partner_id": partner,
            "product_id": product,
            "uom_id": uom,
            "state": "new",
        }

    def _raw(self, table_no, table, mapped, labels):
        """Return the row as it was written: ``[[column, text, index], …]``, filled
        cells."""
        if table_no not in labels:
            labels[table_no] = (
                [(column.name, column.index) for column in table.columns],
                {row.number: row.values for row in table.rows},
            )
        columns, rows = labels[table_no]
        cells = zip(columns, rows.get(mapped.row, ()), strict=False)
        return [
            [name, plain(value), index]
            for (name, index), value in cells
            if value is not None
        ]


def _without_arithmetic(mapped):
    """Return confidence and doubts but for those of the sum of a row, which is
    reckoned anew whenever a person corrects one of its figures."""
    doubts = [doubt for doubt in mapped.doubts if doubt.code != "wrong_amount"]
    if len(doubts) == len(mapped.doubts):
        return mapped.confidence, doubts
    figures = ("lines[].quantity", "lines[].unit_price", "lines[].amount")
    return {k: c for k, c in mapped.confidence.items() if k not in figures}, doubts


def _doubt(doubt):
    """Return a doubt of the workbook as it is kept."""
    figures = {name: plain(value) for name, value in doubt.figures.items()}
    return {
        "code": doubt.code,
        "row": doubt.row,
        "column": doubt.column,
        "figures": figures,
    }
