import io
import re

import xlsxwriter

from odoo import fields, models

#: Sheets after the summary: model → its columns, in reading order.
SHEETS = {
    "order.hub.ecn.order": (
        "order_id",
        "customer_id",
        "stage_id",
        "is_frozen",
        "is_past",
        "is_added",
        "pieces",
        "unit_cost_difference",
        "cost_difference",
        "promised",
        "days_difference",
        "new_promise",
        "wait_days",
        "is_unsourced",
        "production_count",
        "wip_value",
        "lost_value",
        "suggestion",
        "choice",
        "choice_by_id",
        "state",
        "message",
    ),
    "order.hub.ecn.item": (
        "product_id",
        "uom_id",
        "old_quantity",
        "new_quantity",
        "cost",
        "needed_old",
        "needed_new",
        "needed_others",
        "on_hand",
        "incoming",
        "stranded_on_hand",
        "stranded_incoming",
        "stranded_value",
        "short_quantity",
        "short_value",
        "days_to_buy",
        "supplier_id",
        "suppliers",
    ),
    "order.hub.ecn.mo": (
        "production_id",
        "order_id",
        "product_id",
        "bom_id",
        "production_state",
        "quantity",
        "consumed_value",
    ),
    "order.hub.ecn.purchase": (
        "purchase_id",
        "partner_id",
        "product_id",
        "date_planned",
        "quantity",
        "stranded_quantity",
        "stranded_value",
    ),
    "order.hub.ecn.party": (
        "kind",
        "partner_id",
        "reason",
        "documents",
        "days",
        "value",
    ),
}
#: Figures of the summary sheet, by field of the change.
SUMMARY = (
    "impact_orders",
    "impact_frozen",
    "impact_past",
    "impact_switch",
    "impact_decide",
    "impact_keep",
    "cost_difference",
    "impact_late",
    "impact_days",
    "impact_mos",
    "impact_mos_started",
    "impact_wip_value",
    "impact_lost_value",
    "impact_stranded",
    "impact_stranded_value",
    "impact_short",
    "impact_short_value",
    "impact_unsourced",
    "impact_suppliers",
    "impact_customers",
    "impact_added",
    "impact_gone",
)
#: Widths in characters by type of column; names are longer than figures.
WIDTHS = {"many2one": 26, "char": 30, "selection": 14, "date": 12, "datetime": 12}


class OrderHubEcnWorkbook(models.AbstractModel):
    """The impact report as a workbook, read with the rights of whoever asks.

    Text is written as text: what begins with ``=``, ``+``, ``-`` or ``@`` is never
    a formula, and nothing becomes a link.
    """

    _name = "order.hub.ecn.workbook"
    _description = "Impact Report as a Workbook"

    def _workbook(self, ecn):
        """Return an XLSX file of a change in the reader's language.

        :param ecn: one ``order.hub.ecn`` that the current user may read
        :rtype: bytes
        """
        ecn.ensure_one()
        ecn.check_access("read")
        stream = io.BytesIO()
        options = {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_numbers": False,
            "strings_to_urls": False,
        }
        with xlsxwriter.Workbook(stream, options) as book:
            book.set_properties({"title": ecn.name, "company": ecn.company_id.name})
            styles = self._styles(book, ecn.currency_id)
            self._summary(book, styles, ecn)
            for model, names in SHEETS.items():
                self._sheet(book, styles, ecn, self.env[model], names)
        return stream.getvalue()

    def _titles(self):
        """Return ``{model: name of its sheet}``."""
        return {
            "order.hub.ecn.order": self.env._("Orders"),
            "order.hub.ecn.item": self.env._("Components"),
            "order.hub.ecn.mo": self.env._("Manufacturing"),
            "order.hub.ecn.purchase": self.env._("Purchases"),
            "order.hub.ecn.party": self.env._("To Tell"),
        }

    def _styles(self, book, currency):
        symbol = currency.symbol.replace('"', "")
        digits = (
            "0" if not currency.decimal_places else f"0.{'0' * currency.decimal_places}"
        )
        money = f"#,##{digits}"
        money = (
            f'"{symbol}" {money}'
            if currency.position == "before"
            else f'{money} "{symbol}"'
        )
        head = {"bold": True, "text_wrap": True, "valign": "top", "bottom": 1}
        return {
            "title": book.add_format({"bold": True, "font_size": 16}),
            "head": book.add_format({**head, "bg_color": "#E7E9ED"}),
            "label": book.add_format({"font_color": "#5F636F"}),
            "text": book.add_format(),
            "money": book.add_format({"num_format": money}),
            "quantity": book.add_format({"num_format": "#,##0.####"}),
            "number": book.add_format({"num_format": "#,##0"}),
            "date": book.add_format({"num_format": "yyyy-mm-dd", "align": "left"}),
        }

    # === SUMMARY === #

    def _summary(self, book, styles, ecn):
        """Write what the change is, its figures, and the orders by stage."""
        sheet = book.add_worksheet(self._sheet_name(self.env._("Summary")))
        sheet.set_column(0, 0, 34)
        sheet.set_column(1, 7, 16)
        sheet.write_string(0, 0, f"{ecn.name} {ecn.title}", styles["title"])
        row = 2
        for label, value in self._header(ecn):
            sheet.write_string(row, 0, label, styles["label"])
            sheet.write_string(row, 1, value, styles["text"])
            row += 1
        row += 1
        for name in SUMMARY:
            kind = "money" if ecn._fields[name].type == "monetary" else "number"
            sheet.write_string(row, 0, self._label(ecn, name), styles["label"])
            sheet.write_number(row, 1, ecn[name], styles[kind])
            row += 1
        self._stages(sheet, styles, ecn, row + 1)

    def _header(self, ecn):
        """Return pairs of label and text about the change itself."""
        made = (
            fields.Datetime.context_timestamp(ecn, ecn.impact_at)
            if (ecn.impact_at)
            else None
        )
        values = ecn.read(["reason", "urgency", "state", "requested_by_id"])[0]
        boms = [
            f"{row.product_tmpl_id.display_name} {row.old_label} → {row.new_label}"
            for row in ecn.sudo().bom_ids
        ]
        return [
            (self._label(ecn, "state"), self._choice(ecn, "state", values)),
            (self._label(ecn, "reason"), self._choice(ecn, "reason", values)),
            (self._label(ecn, "urgency"), self._choice(ecn, "urgency", values)),
            (
                self._label(ecn, "requested_by_id"),
                (values["requested_by_id"] or (0, ""))[1],
            ),
            (self._label(ecn, "company_id"), ecn.company_id.name),
            (self._label(ecn, "bom_ids"), ", ".join(boms)),
            (
                self._label(ecn, "impact_at"),
                made.strftime("%Y-%m-%d %H:%M") if made else "",
            ),
        ]

    def _stages(self, sheet, styles, ecn, row):
        """Write a table of the stages below the figures."""
        heads = ecn._impact_stage_heads()
        for column, head in enumerate(heads):
            sheet.write_string(row, column, head, styles["head"])
        for line in ecn._impact_stage_rows():
            row += 1
            sheet.write_string(row, 0, line["name"], styles["text"])
            keys = ("orders", "past", "switch", "decide", "keep")
            for column, key in enumerate(keys, 1):
                sheet.write_number(row, column, line[key], styles["number"])
            sheet.write_number(row, 6, line["cost_difference"], styles["money"])

    # === TABLES === #

    def _sheet(self, book, styles, ecn, model, names):
        """Write a table: frozen head, filter, a row a record."""
        sheet = book.add_worksheet(self._sheet_name(self._titles()[model._name]))
        kinds = {name: self._kind(model, name) for name in names}
        for column, name in enumerate(names):
            width = WIDTHS.get(model._fields[name].type, 13)
            sheet.set_column(column, column, width)
            sheet.write_string(0, column, self._label(model, name), styles["head"])
        rows = model.search_read([("ecn_id", "=", ecn.id)], list(names))
        for number, values in enumerate(rows, 1):
            for column, name in enumerate(names):
                cell = self._cell(model, name, values)
                self._write_cell(sheet, number, column, cell, styles, kinds[name])
        sheet.freeze_panes(1, 1)
        sheet.autofilter(0, 0, max(1, len(rows)), len(names) - 1)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)

    def _kind(self, model, name):
        kind = model._fields[name].type
        known = {"monetary": "money", "float": "quantity", "integer": "number"}
        dates = {"date": "date", "datetime": "date"}
        return {**known, **dates}.get(kind, "text")

    def _cell(self, model, name, values):
        """Return what a cell shows: text, a number, a date, or None."""
        field, value = model._fields[name], values[name]
        if field.type == "boolean":
            return self.env._("Yes") if value else None
        if field.type == "selection":
            return self._choice(model, name, values)
        if field.type == "many2one":
            return value[1] if value else None
        if field.type == "datetime" and value:
            return fields.Datetime.context_timestamp(model, value).date()
        if field.type in ("float", "integer", "monetary"):
            return value
        return value or None

    def _write_cell(self, sheet, row, column, cell, styles, kind):
        if cell is None:
            sheet.write_blank(row, column, None, styles["text"])
        elif kind == "text":
            sheet.write_string(row, column, str(cell), styles["text"])
        elif kind == "date":
            sheet.write_datetime(row, column, cell, styles["date"])
        else:
            sheet.write_number(row, column, cell, styles[kind])

    # === WORDS === #

    def _label(self, model, name):
        described = model.fields_get([name], ["string"])
        return described[name]["string"]

    def _choice(self, model, name, values):
        """Return the label of a selection's value in the reader's language."""
        labels = dict(model._fields[name]._description_selection(self.env))
        return labels.get(values[name], "")

    def _sheet_name(self, title):
        """Return a title as a sheet may be called."""
        return re.sub(r"[\[\]:*?/\\]", " ", title)[:31]

    def _file_name(self, ecn):
        """Return how the file is called: the number of the change."""
        return f"{ecn.name.replace('/', '-')}.xlsx"
