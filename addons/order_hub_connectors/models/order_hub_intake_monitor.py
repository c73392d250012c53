from datetime import timedelta

import pytz

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain

from ..const import FINAL_STATES

#: States of messages that wait, by the figure that counts them.
NOW = {
    "waiting": ("received", "reading", "waiting"),
    "attention": ("attention",),
    "failed": ("failed",),
}
HOURS = 24
ACCURACY_DAYS = 30
#: Classes of errors that one channel shows, the commonest.
ERRORS = 6


class OrderHubIntakeMonitor(models.AbstractModel):
    """Figures of the intake monitor: a few grouped queries, whatever is waiting.

    Every figure travels with the domain that counted it, so that a number and the
    list behind it cannot disagree.
    """

    _name = "order.hub.intake.monitor"
    _description = "Intake Monitor"

    @api.model
    def monitor_data(self):
        """Return what the monitor shows of the user's company.

        :raise AccessError: for whoever is no operator of the hub
        :return: dict: ``now`` (UTC), ``company_id``, ``totals`` (figures over all
            channels), ``channels``: list of dicts with

            - ``id``, ``name``, ``adapter`` (what it is called), ``state``,
              ``state_label``, ``reason``, ``since`` (UTC), ``pulled_at`` (UTC),
              ``can_pull``, ``last_error``, ``has_secrets`` (all required settings
              are there)
            - ``figures``: ``received``, ``processed`` (today), ``waiting``,
              ``attention``, ``failed`` (now), ``repeats``, ``differences``: each
              ``{"count", "domain", "model"}``
            - ``oldest``: ``{"hours", "domain"}`` of what waits longest, or ``False``
            - ``hours``: messages received in each of the last 24 hours, oldest first
            - ``errors``: ``[{"code", "label", "count", "domain"}]``
            - ``accuracy``: ``{"share", "count", "done", "domain", "days"}``: share
              (0 to 1) of the orders taken in that nobody had to correct, or ``False``
            - ``jobs``: ``{"waiting", "running", "failed"}``
        """
        if not self.env.user.has_group("order_hub.order_hub_group_operator"):
            raise AccessError(
                self.env._(
                    "The intake monitor is for operators of the Order Hub. Ask your "
                    "administrator for the group."
                )
            )
        now = fields.Datetime.now()
        channels = self._channels()
        found = self._collect(channels, now)
        rows = [self._channel_row(channel, found, now) for channel in channels]
        return {
            "now": fields.Datetime.to_string(now),
            "company_id": self.env.company.id,
            "channels": rows,
            "totals": self._totals(rows),
        }

    @api.model
    def _channels(self):
        """Return channels that receive something: the broken ones first."""
        channels = self.env["order.hub.channel"].search(
            [
                ("company_id", "=", self.env.company.id),
                "|",
                ("adapter", "!=", False),
                ("intake_state", "!=", "off"),
            ]
        )
        return channels.sorted(lambda channel: channel.intake_state != "broken")

    @api.model
    def _midnight(self, now):
        """Return the beginning of the user's day, naive UTC."""
        zone = pytz.timezone(self.env.user.tz or "UTC")
        local = pytz.utc.localize(now).astimezone(zone)
        start = local.replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
        return zone.localize(start).astimezone(pytz.utc).replace(tzinfo=None)

    # === DOMAINS === #

    def _domain(self, channel, name, now):
        """Return the domain that counts a figure of one channel."""
        mine = Domain("channel_id", "=", channel.id)
        midnight = fields.Datetime.to_string(self._midnight(now))
        if name == "received":
            return mine & Domain("received_at", ">=", midnight)
        if name == "processed":
            final = Domain("state", "in", FINAL_STATES)
            return mine & final & Domain("processed_at", ">=", midnight)
        return mine & Domain("state", "in", NOW[name])

    def _figure(self, count, domain, model="order.hub.inbound"):
        return {"count": count, "domain": list(domain), "model": model}

    # === ONE CHANNEL === #

    def _channel_row(self, channel, found, now):
        labels = dict(channel._fields["intake_state"]._description_selection(self.env))
        platforms = dict(channel._fields["adapter"]._description_selection(self.env))
        return {
            "id": channel.id,
            "name": channel.name,
            "adapter": platforms.get(channel.adapter, ""),
            "state": channel.intake_state,
            "state_label": labels[channel.intake_state],
            "reason": channel.intake_reason or "",
            "since": _text(channel.intake_since),
            "pulled_at": _text(channel.pulled_at),
            "can_pull": channel.can_pull,
            "last_error": channel.last_error or "",
            "has_secrets": channel.id not in found["incomplete"],
            "figures": self._figures(channel, found, now),
            "oldest": self._oldest(channel, found, now),
            "hours": found["hours"].get(channel.id, [0] * HOURS),
            "errors": self._errors(channel, found),
            "accuracy": self._accuracy(channel, found, now),
            "jobs": found["jobs"].get(channel.code)
            or {"waiting": 0, "running": 0, "failed": 0},
        }

    def _figures(self, channel, found, now):
        figures = {
            name: self._figure(
                found["today"].get((channel.id, name), 0),
                self._domain(channel, name, now),
            )
            for name in ("received", "processed")
        }
        states = found["open"].get(channel.id, {})
        for name, kinds in NOW.items():
            count = sum(states[kind][0] for kind in kinds if kind in states)
            figures[name] = self._figure(count, self._domain(channel, name, now))
        mine = Domain("channel_id", "=", channel.id)
        open_ = mine & Domain("state", "=", "open")
        repeats = found["repeats"].get(channel.id, 0)
        figures["repeats"] = self._figure(repeats, open_, "order.hub.duplicate")
        inside = Domain("reconciliation_id.channel_id", "=", channel.id)
        figures["differences"] = self._figure(
            found["differences"].get(channel.id, 0),
            inside & Domain("state", "=", "open"),
            "order.hub.reconciliation.line",
        )
        return figures

    def _oldest(self, channel, found, now):
        states = found["open"].get(channel.id, {})
        moments = [moment for _count, moment in states.values()]
        if not moments:
            return False
        oldest = min(moments)
        until = fields.Datetime.to_string(oldest + timedelta(seconds=1))
        domain = Domain("channel_id", "=", channel.id)
        domain &= Domain("state", "not in", FINAL_STATES)
        return {
            "hours": (now - oldest).total_seconds() / 3600,
            "domain": list(domain & Domain("received_at", "<", until)),
        }

    def _errors(self, channel, found):
        """Return the commonest problems of what waits for a person."""
        words = self.env["order.hub.inbound"]._inbound_words()
        rows = sorted(found["errors"].get(channel.id, ()), key=lambda row: -row[2])
        return [
            {
                "code": f"{step}.{code}",
                "label": self._error_label(words, step, code),
                "count": count,
                "domain": [
                    ("channel_id", "=", channel.id),
                    ("state", "in", ("attention", "failed")),
                    ("problem_ids", "any", [("step", "=", step), ("code", "=", code)]),
                ],
            }
            for step, code, count in rows[:ERRORS]
        ]

    def _error_label(self, words, step, code):
        """Return what a class of errors is called: its sentence without figures."""
        Inbound = self.env["order.hub.inbound"]
        sentence = words.get(f"{step}.{code}")
        if not sentence:
            return f"{step}: {code}"
        return Inbound._in_words(words, step, code, {}, "…").replace("–", "…")

    def _accuracy(self, channel, found, now):
        done, corrected = found["accuracy"].get(channel.id, (0, 0))
        if not done:
            return False
        since = fields.Datetime.to_string(now - timedelta(days=ACCURACY_DAYS))
        return {
            "share": 1 - corrected / done,
            "count": corrected,
            "done": done,
            "days": ACCURACY_DAYS,
            "domain": [
                ("channel_id", "=", channel.id),
                ("kind", "=", "order"),
                ("state", "=", "done"),
                ("received_at", ">=", since),
                ("is_corrected", "=", True),
            ],
        }

    def _totals(self, rows):
        """Return the sums over all channels; their domains name the channels."""
        totals = {}
        for name in ("received", "processed", *NOW, "repeats", "differences"):
            figures = [row["figures"][name] for row in rows]
            domain = Domain.OR(Domain(figure["domain"]) for figure in figures)
            totals[name] = self._figure(
                sum(figure["count"] for figure in figures),
                domain,
                figures[0]["model"] if figures else "order.hub.inbound",
            )
        return totals


def _text(moment):
    return fields.Datetime.to_string(moment) if moment else False
