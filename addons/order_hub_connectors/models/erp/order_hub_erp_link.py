from contextlib import contextmanager

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL, config

from ...engine.erp.errors import ErpError
from ...engine.erp.link import LINKS, snapshot
from ...engine.erp.schema import columns_of, match, table_names
from ...engine.erp.target import OwnDatabase, Target

#: Tables whose columns are read for choosing: those mapped, and no others.
MAX_LOOKED_AT = 60


class OrderHubErp(models.Model):
    """From the record to an open link, looked at each time it is used."""

    _inherit = "order.hub.erp"

    def _target(self):
        """Return where the connection leads; never hand it to a user."""
        self.ensure_one()
        erp = self.sudo()
        return Target(
            dialect=erp.dialect,
            host=(erp.host or "").strip(),
            port=erp.port,
            database=(erp.database or "").strip(),
            user=erp.user_name or "",
            password=self._secret(),
            options={
                "schema": erp.schema_name or "",
                "tls": "1" if erp.use_tls else "",
                "odbc_driver": erp.odbc_driver or "",
            },
            allow_internal=erp.allow_internal,
            timeout=erp.timeout,
        )

    @api.model
    def _own_database(self):
        """Return what says that a connection would lead to the hub's own database."""
        hosts = [config.get("db_host"), config.get("db_replica_host")]
        return OwnDatabase(
            self.env.cr.dbname,
            tuple(host for host in hosts if host and not host.startswith("/")),
            int(config.get("db_port") or 5432),
            self._own_identity(),
        )

    @api.model
    def _own_identity(self):
        """Return what names the cluster of the hub, empty if it may not be asked."""
        [[may]] = self.env.execute_query(
            SQL(
                "SELECT has_function_privilege("
                "'pg_catalog.pg_control_system()', 'execute')"
            )
        )
        if not may:
            return ""
        [[identity]] = self.env.execute_query(
            SQL("SELECT system_identifier FROM pg_catalog.pg_control_system()")
        )
        return str(identity)

    def _link(self):
        """Return the open link of the connection.

        :raise ErpError: it may not, or cannot, be made
        """
        self.ensure_one()
        writes = not self.is_read_only
        return LINKS.get(
            self._link_name(), self._target(), self._own_database(), writes
        )

    @contextmanager
    def _saying(self):
        """Put what goes wrong with the other database into words for a person."""
        try:
            yield
        except ErpError as error:
            raise UserError(
                self.env._(
                    "%(connection)s: %(why)s",
                    connection=self.name,
                    why=self._error_words(error),
                )
            ) from None

    def action_test(self):
        """Call the database and say what it is."""
        self.ensure_one()
        self.check_access("write")
        with self._saying():
            count = self._count_tables()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "title": self.name,
                "message": self.env._("The database answers: %s tables.", count),
            },
        }

    def _count_tables(self):
        link = self._link()
        with snapshot(link) as connection:
            return len(table_names(connection, link.target.schema))

    def action_read_schema(self):
        """Read which tables there are, and the columns of those that are mapped."""
        self.ensure_one()
        self.check_access("write")
        with self._saying():
            tables, columns = self._look_around()
        self.env["order.hub.erp.found"].sudo()._replace(self, tables, columns)
        return True

    def _look_around(self):
        link = self._link()
        schema = link.target.schema
        with snapshot(link) as connection:
            tables = table_names(connection, schema)
            columns = []
            for name in sorted(set(self.table_ids.mapped("table_name")))[
                :MAX_LOOKED_AT
            ]:
                known = match(name, tables)
                columns += columns_of(connection, known, schema) if known else []
        return tables, columns
