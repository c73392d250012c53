from odoo import fields, models
from odoo.tools import SQL

from ...engine.erp.errors import BadMapping, ErpError, NotWritten
from ...engine.erp.folder import write_file
from ...engine.erp.link import snapshot
from ...engine.erp.schema import read_schema
from ...engine.erp.values import decoded
from ...engine.erp.writing import write_row

#: Rows of one job: each is a transaction of its own there.
BATCH = 50


class OrderHubErp(models.Model):
    """Writing back: off until somebody switches it on, row by row, read again."""

    _inherit = "order.hub.erp"

    write_ids = fields.One2many("order.hub.erp.write", "erp_id", "Written")

    def _changed_orders(self, limit):
        return SQL(
            """SELECT k.id FROM order_hub_erp_key k
                 JOIN sale_order s ON s.id = k.order_id
                WHERE k.erp_id = %s AND k.role = 'order' AND k.digest IS NOT NULL
                  AND (k.compared_at IS NULL OR s.write_date >= k.compared_at)
                ORDER BY s.write_date, k.id LIMIT %s""",
            self.id,
            limit,
        )

    def _delay_write(self):
        self.with_delay(
            description=f"Write {self.name}",
            identity_key=f"order_hub_erp_write_{self.id}",
        )._job_write()

    def _job_write(self):
        """Compare and write the next rows (a job).

        A job that is killed between a writing there and its note here finds the value
        there the next time, and notes it then.

        :return: a sentence for the list of jobs
        """
        self.ensure_one()
        if self.state not in ("on", "paused") or self.is_read_only:
            return self.env._("%s does not write.", self.name)
        more = self._queue_new(BATCH) | self._compare_orders()
        rows = self.env["order.hub.erp.write"].search(
            [("erp_id", "=", self.id), ("state", "=", "waiting")],
            limit=BATCH,
            order="id",
        )
        rows = rows.try_lock_for_update()
        try:
            self._write_rows(rows)
        except ErpError as error:
            return self._failed(error)
        if rows:
            self._worked()
        if more or len(rows) == BATCH:
            self._delay_write()
        return self.env._("%s rows written.", len(rows))

    def _write_rows(self, rows):
        """Write rows, each for itself.

        :raise ErpError: the link is broken; what was written before is noted
        """
        if not rows:
            return
        plan = self._plan()
        if self.dialect == "csv":
            self._write_file(plan, rows)
            return
        link = self._link()
        with snapshot(link) as connection:
            schema = read_schema(connection, plan, link.target.schema)
        numbers = self._numbers_there(rows.filtered("is_new").order_id)
        for row in rows:
            if row.is_new:
                self._insert_row(link, schema, row, numbers)
            else:
                self._write_row(link, schema, plan, row)

    def _write_row(self, link, schema, plan, row):
        key = tuple(map(decoded, row.key_id.raw_key))
        try:
            done = write_row(
                link, schema, plan.order, key, row.to_write, row.expected or None
            )
        except (NotWritten, BadMapping) as error:
            self._note_not_written(row, error)
            return
        self._note_written(row, done.before, done.after, done.is_known)

    def _note_written(self, row, before, after, is_known=False):
        row.write(
            {
                "state": "known" if is_known else "written",
                "attempts": row.attempts + 1,
                "before": before,
                "after": after,
                "message": False,
                "written_at": fields.Datetime.now(),
            }
        )
        row.key_id.base = {**(row.key_id.base or {}), **(row.to_write or {})}

    def _note_not_written(self, row, error):
        words = self._error_words(error)
        is_theirs = error.code == "changed_there"
        row.write(
            {
                "state": "conflict" if is_theirs else "refused",
                "attempts": row.attempts + 1,
                "message": words[:500],
            }
        )
        if is_theirs:
            # Read anew, by the rules of its columns.
            row.key_id.write({"digest": False, "state": "again"})

    def _write_file(self, plan, rows):
        """Write rows into a file of the drop folder, whole or not at all."""
        order = plan.order
        keys = [column.name for column in order.keys]
        names = [column.name for column in order.writable]
        lines = [
            [*map(decoded, row.key_id.raw_key), *(row.to_write.get(n) for n in names)]
            for row in rows
        ]
        name = f"{order.name}-{self._stamp()}.csv"
        write_file(self._place(), name, [*keys, *names], lines)
        for row in rows:
            self._note_written(row, row.expected or {}, row.to_write)
