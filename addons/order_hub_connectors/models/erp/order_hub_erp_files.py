from contextlib import suppress

from odoo import fields, models
from odoo.tools import SQL

from ...engine.erp.errors import ErpError
from ...engine.erp.folder import (
    deliveries,
    give_back,
    opened,
    place,
    put_away,
    take,
)
from ...engine.erp.query import Position
from ...engine.erp.reading import Limits, read_batch
from ...engine.erp.schema import read_schema


class OrderHubErp(models.Model):
    """Drop folders: a delivery a job, put away when it is safely kept here."""

    _inherit = "order.hub.erp"

    def _place(self):
        """Return the folder of the connection.

        :raise Forbidden: it is not below the one that the server allows
        """
        return place(self._drop_folder(), self.folder or "")

    def _read_files(self, run, plan):
        """Read the next delivery; return whether there is another one."""
        folder = self._place()
        give_back(folder)
        found = deliveries(folder, plan)
        if not found:
            return False
        delivery = take(folder, found[0])
        stamp = self._stamp()
        try:
            self._read_delivery(run, plan, delivery)
        except ErpError as error:
            put_away(folder, delivery, "failed", stamp)
            run._finish("failed", self._error_words(error))
            self._tell(self.env._("%s: files refused", self.name), run.message)
            return len(found) > 1
        # The files move when what was read is kept, not before.
        self.env.cr.postcommit.add(lambda: self._put_away(folder, delivery, stamp))
        return len(found) > 1

    def _put_away(self, folder, delivery, stamp):
        """Move read files; those that cannot be moved are read again, to no effect."""
        with suppress(OSError):
            put_away(folder, delivery, "done", stamp)

    def _read_delivery(self, run, plan, delivery):
        """Read all tables of a delivery whole, or nothing of it."""
        with self.env.cr.savepoint(), opened(delivery, plan) as connection:
            schema = read_schema(connection, plan)
            for table in self._own_tables():
                if table.table_name not in delivery.files:
                    continue
                run.table_id = table
                self._read_whole(connection, schema, run, table)

    def _read_whole(self, connection, schema, run, table):
        plan_table = schema.plan.by_alias(table._alias())
        position, limits = Position(), Limits(rows=self.batch_size)
        while True:
            batch = read_batch(connection, schema, plan_table, position, limits)
            self._take(run, table, schema.plan, batch)
            position = batch.position
            if batch.is_last:
                return

    def _stamp(self):
        """Return a text that sorts by time and is not used twice."""
        [[number]] = self.env.execute_query(
            SQL("SELECT nextval(pg_get_serial_sequence('order_hub_erp_run', 'id'))")
        )
        now = fields.Datetime.now().strftime("%Y%m%d%H%M%S")
        return f"{now}-{number}"
