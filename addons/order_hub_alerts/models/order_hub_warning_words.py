from collections import defaultdict

from odoo import api, fields, models
from odoo.tools import SQL, format_datetime


class OrderHubWarning(models.Model):
    """What people read: what a warning is about, and its figures."""

    _inherit = "order.hub.warning"

    subject = fields.Char("About", compute="_compute_subject", compute_sudo=True)
    figure_text = fields.Char(
        "Figures", compute="_compute_figure_text", compute_sudo=True
    )

    @api.depends("rule_id", "res_model", "res_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for warning in self:
            name = warning.sudo().rule_id.name or ""
            warning.display_name = ": ".join(filter(None, (name, warning.subject)))

    @api.depends("res_model", "res_id")
    @api.depends_context("lang")
    def _compute_subject(self):
        found = self._subjects([(w.id, w.res_model, w.res_id) for w in self])
        for warning in self:
            warning.subject = found.get(warning.id, "")

    @api.depends("value", "threshold", "figures", "rule_id.kind")
    @api.depends_context("lang", "tz")
    def _compute_figure_text(self):
        texts = self._figure_texts(
            [(w.id, w.rule_id.kind, w.value, w.threshold, w.figures) for w in self]
        )
        for warning in self:
            warning.figure_text = texts[warning.id]

    # === SUBJECTS === #

    @api.model
    def _subjects(self, rows):
        """Return what warnings are about; one query an order list, one read a model.

        :param rows: ``(warning id, model, record id)`` …
        :return: ``{warning id: text}``; empty for a record that is gone
        """
        by_model = defaultdict(set)
        for _id, model, res_id in rows:
            by_model[model].add(res_id)
        names = {
            (model, res_id): name
            for model, ids in by_model.items()
            for res_id, name in self._names(model, ids).items()
        }
        return {id_: names.get((model, res_id), "") for id_, model, res_id in rows}

    def _names(self, model, ids):
        """Return ``{record id: name}`` of the records that exist."""
        if model not in self.env:
            return {}
        if model == "sale.order":
            return self._order_names(ids)
        records = self.env[model].sudo().browse(ids).exists()
        return {record.id: record.display_name or "" for record in records}

    def _order_names(self, ids):
        """Return ``{order id: "S00012 · customer"}``, without a record per order."""
        self.env["sale.order"].flush_model(["name", "partner_id"])
        self.env["res.partner"].flush_model(["complete_name"])
        rows = self.env.execute_query(
            SQL(
                """SELECT o.id, concat_ws(' · ', o.name, partner.complete_name)
                     FROM sale_order o
                LEFT JOIN res_partner partner ON partner.id = o.partner_id
                    WHERE o.id = ANY(%s)""",
                list(ids),
            )
        )
        return dict(rows)

    # === FIGURES === #

    @api.model
    def _figure_texts(self, rows):
        """Return the figures of warnings as shown, e.g. "31 h in “Preparing” …".

        :param rows: ``(warning id, kind, value, threshold, figures)`` …
        :return: ``{warning id: text}``
        """
        rows = list(rows)
        stages = self._stage_names(rows)
        return {
            id_: self._figure_text(kind, value, threshold, figures or {}, stages)
            for id_, kind, value, threshold, figures in rows
        }

    def _stage_names(self, rows):
        ids = {(figures or {}).get("stage") for _i, _k, _v, _t, figures in rows}
        stages = self.env["order.hub.stage"].sudo().browse(filter(None, ids)).exists()
        return {stage.id: stage.name for stage in stages}

    def _figure_text(self, kind, value, threshold, figures, stages):
        if value is None or not kind:
            return ""
        words = {
            **figures,
            "value": _number(value),
            "limit": _number(threshold or 0.0),
            "stage": stages.get(figures.get("stage"), "–"),
        }
        return getattr(self, f"_figure_{kind}", self._figure_plain)(words, value)

    def _figure_plain(self, words, _value):
        return self.env._("%(value)s, limit %(limit)s", **_two(words))

    def _figure_domain(self, _words, _value):
        return ""

    def _figure_stage_fixed(self, words, _value):
        return self.env._(
            "%(value)s h in “%(stage)s”, limit %(limit)s h",
            value=words["value"],
            stage=words["stage"],
            limit=words["limit"],
        )

    def _figure_stage_mean(self, words, _value):
        return self.env._(
            "%(hours)s h in “%(stage)s”, %(value)s times the mean of %(mean)s h",
            hours=words.get("hours", "–"),
            stage=words["stage"],
            value=words["value"],
            mean=words.get("mean", "–"),
        )

    def _figure_promise_risk(self, words, value):
        if value < 0:
            return self.env._(
                "promised %(hours)s h ago, still in “%(stage)s”",
                hours=_number(-value),
                stage=words["stage"],
            )
        return self.env._(
            "%(hours)s h to the promise, still in “%(stage)s”",
            hours=words["value"],
            stage=words["stage"],
        )

    def _figure_kit_shortage(self, words, _value):
        return self.env._("%(value)s parts missing", value=words["value"])

    def _figure_demand_stock(self, words, _value):
        return self.env._(
            "demand %(demand)s, stock %(stock)s",
            demand=_number(words.get("demand") or 0),
            stock=_number(words.get("stock") or 0),
        )

    def _figure_workcenter_queue(self, words, _value):
        return self.env._("%(value)s orders waiting, limit %(limit)s", **_two(words))

    def _figure_supplier_late(self, words, _value):
        due = fields.Datetime.to_datetime(str(words["due"]).replace("T", " ")[:19])
        return self.env._(
            "%(value)s days late, due %(due)s",
            value=words["value"],
            due=format_datetime(self.env, due, dt_format="short"),
        )

    def _figure_credit_near(self, words, value):
        return self.env._(
            "%(percent)s %% of the limit used: %(used)s of %(limit)s",
            percent=_number(100 * value),
            used=_number(words.get("used") or 0),
            limit=_number(words.get("allowed") or 0),
        )

    def _figure_margin_off(self, words, _value):
        return self.env._(
            "margin %(margin)s %%, usually %(target)s %%",
            margin=words.get("margin", "–"),
            target=words.get("target", "–"),
        )

    def _figure_change_count(self, words, _value):
        return self.env._("changed %(value)s times", value=words["value"])

    def _figure_inbound_failed(self, words, _value):
        return self.env._(
            "%(value)s failed in %(days)s days",
            value=words["value"],
            days=words.get("days", "–"),
        )


def _number(value):
    """Return a figure with at most two digits after the point, and no empty ones."""
    text = f"{float(value):.2f}"
    return text.rstrip("0").rstrip(".")


def _two(words):
    return {"value": words["value"], "limit": words["limit"]}
