from odoo import api, fields, models
from odoo.tools import SQL

from ..const import MILESTONES, SOURCES


class OrderHubStageEvent(models.Model):
    """One row per stage entered: the history that answers *why was it late?*

    Append-only for everyone: rows come from :meth:`_append` alone, one INSERT for
    a whole batch. No audit columns: ``date`` and ``user_id`` say it already.
    """

    _name = "order.hub.stage.event"
    _inherit = ["order.hub.append.only"]
    _description = "Stage Event"
    _order = "id desc"
    _rec_name = "stage_id"
    _log_access = False

    order_id = fields.Many2one(
        "sale.order", readonly=True, ondelete="set null", index="btree_not_null"
    )
    hub_ref = fields.Char(
        "Hub Reference", readonly=True, help="Stays when the order is deleted."
    )
    company_id = fields.Many2one("res.company", readonly=True)
    flow_id = fields.Many2one(related="stage_id.flow_id")
    stage_id = fields.Many2one("order.hub.stage", readonly=True, ondelete="restrict")
    from_stage_id = fields.Many2one(
        "order.hub.stage", readonly=True, ondelete="restrict"
    )
    milestone = fields.Selection(MILESTONES, readonly=True)
    date = fields.Datetime("Entered On", readonly=True)
    user_id = fields.Many2one("res.users", "Who", readonly=True)
    source = fields.Selection(SOURCES, readonly=True)
    document = fields.Char(
        readonly=True, help="The document that carried the order on: model,id."
    )
    duration = fields.Float(
        "Hours in Former Stage", readonly=True, aggregator="avg", digits=(16, 2)
    )
    is_out_of_order = fields.Boolean(
        "Out of Order",
        readonly=True,
        help="The goods were faster than the paper: passed without its own fact.",
    )
    is_overruled = fields.Boolean(
        "Overruled", readonly=True, help="Somebody passed a gate with a reason."
    )
    note = fields.Text(readonly=True)
    gate_results = fields.Json(readonly=True)
    gate_summary = fields.Text("Gates", compute="_compute_gate_summary")
    evidence_ids = fields.One2many("order.hub.evidence", "event_id", readonly=True)

    _stage_date_idx = models.Index("(stage_id, date)")
    _company_idx = models.Index("(company_id, id)")
    # Rows come in by date: a month is a few neighbouring pages.
    _date_idx = models.Index("USING brin (date)")

    _COLUMNS = (
        "order_id",
        "hub_ref",
        "company_id",
        "stage_id",
        "from_stage_id",
        "milestone",
        "date",
        "user_id",
        "source",
        "document",
        "duration",
        "is_out_of_order",
        "is_overruled",
        "note",
        "gate_results",
    )

    @api.depends("gate_results")
    @api.depends_context("lang")
    def _compute_gate_summary(self):
        read = self.env["order.hub.gate"]._read_results
        results = {event.id: read(event.gate_results) for event in self}
        gates = self._known_gates(results)
        for event in self:
            currency = event.sudo().order_id.currency_id
            event.gate_summary = "\n".join(
                f"{'✓' if result.ok else '✗'} "
                + gates[result.gate_id]._explain(result, currency)
                for result in results[event.id]
            )

    def _known_gates(self, results):
        """Return ``{gate id: gate}``; a gate that was deleted explains without hint."""
        gates = self.env["order.hub.gate"].sudo().with_context(active_test=False)
        ids = {result.gate_id for found in results.values() for result in found}
        known = gates.browse(ids).exists()
        return {**dict.fromkeys(ids, gates), **{gate.id: gate for gate in known}}

    def _append_only_message(self):
        return self.env._(
            "Stage events are written by the hub when an order enters a stage. "
            "Nobody adds, changes or deletes them by hand."
        )

    @api.model
    def _append(self, rows):
        """Add events in one query.

        :param rows: list of dicts; keys are columns, what is missing is empty
        :return: ids in the order of rows
        """
        if not rows:
            return []
        complete = [{name: row.get(name) for name in self._COLUMNS} for row in rows]
        ids = self.env["order.hub.writer"]._insert(self, complete)
        self.env["sale.order"].invalidate_model(["hub_event_ids"], flush=False)
        return ids

    @api.model
    def _page(self, cursor, limit):
        """Return the events after a cursor, oldest first, that can be told.

        Ids are given out before commit: a slower transaction may still add a row
        with a smaller id, and a reader with a cursor would never see it. So the
        page ends before the first row that is not older than every transaction
        still running.

        :param cursor: id of the last event told
        :param limit: at most so many
        """
        events = self.search([("id", ">", cursor)], order="id", limit=limit)
        if not events:
            return events
        [[unsettled]] = self.env.execute_query(
            SQL(
                """SELECT MIN(id) FROM order_hub_stage_event
                    WHERE id > %s AND id <= %s AND age(xmin) <= age(%s)""",
                cursor,
                events[-1].id,
                self._oldest_running_sql(),
            )
        )
        return events.filtered(lambda event: not unsettled or event.id < unsettled)

    def _oldest_running_sql(self):
        """The oldest transaction that may still write here.

        A snapshot knows the transactions of every database of the cluster; those
        known to run in another one cannot touch this table.
        """
        return SQL(
            """COALESCE((
                 SELECT running
                   FROM pg_snapshot_xip(pg_current_snapshot()) running
                  WHERE NOT EXISTS (
                        SELECT FROM pg_stat_activity elsewhere
                         WHERE elsewhere.datname <> current_database()
                           AND elsewhere.backend_xid = running::xid)
               ORDER BY running LIMIT 1),
               pg_snapshot_xmax(pg_current_snapshot()))::xid"""
        )
