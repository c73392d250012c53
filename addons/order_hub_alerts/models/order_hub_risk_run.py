import logging
import time

from psycopg2.extras import Json

from odoo import api, fields, models
from odoo.tools import SQL

from .order_hub_risk import BATCH
from .order_hub_risk_facts import Night

_logger = logging.getLogger(__name__)

#: Seconds for which a call of the job goes on although others wait: looking up what
#: all orders have in common costs as much as two batches.
GO_ON_SECONDS = 45


class OrderHubRiskRun(models.Model):
    """One pass of the radar over all orders in flight of a company.

    A run goes on where it was broken off: after each batch it commits what was judged
    together with the last order. Two workers share it batch by batch, one at a time
    (the row is locked while a batch is judged), so nothing is judged twice.
    """

    _name = "order.hub.risk.run"
    _description = "Run of the Radar"
    _order = "at desc, id desc"
    _rec_name = "at"
    _log_access = False

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="cascade"
    )
    kind = fields.Selection(
        [("night", "Night"), ("asked", "Asked For")], required=True, readonly=True
    )
    day = fields.Date(required=True, readonly=True, help="In the company's time zone.")
    at = fields.Datetime("Begun On", required=True, readonly=True)
    ended_at = fields.Datetime(readonly=True)
    state = fields.Selection(
        [
            ("judging", "Judging"),
            ("showing", "Showing"),
            ("done", "Done"),
            ("stopped", "Broken Off"),
        ],
        required=True,
        readonly=True,
    )
    last_order_id = fields.Integer(readonly=True, aggregator=None)
    order_count = fields.Integer("Orders", readonly=True)
    red_count = fields.Integer("Red", readonly=True)
    yellow_count = fields.Integer("Yellow", readonly=True)
    green_count = fields.Integer("Green", readonly=True)
    seconds = fields.Float("Time (s)", readonly=True, digits=(10, 1))
    unknown_years = fields.Char(
        readonly=True,
        help="Years of which China's public days are not known: the plain calendar "
        "was used.",
    )
    past = fields.Json(readonly=True, prefetch=False, groups=fields.NO_ACCESS)

    _night_uniq = models.UniqueIndex(
        "(company_id, day) WHERE kind = 'night'", "A night has one run of the radar."
    )
    _open_idx = models.Index("(company_id) WHERE state IN ('judging', 'showing')")

    # === THE JOB === #

    @api.model
    def _cron_run(self):
        """Begin the runs that are due and go on with those broken off."""
        self._run_due(fields.Datetime.now())

    @api.model
    def _run_due(self, now):
        """Begin what is due and go on with it until it is done or time is up.

        :param now: naive UTC
        """
        # pylint: disable-next=no-search-all
        schemes = self.env["order.hub.risk.scheme"].sudo().search([], order="id")
        for scheme in schemes:
            self._begin(scheme, "night", scheme._due_day(now), now)
        runs = self._open_runs(schemes.company_id)
        self.env["ir.cron"]._commit_progress(remaining=len(runs))
        until = time.monotonic() + GO_ON_SECONDS
        for run in runs:
            if not run._go_on(now, until):
                break

    @api.model
    def _begin(self, scheme, kind, day, now):
        """Begin a run; the night of a day that has one already is not begun again.

        What an earlier run left unfinished is given up for a night, which judges all
        anew; who asks while one is at work gets what that finds.
        """
        if kind == "asked" and self._open_runs(scheme.company_id):
            return self.browse()
        self.env.cr.execute(
            SQL(
                """INSERT INTO order_hub_risk_run (company_id, kind, day, at, state,
                          last_order_id, order_count, red_count, yellow_count,
                          green_count, seconds)
                   VALUES (%s, %s, %s, %s, 'judging', 0, 0, 0, 0, 0, 0)
                       ON CONFLICT DO NOTHING RETURNING id""",
                scheme.company_id.id,
                kind,
                day,
                now,
            )
        )
        begun = self.env.cr.fetchone()
        if begun:
            self.env.cr.execute(
                SQL(
                    """UPDATE order_hub_risk_run SET state = 'stopped', ended_at = %s
                        WHERE company_id = %s AND id < %s
                          AND state IN ('judging', 'showing')""",
                    now,
                    scheme.company_id.id,
                    begun[0],
                )
            )
        self.invalidate_model(flush=False)
        return self.browse(begun or ())

    @api.model
    def _open_runs(self, companies):
        return self.sudo().search(
            [
                ("state", "in", ("judging", "showing")),
                ("company_id", "in", companies.ids),
            ],
            order="id",
        )

    # === ONE RUN === #

    def _go_on(self, now, until):
        """Go on with a run.

        :param until: of ``time.monotonic``: begin no further batch after that
        :return: whether it is done
        """
        self.ensure_one()
        night = None
        while self._lock():
            begun = time.perf_counter()
            if self.state == "judging":
                night = night or self._look_up(now)
                self._judge_batch(night)
            else:
                self._show_batch()
            self._add({"seconds": time.perf_counter() - begun})
            done = self.state == "done"
            left = self.env["ir.cron"]._commit_progress(int(done))
            if done:
                return True
            if not left and time.monotonic() > until:
                return False
        return True

    def _look_up(self, now):
        """Return what all orders of the company have in common; keep the past."""
        scheme = self.env["order.hub.risk.scheme"]._of(self.company_id)
        Facts = self.env["order.hub.risk.facts"]
        past = Facts._past(Night(scheme.sudo(), scheme._scheme(), now))
        night = Facts._night(scheme, now, past)
        self._keep_past(past)
        if night.unknown_years:
            years = ", ".join(map(str, sorted(night.unknown_years)))
            self._set({"unknown_years": years})
        return night

    def _keep_past(self, past):
        """Keep what was found out about the past, for the day; of one run only."""
        self.env.cr.execute(
            SQL(
                """UPDATE order_hub_risk_run SET past = NULL
                    WHERE company_id = %s AND id <> %s AND past IS NOT NULL""",
                self.company_id.id,
                self.id,
            )
        )
        self._set({"past": Json(past)})

    def _lock(self):
        """Take the run for one batch; False: done, or another worker has it.

        Compiling a statement takes longer here than it saves, batch by batch.
        """
        self.env.cr.execute("SET LOCAL jit = off")
        rows = self.env.execute_query(
            SQL(
                """SELECT id FROM order_hub_risk_run
                    WHERE id = %s AND state IN ('judging', 'showing')
                      FOR UPDATE SKIP LOCKED""",
                self.id,
            )
        )
        self.invalidate_recordset(flush=False)
        return bool(rows)

    def _judge_batch(self, night):
        """Judge the next orders and note how far the run has come."""
        Risk = self.env["order.hub.risk"]
        order_ids = self.env["order.hub.risk.facts"]._in_flight(
            night, after=self.last_order_id, limit=BATCH
        )
        judged = Risk._judge(night, order_ids) if order_ids else []
        Risk._keep(self.company_id, judged, night.now, self)
        colours = [each.risk.colour for each in judged]
        added = {f"{name}_count": colours.count(name) for name in ("red", "yellow")}
        added["green_count"] = colours.count("green")
        self._add({"order_count": len(judged), **added})
        values = {"last_order_id": order_ids[-1]} if order_ids else {}
        if len(order_ids) < BATCH:
            values["state"] = "showing"
            Risk._forget(self)
        self._set(values)

    def _show_batch(self):
        """Show colours on orders; at the end note what became of earlier calls."""
        if self.env["order.hub.risk"]._show(self.company_id) < BATCH:
            self.env["order.hub.risk.call"]._settle(self.company_id, self.at)
            self._set({"state": "done", "ended_at": fields.Datetime.now()})
            _logger.info(
                "Radar of company %s: %s orders, %s red, %s yellow, %.1f s",
                self.company_id.id,
                self.order_count,
                self.red_count,
                self.yellow_count,
                self.seconds,
            )

    def _set(self, values):
        """Write columns of the locked row."""
        if values:
            self._write_row(
                self.id,
                SQL(", ").join(
                    SQL("%s = %s", SQL.identifier(name), value)
                    for name, value in values.items()
                ),
            )

    def _add(self, values):
        """Add to figures of the locked row."""
        self._write_row(
            self.id,
            SQL(", ").join(
                SQL("%s = COALESCE(%s, 0) + %s", *(SQL.identifier(name),) * 2, value)
                for name, value in values.items()
            ),
        )

    @api.model
    def _write_row(self, run_id, assignments):
        self.env.cr.execute(
            SQL("UPDATE order_hub_risk_run SET %s WHERE id = %s", assignments, run_id)
        )
        self.browse(run_id).invalidate_recordset(flush=False)
