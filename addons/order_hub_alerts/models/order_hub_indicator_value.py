from odoo import api, fields, models
from odoo.exceptions import UserError

from ..engine.indicators import MEASURES
from .order_hub_indicator import VERDICTS

#: How many records a figure opens at most.
OPENED = 10_000


class OrderHubIndicatorValue(models.Model):
    """The figure of an indicator on one day of a company.

    Rows are written by ``order.hub.indicator.measure`` alone. ``has_data`` tells a
    zero from nothing to reckon with; the value is empty then.
    """

    _name = "order.hub.indicator.value"
    _description = "Indicator Value"
    _order = "day desc, indicator_id, dimension"
    _rec_name = "indicator_id"
    _log_access = False

    indicator_id = fields.Many2one(
        "order.hub.indicator",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, ondelete="cascade"
    )
    day = fields.Date(required=True, readonly=True)
    dimension = fields.Char(
        "Split Key", readonly=True, help="model,id of what the figure is split by."
    )
    label = fields.Char("Split By", readonly=True)
    value = fields.Float(readonly=True, aggregator="avg")
    samples = fields.Integer(
        "Counted", readonly=True, help="How many records the figure counted."
    )
    has_data = fields.Boolean(
        readonly=True, help="Without it there was nothing to reckon with: not a zero."
    )
    is_final = fields.Boolean("Day Is Over", readonly=True)
    since = fields.Datetime("Counted From", readonly=True)
    until = fields.Datetime("Counted To", readonly=True)
    measured_at = fields.Datetime(readonly=True)
    pack = fields.Selection(related="indicator_id.pack")
    unit = fields.Selection(related="indicator_id.unit")
    text = fields.Char("Figure", compute="_compute_text")
    verdict = fields.Selection(VERDICTS, compute="_compute_text")

    _value_uniq = models.UniqueIndex("(indicator_id, company_id, day, dimension)")
    _final_idx = models.Index(
        "(indicator_id, company_id, day) WHERE dimension = '' AND is_final"
    )
    _day_idx = models.Index("(company_id, day) WHERE dimension = ''")

    @api.depends("value", "has_data", "indicator_id.target", "indicator_id.limit")
    @api.depends_context("lang")
    def _compute_text(self):
        for row in self:
            indicator, currency = row.indicator_id, row.company_id.currency_id
            value = row.value if row.has_data else None
            row.verdict = indicator._verdict(value)
            row.text = (
                f"{indicator._number(value, currency)} "
                f"{indicator._unit_word(currency)}".strip()
                if row.has_data
                else self.env._("No data")
            )

    def action_open_counted(self):
        """Open the records that the figure counted.

        :raise AccessError: for figures, or kinds of records, one may not see
        :raise UserError: when nothing was counted, or the moment has gone by
        """
        self.ensure_one()
        self.check_access("read")
        measure = MEASURES[self.sudo().indicator_id.measure]
        if measure.model not in self.env:
            raise UserError(self._nothing_message())
        self.env[measure.model].check_access("read")
        if measure.is_snapshot and not self._is_newest():
            raise UserError(
                self.env._(
                    "%(name)s says how things stand at one moment, and that of "
                    "%(day)s is over. Open the newest figure instead.",
                    name=self.indicator_id.name,
                    day=self.day,
                )
            )
        counted = self._counted_ids()
        if not counted:
            raise UserError(self._nothing_message())
        return {
            "type": "ir.actions.act_window",
            "name": self._opened_name(),
            "res_model": measure.model,
            "views": [(False, "list"), (False, "form")],
            "domain": [("id", "in", counted)],
            "context": {"active_test": False, "create": False},
        }

    def _counted_ids(self):
        """Return the ids of the records counted, at most :data:`OPENED`."""
        row = self.sudo()
        period = {
            "company_id": row.company_id.id,
            "day": row.day,
            "since": row.since,
            "until": row.until,
            "tz": row.company_id._hub_time_zone(),
            "lang": self.env.lang or "en_US",
            "is_final": row.is_final,
            "at": row.measured_at,
        }
        return (
            self.env["order.hub.indicator.measure"]
            .sudo()
            ._counted_ids(row.indicator_id, period, row.dimension, OPENED)
        )

    def _is_newest(self):
        newest = self.search(
            [
                ("indicator_id", "=", self.indicator_id.id),
                ("company_id", "=", self.company_id.id),
                ("has_data", "=", True),
            ],
            order="day desc",
            limit=1,
        )
        return newest.day == self.day

    def _nothing_message(self):
        return self.env._(
            "%(name)s counted nothing on %(day)s: there are no records to open.",
            name=self.indicator_id.name,
            day=self.day,
        )

    def _opened_name(self):
        name = self.indicator_id.name
        if self.label:
            name = f"{name}: {self.label}"
        if self.samples > OPENED:
            return self.env._(
                "%(name)s (the newest %(shown)s of %(count)s)",
                name=name,
                shown=OPENED,
                count=self.samples,
            )
        return name
