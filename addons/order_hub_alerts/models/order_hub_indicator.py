from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import formatLang

from ..const import PACKS
from ..engine.indicators import MEASURES, verdict

UNITS = [
    ("percent", "%"),
    ("per_hundred", "per 100 orders"),
    ("days", "days"),
    ("hours", "hours"),
    ("minutes", "minutes"),
    ("count", "count"),
    ("money", "amount"),
    ("per_hour", "per hour"),
]
DIRECTIONS = [("up", "More is better"), ("down", "Less is better")]
VERDICTS = [
    ("good", "On target"),
    ("watch", "Watch"),
    ("bad", "Off target"),
    ("plain", "No target"),
    ("none", "No data"),
]
TRENDS = [
    ("better", "Getting better"),
    ("worse", "Getting worse"),
    ("rising", "Rising"),
    ("falling", "Falling"),
    ("same", "Steady"),
    ("none", "Too few days"),
]
#: What can be measured, by name.
CHOICES = [(name, item.label) for name, item in MEASURES.items()]


class OrderHubIndicator(models.Model):
    """A figure that is reckoned every day, why it matters and what it should be.

    How it is reckoned is a measure of ``order.hub.indicator.measure``; several
    indicators may use one with other windows and targets.
    """

    _name = "order.hub.indicator"
    _description = "Indicator"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(
        required=True, copy=False, help="The word that integrations use."
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    pack = fields.Selection(PACKS, "Industry Pack", default="common", required=True)
    measure = fields.Selection(CHOICES, "What Is Measured", required=True)
    reason = fields.Text("Why It Matters", translate=True)
    formula = fields.Text(
        translate=True, help="How the figure comes about, and what is left out."
    )
    window_days = fields.Integer(
        "Days Looked At",
        aggregator=None,
        default=30,
        required=True,
        help="The figure of a day looks back so many days, its own included. Figures "
        "of how things stand now use it only where the formula says so.",
    )
    rhythm = fields.Selection(
        [("hourly", "Every hour"), ("nightly", "After the day is over")],
        default="hourly",
        required=True,
    )
    unit = fields.Selection(UNITS, compute="_compute_measure", store=True)
    direction = fields.Selection(DIRECTIONS, compute="_compute_measure", store=True)
    has_target = fields.Boolean(
        "Has a Target", help="Without one the figure is shown without a judgement."
    )
    target = fields.Float(aggregator=None, help="As good as this is on target.")
    limit = fields.Float(
        "Off Target At",
        aggregator=None,
        help="Worse than this is off target; between both, watch it.",
    )
    is_confidential = fields.Boolean(
        "For Managers Only", help="Margins, credit: shown to managers alone."
    )
    text = fields.Char("Newest Figure", compute="_compute_newest")
    verdict = fields.Selection(VERDICTS, compute="_compute_newest")
    trend = fields.Selection(TRENDS, compute="_compute_newest")
    value_ids = fields.One2many("order.hub.indicator.value", "indicator_id")
    last_ms = fields.Integer(
        "Measured In (ms)", readonly=True, copy=False, aggregator="avg"
    )
    last_error = fields.Char(
        "Could Not Be Measured",
        readonly=True,
        copy=False,
        help="Why the last measuring failed; older figures stay.",
    )

    _code_uniq = models.UniqueIndex("(code)", "Another indicator has this code.")
    _window_range = models.Constraint(
        "CHECK(window_days BETWEEN 1 AND 366)",
        "An indicator looks back 1 to 366 days.",
    )

    @api.depends("measure")
    def _compute_measure(self):
        for indicator in self:
            measure = MEASURES.get(indicator.measure)
            indicator.unit = measure and measure.unit
            indicator.direction = measure and measure.direction

    def _compute_newest(self):
        rows = self._line_rows(self.env.company, fields.Datetime.now())
        for indicator in self:
            tile = indicator._tile(rows.get(indicator.id, []), self.env.company)
            indicator.verdict, indicator.trend = tile["verdict"], tile["trend"]
            indicator.text = f"{tile['number']} {tile['unit']}".strip()

    @api.constrains("has_target", "target", "limit", "measure")
    def _check_limit(self):
        """The limit lies on the bad side of the target."""
        for indicator in self.filtered("has_target"):
            sign = 1 if indicator.direction == "up" else -1
            if sign * indicator.limit > sign * indicator.target:
                raise ValidationError(
                    self.env._(
                        "%(name)s: the value at which it is off target has to be "
                        "worse than the target of %(target)s, or equal to it.",
                        name=indicator.name,
                        target=indicator.target,
                    )
                )

    def copy_data(self, default=None):
        """A copy has another name and a code of its own."""
        stamp = f"{fields.Datetime.now():%y%m%d%H%M%S}"
        copies = super().copy_data(default=default)
        for indicator, vals in zip(self, copies, strict=True):
            vals.setdefault("code", f"{indicator.code}_{stamp}")
            if "name" not in (default or {}):
                vals["name"] = self.env._("%s (copy)", indicator.name)
        return copies

    # === WORDS === #

    def _verdict(self, value):
        """Return the verdict on a figure; None: no data."""
        self.ensure_one()
        if not self.has_target:
            return verdict(value, self.direction, None, None)
        return verdict(value, self.direction, self.target, self.limit)

    def _number(self, value, currency):
        """Return a figure as a reader sees it, without its unit.

        :param value: None: no data
        :param currency: of the company, for amounts
        """
        self.ensure_one()
        if value is None:
            return "–"
        if self.unit == "money":
            return formatLang(self.env, value, digits=0)
        digits = 0 if self.unit == "count" and value == int(value) else 1
        return formatLang(self.env, value, digits=digits)

    def _unit_word(self, currency):
        """Return the word or sign after the figure."""
        self.ensure_one()
        if self.unit == "money":
            return currency.symbol or currency.name
        if self.unit == "count":
            return ""
        return dict(self._fields["unit"]._description_selection(self.env))[self.unit]

    # === ACTIONS === #

    def action_measure_now(self):
        """Measure the chosen indicators now, missed days included.

        :raise AccessError: unless one may change indicators
        """
        self.check_access("write")
        self.sudo()._run(fields.Datetime.now(), self.env.company)
        return True

    def action_show_values(self):
        """Open the figures of these indicators as a graph."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "order_hub_alerts.order_hub_indicator_value_action"
        )
        action["domain"] = [("indicator_id", "in", self.ids)]
        action["context"] = {"search_default_total": 1}
        action["views"] = [(False, "graph"), (False, "pivot"), (False, "list")]
        return action
