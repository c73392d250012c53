from odoo import api, models
from odoo.tools import SQL


class OrderHubWriter(models.AbstractModel):
    """Writes the hub's own columns for a whole batch in one query.

    The ORM inserts and updates at most 100 rows a query; the histories and the
    stage columns of 1,000 orders would be 20 queries where two do.
    """

    _name = "order.hub.writer"
    _description = "Set-based Writer"

    @api.model
    def _insert(self, model, rows, skip_known=False):
        """Insert rows into an append-only model.

        :param model: empty recordset of the model
        :param rows: non-empty list of dicts with the same keys (stored fields)
        :param skip_known: leave out rows that a unique index knows already
        :return: the new ids, in the order of rows
        """
        names = list(rows[0])
        inserted = self.env.execute_query(
            SQL(
                "INSERT INTO %s (%s) VALUES %s %s RETURNING id",
                SQL.identifier(model._table),
                SQL(", ").join(map(SQL.identifier, names)),
                SQL(", ").join(self._tuple(model, names, row) for row in rows),
                SQL("ON CONFLICT DO NOTHING") if skip_known else SQL(),
            )
        )
        return [row[0] for row in inserted]

    @api.model
    def _update(self, records, values_by_id):
        """Write different values to many records and tell the cache.

        :param records: existing records
        :param values_by_id: ``{id: {field: value}}``, the same fields for each id
        """
        if not values_by_id:
            return
        names = list(next(iter(values_by_id.values())))
        touched = records.browse(values_by_id)
        touched.flush_recordset(names)  # what waits to be written would come after
        rows = [{"id": id_, **values} for id_, values in values_by_id.items()]
        self.env.execute_query(
            SQL(
                "UPDATE %s AS target SET %s, write_uid = %s, "
                "write_date = now() AT TIME ZONE 'UTC' "
                "FROM (VALUES %s) AS source(id, %s) WHERE target.id = source.id",
                SQL.identifier(records._table),
                SQL(", ").join(self._assignment(records, name) for name in names),
                self.env.uid,
                SQL(", ").join(
                    self._tuple(records, ["id", *names], row) for row in rows
                ),
                SQL(", ").join(map(SQL.identifier, names)),
            )
        )
        touched.invalidate_recordset(names, flush=False)
        self._remember(touched, values_by_id)
        touched.modified(names)

    @api.model
    def _relate(self, records, name, added, removed=()):
        """Add and take away links of a many-to-many field for a whole batch.

        :param records: existing records
        :param name: the field
        :param added: pairs ``(record id, linked id)`` to be there afterwards
        :param removed: pairs not to be there afterwards
        """
        field, added, removed = records._fields[name], list(added), list(removed)
        names = (field.relation, field.column1, field.column2)
        table, own, other = map(SQL.identifier, names)
        if removed:
            self.env.cr.execute(
                SQL(
                    "DELETE FROM %s WHERE (%s, %s) IN %s",
                    table,
                    own,
                    other,
                    tuple(removed),
                )
            )
        if added:
            self.env.cr.execute(
                SQL(
                    "INSERT INTO %s (%s, %s) VALUES %s ON CONFLICT DO NOTHING",
                    table,
                    own,
                    other,
                    SQL(", ").join(SQL("%s", pair) for pair in added),
                )
            )
        touched = records.browse({pair[0] for pair in added + removed})
        touched.invalidate_recordset([name], flush=False)
        touched.modified([name])

    def _remember(self, records, values_by_id):
        """Put what was written into the cache: nobody has to read it again."""
        for record in records:
            for name, value in values_by_id[record.id].items():
                field = record._fields[name]
                cached = field.convert_to_cache(value, record, validate=False)
                field._update_cache(record, cached)

    def _assignment(self, model, name):
        column_type = SQL(model._fields[name].column_type[1])  # pylint: disable=sql-injection
        column = SQL.identifier(name)
        return SQL("%s = source.%s::%s", column, column, column_type)

    def _tuple(self, model, names, row):
        """Return one row of VALUES, cells as columns store them."""
        cells = [
            row[name]
            if name == "id"
            else model._fields[name].convert_to_column_insert(row.get(name), model)
            for name in names
        ]
        places = ", ".join(["%s"] * len(cells))
        return SQL(f"({places})", *cells)
