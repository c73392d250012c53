import base64

from odoo import fields, models

from ...adapters.documents import read_json
from ...engine.erp.difference import Trial, note, sort
from ...engine.erp.link import snapshot
from ...engine.erp.query import Position
from ...engine.erp.reading import Limits, read_batch
from ...engine.erp.schema import read_schema

#: Orders that a dry run reads.
MOST = 1000


class OrderHubErp(models.Model):
    """A dry run: what reading would do, with its differences; nothing is done."""

    _inherit = "order.hub.erp"

    run_ids = fields.One2many("order.hub.erp.run", "erp_id", "Readings")

    def action_trial(self):
        """Read orders and show what would become of them."""
        self.ensure_one()
        self.check_access("write")
        with self._saying():
            trial = self._trial()
        run = self.env["order.hub.erp.run"].sudo().create(
            {
                "erp_id": self.id,
                "company_id": self.company_id.id,
                "is_trial": True,
                "state": "done",
                "ended_at": fields.Datetime.now(),
                "rows": trial.rows,
                **{f"{what}_count": count for what, count in trial.counts.items()},
            }
        )  # fmt: skip
        return {
            "type": "ir.actions.act_window",
            "res_model": "order.hub.erp.run",
            "res_id": run.id,
            "views": [(False, "form")],
        }

    def _trial(self):
        """Return a :class:`Trial` of the first orders."""
        plan, trial = self._plan(), Trial()
        if self.dialect == "csv":
            return trial
        link = self._link()
        table = self.table_ids.filtered(lambda row: row.role == "order")
        with snapshot(link) as connection:
            schema = read_schema(connection, plan, link.target.schema)
            position = Position()
            while table and trial.counts["read"] < MOST:
                batch = read_batch(
                    connection, schema, plan.order, position, Limits(self.batch_size)
                )
                self._note_trial(trial, table, batch)
                position = batch.position
                if batch.is_last:
                    break
        return trial

    def _note_trial(self, trial, table, batch):
        keys = {record.key for record in batch.records}
        known = self.env["order.hub.erp.key"].sudo()._known(table, keys)
        digests = {key: row.digest for key, row in known.items() if row.digest}
        found = sort(batch.records, digests)
        numbers = {known[r.key].number: r.key for r in found["changed"]}
        note(trial, found, batch.refused, self._documents(numbers))

    def _documents(self, numbers):
        """Return ``{key: values as they were taken in last}``, one query.

        :param numbers: ``{number of the order: key}``
        """
        if not numbers:
            return {}
        rows = self.env["order.hub.inbound"].sudo().search(
            [
                ("channel_id", "=", self.channel_id.id),
                ("external_ref", "in", list(numbers)),
                ("kind", "in", ("order", "change")),
            ],
            order="id",
        )  # fmt: skip
        found = {}
        for row in rows:
            values = read_json(base64.b64decode(row.payload))
            values.pop("version", None)
            found[numbers[row.external_ref]] = values
        return found
