from datetime import timezone
from zoneinfo import ZoneInfo

from odoo import fields, models

from ...engine.erp.conflict import decide
from ...engine.erp.values import plain


class OrderHubErp(models.Model):
    """Values that both sides may change: who wins, by the rule of each column."""

    _inherit = "order.hub.erp"

    def _merged(self, run, table, record, key):
        """Return what both sides agree on afterwards, and the values to take in.

        :param key: ``order.hub.erp.key`` that is known of the record, or ``None``
        """
        base = dict(key.base or {}) if key else {}
        values = dict(record.values)
        order = key.order_id if key else self.env["sale.order"]
        for column in table.column_ids.filtered("writes"):
            name = column.column_name
            theirs = record.columns.get(name)
            if not order or self.is_read_only or name not in base:
                base[name] = theirs
                continue
            ours = self._ours(order, column)
            decision = decide(
                column.rule,
                base[name],
                theirs,
                ours,
                self._their_time(record),
                order.write_date,
            )
            run._count(conflict=int(decision.is_conflict))
            self._settle(column, key, decision, base, theirs, ours, values)
        return base, values

    def _settle(self, column, key, decision, base, theirs, ours, values):
        """Carry one decision out."""
        name, target = column.column_name, column.target
        if decision.action in ("none", "take"):
            base[name] = theirs
            return
        if target and "." not in target and ours is not None:
            # The order keeps its value; theirs is not heard of.
            values[target] = ours
        if decision.action == "ask":
            self.env["order.hub.erp.conflict"].sudo()._note(
                self, key, column, base[name], theirs, ours
            )
            return
        self.env["order.hub.erp.write"].sudo()._queue(
            self, key, {name: ours}, {name: theirs}
        )
        base[name] = theirs

    def _their_time(self, record):
        """Return when the row was changed there, naive UTC, ``None`` if not known."""
        mark = record.mark
        if not hasattr(mark, "hour"):
            return None
        aware = mark if mark.tzinfo else mark.replace(tzinfo=ZoneInfo(self.zone))
        return aware.astimezone(timezone.utc).replace(tzinfo=None)

    def _ours(self, order, column):
        """Return our value of a column as the other system writes it, or ``None``."""
        found = getattr(self, f"_ours_{column.writes}")(order, column)
        if column.writes == "promised_date" and found:
            return plain(self._moment_there(found))
        return found or None

    def _moment_there(self, moment):
        """Return a moment of ours, naive UTC, by the other system's clock, aware."""
        aware = moment.replace(tzinfo=timezone.utc, microsecond=0)
        return aware.astimezone(ZoneInfo(self.zone))

    def _ours_hub_ref(self, order, column):
        return order.hub_ref

    def _ours_name(self, order, column):
        return order.name

    def _ours_customer_ref(self, order, column):
        return order.client_order_ref

    def _ours_promised_date(self, order, column):
        return order.hub_promised_date

    def _ours_milestone(self, order, column):
        """Return the word there of where the order is; without one nothing is said."""
        return column._word_there(order.hub_stage_id.milestone)

    # === WHAT IS TO BE WRITTEN === #

    def _compare_orders(self, limit=500):
        """Queue what orders say differently from what both sides agreed on.

        :return: whether there may be more
        """
        Key = self.env["order.hub.erp.key"].sudo()
        Key._tie_orders(self)
        keys = self._to_compare(limit)
        columns = self.table_ids.column_ids.filtered("writes")
        keys.order_id.fetch(["hub_ref", "name", "client_order_ref", "write_date"])
        asked = self._asked(keys)
        rows = [self._compared(key, columns, asked) for key in keys]
        self.env["order.hub.erp.write"].sudo()._queue_all(
            self, [row for row in rows if row[1]]
        )
        keys.write({"compared_at": fields.Datetime.now()})
        return len(keys) == limit

    def _to_compare(self, limit):
        """Return the keys whose orders have changed since they were compared."""
        self.env["sale.order"].flush_model()
        self.env["order.hub.erp.key"].flush_model()
        rows = self.env.execute_query(self._changed_orders(limit))
        return self.env["order.hub.erp.key"].sudo().browse(row[0] for row in rows)

    def _compared(self, key, columns, asked):
        """Return the key, what is to be written, and what is known to be there."""
        base, values, expected = key.base or {}, {}, {}
        for column in columns:
            name = column.column_name
            ours = self._ours(key.order_id, column)
            is_same = ours is None or str(ours) == str(base.get(name))
            if not is_same and (key.id, column.id) not in asked:
                values[name], expected[name] = ours, base.get(name)
        return key, values, expected

    def _asked(self, keys):
        """Return the (key, column) pairs that a person is still to decide about."""
        rows = (
            self.env["order.hub.erp.conflict"]
            .sudo()
            .search([("key_id", "in", keys.ids), ("state", "=", "open")])
        )
        return {(row.key_id.id, row.column_id.id) for row in rows}
