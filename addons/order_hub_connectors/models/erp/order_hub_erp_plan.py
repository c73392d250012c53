from zoneinfo import ZoneInfo

from odoo import fields, models
from odoo.exceptions import UserError

from ...engine.erp.folder import for_files
from ...engine.erp.plan import Column, Plan, Table, check
from ...engine.erp.presets import preset

PRESETS = [("k3", "Kingdee K3"), ("u8", "Yonyou U8 / T3")]


class OrderHubErp(models.Model):
    """The mapping of a connection, as the engine takes it; mappings that ship."""

    _inherit = "order.hub.erp"

    preset = fields.Selection(
        PRESETS,
        "Begin With",
        help="Puts in the tables and columns of a known system; change them after.",
    )

    def _plan(self):
        """Return the checked plan of a connection.

        :raise BadMapping:
        """
        self.ensure_one()
        tables = self.table_ids
        if not self.inserts:
            # Readers need not see the tables that numbers are taken from.
            tables = tables.filtered(lambda table: table.role != "counter")
        plan = Plan(
            tuple(map(self._table_plan, tables)),
            ZoneInfo(self.zone or "UTC"),
        )
        plan = check(plan)
        return for_files(plan) if self.dialect == "csv" else plan

    def _table_plan(self, table):
        return Table(
            table.role,
            table.table_name.strip(),
            table._alias(),
            tuple(map(self._column_plan, table.column_ids)),
            table.parent_id._alias() if table.parent_id else "",
        )

    def _column_plan(self, column):
        return Column(
            column.column_name.strip(),
            column.target or "",
            column.is_key,
            column.is_watermark,
            (column.link_column or "").strip(),
            column.test or "",
            column._values(),
            {} if column.writes == "milestone" else column._words(),
            column.writes or "",
            column.rule,
            (column.new_text or "").strip(),
        )

    # === PRESETS === #

    def action_apply_preset(self):
        """Put the tables of a known system in, where there are none yet."""
        self.ensure_one()
        self.check_access("write")
        if not self.preset:
            raise UserError(self.env._("Choose a system to begin with."))
        if self.table_ids:
            raise UserError(
                self.env._(
                    "%s has tables already. Remove them first: a preset does not mix "
                    "with what you have set up.",
                    self.name,
                )
            )
        found = preset(self.preset)
        made = {}
        for number, row in enumerate(found["tables"], start=1):
            made[row["alias"]] = self._make_table(row, number * 10, made)
        self.zone = found["zone"]
        return True

    def _make_table(self, row, sequence, made):
        parent = made.get(row.get("parent"))
        return self.env["order.hub.erp.table"].create(
            {
                "erp_id": self.id,
                "sequence": sequence,
                "role": row["role"],
                "table_name": row["table"],
                "parent_id": parent.id if parent else False,
                "column_ids": [
                    fields.Command.create(self._preset_column(column, at * 10))
                    for at, column in enumerate(row["columns"], start=1)
                ],
            }
        )

    def _preset_column(self, row, sequence):
        return {
            "sequence": sequence,
            "column_name": row["column"],
            "target": row.get("target", False),
            "is_key": row.get("key", False),
            "is_watermark": row.get("watermark", False),
            "link_column": row.get("link", False),
            "test": row.get("test", False),
            "test_values": row.get("values", False),
            "words": row.get("words", False),
            "writes": row.get("writes", False),
            "rule": row.get("rule", "theirs"),
            "new_text": row.get("new", False),
        }
