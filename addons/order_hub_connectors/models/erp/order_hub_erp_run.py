from datetime import timedelta

from odoo import api, fields, models

COUNTS = ("read_count", "new_count", "changed_count", "same_count", "refused_count",
          "conflict_count")  # fmt: skip
#: How long a reading, whole or broken, says what it found.
KEPT = timedelta(days=90)
GC_BATCH = 5000


class OrderHubErpRun(models.Model):
    """One reading, or one trial of it: how far it is and what it found."""

    _name = "order.hub.erp.run"
    _description = "Reading of an ERP Connection"
    _order = "id desc"
    _rec_name = "began_at"

    erp_id = fields.Many2one(
        "order.hub.erp",
        "Connection",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, ondelete="cascade"
    )
    is_trial = fields.Boolean("Dry Run", readonly=True)
    state = fields.Selection(
        [("running", "Running"), ("done", "Done"), ("failed", "Failed")],
        required=True,
        readonly=True,
        default="running",
    )
    began_at = fields.Datetime("Began", readonly=True, default=fields.Datetime.now)
    ended_at = fields.Datetime("Ended", readonly=True)
    table_id = fields.Many2one(
        "order.hub.erp.table",
        "At",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
    )
    phase = fields.Char(readonly=True)
    position = fields.Json(readonly=True, help="Where it goes on after a break.")
    read_count = fields.Integer("Read", readonly=True)
    new_count = fields.Integer("New", readonly=True)
    changed_count = fields.Integer("Changed", readonly=True)
    same_count = fields.Integer("The Same", readonly=True)
    refused_count = fields.Integer("Not Whole", readonly=True)
    conflict_count = fields.Integer("Conflicts", readonly=True)
    message = fields.Char(readonly=True)
    rows = fields.Json("Differences", readonly=True, prefetch=False)
    rows_text = fields.Text("What Would Change", compute="_compute_rows_text")

    _open_idx = models.Index("(erp_id) WHERE state = 'running'")

    @api.depends("rows")
    @api.depends_context("lang")
    def _compute_rows_text(self):
        for run in self:
            run.rows_text = "\n".join(map(run._row_words, run.rows or ()))

    def _row_words(self, row):
        """Return one difference as a line for people."""
        name = row.get("number") or row.get("key")
        if row["what"] == "new":
            return self.env._("%s: new", name)
        if row["what"] == "refused":
            why = self.erp_id._refusal_words(row.get("code"))
            return self.env._("%(name)s: not taken. %(why)s", name=name, why=why)
        return self.env._(
            "%(name)s: %(path)s “%(was)s” → “%(now)s”",
            name=name,
            path=row.get("path"),
            was="" if row.get("was") is None else row["was"],
            now="" if row.get("now") is None else row["now"],
        )

    @api.model
    def _open(self, erp):
        """Return the reading that goes on, a new one if none does."""
        found = self.search(
            [("erp_id", "=", erp.id), ("state", "=", "running")], limit=1
        )
        return found or self.create({"erp_id": erp.id, "company_id": erp.company_id.id})

    def _count(self, **more):
        """Add to the counts."""
        for name, count in more.items():
            if count:
                self[f"{name}_count"] += count

    def _finish(self, state="done", message=False):
        self.write(
            {"state": state, "ended_at": fields.Datetime.now(), "message": message}
        )
        return True

    @api.autovacuum
    def _gc_runs(self):
        """Forget old readings, a batch a call; return how many, and whether more."""
        old = self.search(
            [("began_at", "<", fields.Datetime.now() - KEPT)], limit=GC_BATCH
        )
        count = len(old)
        old.unlink()
        return count, count == GC_BATCH
