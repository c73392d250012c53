from datetime import timedelta

from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ...engine.erp.errors import ErpError, TooMuch
from ...engine.erp.link import snapshot
from ...engine.erp.query import Position
from ...engine.erp.reading import (
    Batch,
    Limits,
    begin_at,
    needs_second_look,
    read_batch,
    read_keys,
    read_unmarked,
    steady,
)
from ...engine.erp.schema import read_schema
from ...engine.erp.values import coded, decoded

#: Order in which the tables of a connection are read.
ROLES = ("customer", "product", "order", "status")
#: Parts of reading a table: what was not whole, what is new, what has no moment.
PHASES = ("again", "marked", "unmarked")
MAX_AGAIN = 500


class OrderHubErp(models.Model):
    """Reading: a job a batch, each in one transaction here and one snapshot there.

    The position is kept with what was read: a job that is killed has read nothing, and
    the next one reads the same again.
    """

    _inherit = "order.hub.erp"

    def _job_read(self):
        """Read the next batch (a job).

        :return: a sentence for the list of jobs
        """
        self.ensure_one()
        if self.state not in ("on", "paused"):
            return self.env._("%s is not on.", self.name)
        if not self.try_lock_for_update(allow_referencing=True):
            return self.env._("%s is being read already.", self.name)
        Run = self.env["order.hub.erp.run"]
        run = Run._open(self)
        try:
            with self.env.cr.savepoint():
                goes_on = self._read_step(run)
        except ErpError as error:
            return self._stopped(Run._open(self), error)
        self._worked()
        said = self.env._("%s rows.", run.read_count)
        if goes_on:
            self._delay_read()
        else:
            self._finished(run)
        return said

    def _stopped(self, run, error):
        """A broken link pauses the reading; what is wrong for good ends it."""
        words = self._failed(error)
        if self.state == "paused":
            run.message = words
        else:
            run._finish("failed", words)
        return words

    def _finished(self, run):
        if run.state != "running":
            pass  # files that were refused have ended it
        elif run.read_count or run.message:
            run._finish()
        else:
            run.unlink()
        if not self.is_read_only:
            self._delay_write()

    def _read_step(self, run):
        """Read one batch, from the place where the reading stands.

        :return: whether there is more to read
        """
        plan = self._plan()
        if self.dialect == "csv":
            return self._read_files(run, plan)
        tables = self._own_tables()
        if not run.table_id:
            run.write(self._start(tables[0]))
        link = self._link()
        with snapshot(link) as connection:
            schema = read_schema(connection, plan, link.target.schema)
            batch = self._read_part(connection, schema, run)
            looks_twice = needs_second_look(connection, schema)
        if looks_twice and batch.records:
            batch = self._second_look(link, plan, run, batch)
        self._take(run, run.table_id, plan, batch)
        return self._advance(run, tables, batch)

    def _own_tables(self):
        """Return the tables that are read for themselves, in their order."""
        rows = self.table_ids.filtered(lambda table: table.role in ROLES)
        return rows.sorted(lambda table: (ROLES.index(table.role), table.sequence))

    def _start(self, table):
        return {"table_id": table.id, "phase": PHASES[0], "position": None}

    def _limits(self):
        return Limits(rows=self.batch_size)

    def _read_part(self, connection, schema, run):
        """Read the next rows, fewer at a time where they are too large."""
        size = self.batch_size
        while True:
            try:
                return self._read_rows(connection, schema, run, Limits(rows=size))
            except TooMuch:
                if size == 1:
                    raise
                size = max(size // 4, 1)

    def _read_rows(self, connection, schema, run, limits):
        table = schema.plan.by_alias(run.table_id._alias())
        after = self._position(run)
        if run.phase == "again":
            return self._read_again(connection, schema, run, table, limits)
        if run.phase == "unmarked":
            return read_unmarked(connection, schema, table, after, limits)
        settle = timedelta(seconds=self.settle_seconds)
        return read_batch(connection, schema, table, after, limits, settle)

    def _position(self, run):
        """Return where the reading stands in its table."""
        if run.position:
            key = tuple(decoded(value) for value in run.position["key"])
            return Position(decoded(run.position["mark"]), key)
        if run.phase == "marked":
            overlap = timedelta(minutes=self.overlap_minutes)
            return begin_at(decoded(run.table_id.mark or None), overlap)
        return Position()

    def _read_again(self, connection, schema, run, table, limits):
        """Read those rows by their keys that were not whole last time."""
        rows = self.env["order.hub.erp.key"].search(
            Domain("table_id", "=", run.table_id.id) & Domain("state", "=", "again"),
            limit=MAX_AGAIN,
            order="read_at, id",
        )
        keys = [tuple(map(decoded, row.raw_key)) for row in rows if row.raw_key]
        records, refused = read_keys(connection, schema, table, keys, limits)
        seen = {row.key for row in (*records, *refused)}
        # Deleted there, or no longer of those that are read.
        gone = rows.filtered(lambda row: row.foreign_key not in seen)
        gone.sudo().write({"state": "known", "reason": "gone"})
        return Batch(records, refused, Position(), True)

    def _second_look(self, link, plan, run, batch):
        """Read a batch again in another snapshot; keep what says the same."""
        table = plan.by_alias(run.table_id._alias())
        with snapshot(link) as connection:
            schema = read_schema(connection, plan, link.target.schema)
            keys = [record.raw_key for record in batch.records]
            again, _refused = read_keys(connection, schema, table, keys, self._limits())
        return steady(batch, again)

    # === ON === #

    def _advance(self, run, tables, batch):
        """Note where the reading stands; return whether there is more."""
        if not batch.is_last:
            run.position = {
                "mark": coded(batch.position.mark),
                "key": [coded(value) for value in batch.position.key],
            }
            return True
        if run.phase == "marked":
            self._keep_mark(run.table_id, batch.position.mark)
        phases = self._phases(run.table_id)
        at = phases.index(run.phase) + 1
        if at < len(phases):
            run.write({"phase": phases[at], "position": None})
            return True
        later = tables[list(tables).index(run.table_id) + 1 :]
        if later:
            run.write(self._start(later[0]))
        return bool(later)

    def _phases(self, table):
        has_mark = any(table.column_ids.mapped("is_watermark"))
        return PHASES if has_mark else PHASES[:2]

    def _keep_mark(self, table, mark):
        """Keep the highest moment that was seen, never a lower one."""
        known = decoded(table.mark or None)
        if mark is not None and (known is None or mark > known):
            table.mark = coded(mark)

    def _check_schema(self, plan):
        link = self._link()
        with snapshot(link) as connection:
            read_schema(connection, plan, link.target.schema)

    def _say_no_channel(self):
        raise UserError(
            self.env._("Choose the channel that the orders of %s go to.", self.name)
        )

    def action_read_all_again(self):
        """Read from the beginning; what is the same is not taken twice."""
        self.check_access("write")
        self.table_ids.sudo().write({"mark": False})
        return self.action_read_now()
