from odoo import api, fields, models, tools
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ..engine import risk_training

#: Who may train, and switch the probability on and off.
MANAGER = "order_hub.order_hub_group_manager"
KINDS = [("logistic", "Logistic Regression"), ("boosting", "Gradient Boosted Trees")]
#: Of a model that passed its back-test and is off all the same.
BY_HAND, REPLACED = "by_hand", "replaced"
#: Of a model after which no other one passed: what it knew holds no longer.
OUTDATED = "outdated"
#: Of a model that cannot be read any more: see ``engine.risk_model.ModelError``.
BROKEN, OTHER_VERSION = "broken", "version"
REASON_NAMES = [
    ("no_library", "scikit-learn is not installed"),
    ("too_few", "Too few orders decided"),
    ("too_few_late", "Too few late orders"),
    ("too_few_on_time", "Too few orders on time"),
    ("too_short", "History too short"),
    ("no_skill", "Knows no more than the usual share"),
    ("worse_than_rule", "The plain rule is better"),
    ("worse_than_radar", "The radar's red is better"),
    (BY_HAND, "Switched off by a person"),
    (REPLACED, "Replaced by another training"),
    (OUTDATED, "A later training did not pass"),
    (BROKEN, "Damaged"),
    (OTHER_VERSION, "Trained for another version"),
]
#: What of the back-test is a column, to be listed and drawn.
FIGURES = (
    "brier",
    "brier_base",
    "auc",
    "calibration_error",
    "precision",
    "recall",
    "f1",
)


class OrderHubRiskModel(models.Model):
    """One training of the probability that an order is late, and what it was worth.

    A model is on only if it was no worse than the plain rule and the radar's red in
    the back-test (:mod:`..engine.risk_backtest`); at most one of a company is on. What
    was learned is a JSON value that :mod:`..engine.risk_model` reads without
    scikit-learn; nothing stored is ever run. Rows are made by :meth:`_train` only.
    """

    _name = "order.hub.risk.model"
    _description = "Probability of Being Late"
    _order = "trained_at desc, id desc"
    _rec_name = "trained_at"

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="cascade"
    )
    trained_at = fields.Datetime("Trained On", required=True, readonly=True)
    trained_by_id = fields.Many2one(
        "res.users", readonly=True, help="Empty: the weekly job.", ondelete="set null"
    )
    seconds = fields.Float("Training Time (s)", readonly=True, digits=(8, 1))
    samples = fields.Integer(
        "Orders", readonly=True, help="Orders whose outcome was known."
    )
    late = fields.Integer("Late Orders", readonly=True)
    kind = fields.Selection(KINDS, readonly=True)
    parameters = fields.Json(
        readonly=True, prefetch=False, help="What was learned, as numbers."
    )
    metrics = fields.Json(
        "Back-test", readonly=True, help="Tried on later orders than it was trained on."
    )
    cut = fields.Float(
        "Calls From",
        readonly=True,
        aggregator=None,
        help="Probability from which an order is called.",
    )
    brier = fields.Float(
        "Brier Score",
        readonly=True,
        aggregator="avg",
        digits=(8, 4),
        help="Mean square of what was said less what happened; 0 is perfect.",
    )
    brier_base = fields.Float(
        "Brier Score of the Usual Share",
        readonly=True,
        aggregator="avg",
        digits=(8, 4),
        help="Of saying the usual share of late orders for every order.",
    )
    auc = fields.Float(
        "AUC",
        readonly=True,
        aggregator="avg",
        digits=(8, 3),
        help="How often a late order got a higher probability than one on time; 0.5 "
        "is guessing.",
    )
    calibration_error = fields.Float(
        readonly=True,
        aggregator="avg",
        help="Mean distance between what was said and what happened.",
    )
    precision = fields.Float(
        readonly=True, aggregator="avg", help="Share of its calls that were late."
    )
    recall = fields.Float(
        readonly=True, aggregator="avg", help="Share of the late ones that it called."
    )
    f1 = fields.Float(readonly=True, digits=(8, 3), aggregator="avg")
    is_on = fields.Boolean("On", readonly=True)
    reason = fields.Selection(REASON_NAMES, "Off Because", readonly=True)
    reason_figures = fields.Json(readonly=True)
    reason_text = fields.Char("In Words", compute="_compute_reason_text")
    can_switch_on = fields.Boolean(compute="_compute_can_switch_on")

    _on_uniq = models.UniqueIndex(
        "(company_id) WHERE is_on", "A company has one probability that is on."
    )
    _company_trained_idx = models.Index("(company_id, trained_at DESC)")

    @api.depends("is_on", "reason", "reason_figures", "kind")
    @api.depends_context("lang")
    def _compute_reason_text(self):
        for model in self:
            model.reason_text = model._in_words()

    @api.depends("is_on", "reason")
    def _compute_can_switch_on(self):
        for model in self:
            model.can_switch_on = not model.is_on and model.reason in (
                BY_HAND,
                REPLACED,
            )

    @api.depends("trained_at", "kind")
    @api.depends_context("lang", "tz")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for model in self:
            day = tools.format_datetime(self.env, model.trained_at, dt_format="short")
            kind = kinds.get(model.kind)
            model.display_name = f"{day} · {kind}" if kind else day

    # === CACHE === #

    @api.model_create_multi
    def create(self, vals_list):
        self.env.registry.clear_cache()
        return super().create(vals_list)

    def write(self, vals):
        self.env.registry.clear_cache()
        return super().write(vals)

    def unlink(self):
        self.env.registry.clear_cache()
        return super().unlink()

    # === TRAINING === #

    def action_train(self):
        """Train now instead of next Sunday, and open what came of it.

        :return: a window on the new training
        :raise AccessError: for users who are no managers
        :raise UserError: a training of this company is running
        """
        self.check_access("read")
        company = self.company_id or self.env.company
        self._check_manager(company)
        trained = self.sudo()._train(company, fields.Datetime.now(), self.env.user)
        if not trained:
            raise UserError(
                self.env._(
                    "The probability of %(company)s is being trained right now. Wait "
                    "a minute and open the list again.",
                    company=company.display_name,
                )
            )
        return trained.sudo(False)._window()

    def _window(self):
        """Return the action that opens this training."""
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "name": self.env._("Probability"),
        }

    def _check_manager(self, companies):
        """Raise for users who may not decide about the probability of companies.

        :raise AccessError:
        """
        if not self.env.su and not self.env.user.has_group(MANAGER):
            raise AccessError(
                self.env._(
                    "Training the probability, and switching it on or off, is for "
                    "managers of Order Hub. Ask one of them."
                )
            )
        foreign = companies - self.env.companies
        if foreign and not self.env.su:
            raise AccessError(
                self.env._(
                    "%(company)s is not among the companies you work in at present. "
                    "Switch to it and try again.",
                    company=foreign[0].sudo().display_name,
                )
            )

    @api.model
    def _train(self, company, now, user=None):
        """Train on the calls of a company, and put in force what came of it.

        Nothing that was not known at ``now`` is used. Where scikit-learn is missing,
        a model that is on stays on: it predicts without it.

        :param company: one company
        :param now: naive UTC
        :param user: who asked; empty: the weekly job
        :return: the training; empty if another one of this company is running
        """
        if not self._lock_training(company):
            return self.browse()
        settings = self._settings(company)
        samples = self._samples(company, now)
        before = fields.Datetime.now()
        training = risk_training.train(samples, settings)
        seconds = (fields.Datetime.now() - before).total_seconds()
        values = self._values(training, samples)
        values.update(
            company_id=company.id,
            trained_at=now,
            trained_by_id=user and user.id,
            seconds=seconds,
        )
        return self._put_in_force(training, values)

    @api.model
    def _lock_training(self, company):
        """Return whether nobody else trains for this company until the commit."""
        ((is_free,),) = self.env.execute_query(
            SQL(
                "SELECT pg_try_advisory_xact_lock(hashtext(%s), %s)",
                self._name,
                company.id,
            )
        )
        return is_free

    def _values(self, training, samples):
        """Return columns of a training.

        :param training: ``engine.risk_training.Training``
        :param samples: what it was trained on
        """
        model, metrics = training.model, training.metrics
        return {
            "samples": len(samples),
            "late": sum(each.is_late for each in samples),
            "kind": model and model.kind,
            "parameters": model and model.as_json(),
            "metrics": metrics,
            "cut": model.cut if model else 0.0,
            "reason": training.reason or False,
            "reason_figures": training.figures,
            **{name: metrics.get(name) or 0.0 for name in FIGURES},
        }

    def _put_in_force(self, training, values):
        """Store a training and switch over to it, if it is worth it.

        The same lack of data week after week is one row. A person who switched the
        probability off has the last word: a better model waits to be switched on.
        """
        company = self.env["res.company"].browse(values["company_id"])
        last = self.search([("company_id", "=", company.id)], limit=1)
        if values["reason"] and values["reason"] == last.reason and not last.kind:
            last.write(values)
            return last
        if training.reason != "no_library":
            retired = REPLACED if training.is_on else OUTDATED
            self._current(company)._retire(retired)
        if training.is_on and company.hub_chance_is_off:
            values["reason"] = BY_HAND
        trained = self.create(
            {**values, "is_on": training.is_on and not values["reason"]}
        )
        trained._spread(company)
        return trained

    @api.model
    def _cron_train(self):
        """Train for every company with a radar, one commit a company."""
        now = fields.Datetime.now()
        companies = self._companies()
        self.env["ir.cron"]._commit_progress(remaining=len(companies))
        for company in companies:
            self._train(company, now)
            if not self.env["ir.cron"]._commit_progress(1):
                break

    # === ON AND OFF === #

    def _current(self, company):
        """Return the model of a company that is on; empty: none."""
        return self.search([("company_id", "=", company.id), ("is_on", "=", True)])

    def _retire(self, reason, figures=None):
        """Switch models off, for one of ``REASON_NAMES``; at once: one may be on."""
        if self:
            self.write(
                {"is_on": False, "reason": reason, "reason_figures": figures or {}}
            )
            self.flush_recordset(["is_on"])

    def action_switch_off(self):
        """Show no probability any more, until a person switches one on again.

        :raise AccessError: for users who are no managers
        """
        self.check_access("read")
        self._check_manager(self.company_id)
        chosen, companies = self.sudo(), self.sudo().company_id
        chosen.filtered("is_on")._retire(BY_HAND, {"by": self.env.user.name})
        companies.write({"hub_chance_is_off": True})
        for company in companies:
            chosen._spread(company)
        return True

    def action_switch_on(self):
        """Show the probabilities of this model, which passed its back-test.

        :raise AccessError: for users who are no managers
        :raise UserError: it did not pass, or cannot be read
        """
        self.ensure_one()
        self.check_access("read")
        self._check_manager(self.company_id)
        model = self.sudo()
        model._check_passed()
        model._current(model.company_id)._retire(REPLACED)
        model.write({"is_on": True, "reason": False, "reason_figures": {}})
        model.company_id.hub_chance_is_off = False
        model._spread(model.company_id)
        return True

    def _check_passed(self):
        """Raise unless this model may be on.

        :raise UserError:
        """
        if self.is_on or self.reason in (BY_HAND, REPLACED):
            self._read_checked()
            return
        raise UserError(
            self.env._(
                "The training of %(day)s stays off. %(reason)s Train again when this "
                "has changed.",
                day=tools.format_datetime(self.env, self.trained_at, dt_format="short"),
                reason=self._in_words(),
            )
        )
