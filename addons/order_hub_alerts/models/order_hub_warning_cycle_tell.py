from collections import defaultdict, namedtuple
from dataclasses import dataclass

from odoo import models
from odoo.tools import SQL

from ..engine import escalation, grouping, inhibition, mutes
from ..engine.calendars import aware
from ..engine.hysteresis import OPEN, Warned
from ..engine.severity import rank
from .order_hub_warning_clock import AHEAD, PAST
from .order_hub_warning_cycle_store import _naive, _table

#: Warnings that are told in one go, the gravest first; the others follow.
AT_ONCE = 50_000
#: A warning that is to be told, as stored.
Due = namedtuple(
    "Due",
    "id rule_id company_id res_model res_id order_id severity group_key value "
    "threshold figures first_seen opened_at back_at told_at escalated_to",
)


@dataclass(frozen=True)
class Spoken:
    """A warning that is told now: what of it, and what it becomes."""

    row: Due
    notice: escalation.Notice
    warned: Warned

    @property
    def severity(self):
        """Return how grave it is from now on: never less than before."""
        return min(self.notice.severity or "info", self.row.severity, key=rank)

    @property
    def why(self):
        """Return what the notice is for; those of one reason are put together."""
        if self.notice.is_first:
            return grouping.FIRST
        return f"step,{self.notice.steps[-1].minutes}"


class OrderHubWarningCycle(models.AbstractModel):
    """What is silent, what is due to be told, and to whom.

    What is told and that it was told are written in one transaction.
    """

    _inherit = "order.hub.warning.cycle"

    # === INHIBITION === #

    def _silence(self):
        """Silence consequences of known causes; let speak whose cause has gone."""
        edges = self._edges()
        change = inhibition.changes(self._silent(edges), edges)
        pairs = [*change.silenced.items(), *((id_, None) for id_ in change.released)]
        if not pairs:
            return
        cells = [{"id": id_, "cause": cause or None} for id_, cause in pairs]
        self.env.execute_query(
            SQL(
                """UPDATE order_hub_warning old SET inhibited_by_id = new.cause
                     FROM %s WHERE old.id = new.id RETURNING old.id""",
                _table("new", {"id": "int", "cause": "int"}, cells),
            )
        )
        self.env["order.hub.warning"].invalidate_model(["inhibited_by_id"])

    def _edges(self):
        """Return ``{rule id: [ids of rules it silences]}`` of active rules."""
        self.env["order.hub.warning.rule"].flush_model(["active", "inhibits_ids"])
        rows = self.env.execute_query(
            SQL(
                """SELECT link.rule_id, link.inhibited_id
                     FROM order_hub_warning_rule_inhibits_rel link
                     JOIN order_hub_warning_rule cause
                       ON cause.id = link.rule_id AND cause.active"""
            )
        )
        edges = defaultdict(list)
        for rule, inhibited in rows:
            edges[rule].append(inhibited)
        return edges

    def _silent(self, edges):
        """Return the warnings that silence, may be silenced, or are silent now."""
        rules = {*edges, *(rule for others in edges.values() for rule in others)}
        rows = self.env.execute_query(
            SQL(
                """SELECT id, rule_id, res_model, res_id, order_id, group_key,
                          company_id, severity, state, inhibited_by_id
                     FROM order_hub_warning
                    WHERE state NOT IN ('resolved', 'pending')
                      AND (rule_id = ANY(%s) OR inhibited_by_id IS NOT NULL)""",
                list(rules),
            )
        )
        return [
            inhibition.Silent(
                id_,
                rule,
                inhibition.tokens(model, res_id, order or 0, group or ""),
                company or 0,
                severity,
                state,
                inhibited or 0,
            )
            for id_, rule, model, res_id, order, group, company, severity, state, (
                inhibited
            ) in rows
        ]

    # === TELLING === #

    def _tell_due(self, now):
        """Tell what is due: first notices, those that came back, escalation steps.

        :return: how many warnings were told
        """
        if not self._claim(0):
            return 0
        due = self._not_muted(self._due(now), now)
        spoken = self._spoken(due, now)
        spoken = self._not_pausing(spoken, now)
        if not spoken:
            return 0
        self._send(spoken, now)
        self._act(spoken, now)
        self._note_told(spoken, now)
        return len(spoken)

    def _due(self, now):
        """Return the warnings whose moment has come, the gravest first."""
        rows = self.env.execute_query(
            SQL(
                """SELECT id, rule_id, company_id, res_model, res_id, order_id,
                          severity, group_key, value::float, threshold::float, figures,
                          first_seen, opened_at, back_at, told_at, escalated_to
                     FROM order_hub_warning
                    WHERE state = 'open' AND inhibited_by_id IS NULL
                      AND next_escalation_at <= %s
                 ORDER BY severity_rank, id LIMIT %s""",
                now,
                AT_ONCE,
            )
        )
        return [Due(*row) for row in rows]

    def _not_muted(self, due, now):
        """Return what may be told now; the others wait for the end of their mute."""
        rules = self._rules({row.rule_id for row in due})
        until, waiting = {}, []
        for row in due:
            key = (row.rule_id, row.company_id)
            if key not in until:
                until[key] = self._muted_until(rules[key[0]], key[1], now)
            if until[key]:
                waiting.append((row.id, _naive(until[key])))
        self._wait(waiting)
        return [row for row in due if not until[row.rule_id, row.company_id]]

    def _rules(self, ids):
        """Return ``{id: rule}``."""
        found = self.env["order.hub.warning.rule"].with_context(active_test=False)
        return {rule.id: rule for rule in found.browse(ids)}

    def _muted_until(self, rule, company_id, now):
        """Return until when a rule is mute in a company; ``None``: it may speak."""
        if not rule.mute_ids:
            return None
        return rule.mute_ids._until(self._company(rule, company_id), now)

    def _company(self, rule, company_id):
        companies = self.env["res.company"].sudo()
        return companies.browse(company_id) or rule.company_id or self.env.company

    def _spoken(self, due, now):
        """Return what is told of each warning now."""
        steps = {
            rule.id: [step._step() for step in rule.escalation_ids]
            for rule in self._rules({row.rule_id for row in due}).values()
        }
        working, found = self._working_times(due, now), []
        for row in due:
            warned = _warned(row)
            notice = escalation.notice(
                row.id,
                warned,
                steps[row.rule_id],
                aware(now),
                working.get((row.rule_id, row.company_id)),
            )
            if notice:
                found.append(Spoken(row, notice, warned))
        return found

    def _working_times(self, due, now):
        """Return ``{(rule id, company id): WorkingTime}`` of rules that count so."""
        clock, found, by_company = self.env["order.hub.warning.clock"], {}, {}
        rules = self._rules({row.rule_id for row in due})
        for rule_id, company_id in {(row.rule_id, row.company_id) for row in due}:
            if not rules[rule_id].is_working_time:
                continue
            company = self._company(rules[rule_id], company_id)
            if company not in by_company:
                by_company[company] = clock._working(company, now - PAST, now + AHEAD)
            found[rule_id, company_id] = by_company[company]
        return found

    def _not_pausing(self, spoken, now):
        """Return what is told now; who joins a group just told of waits for its end."""
        rules = self._rules({one.row.rule_id for one in spoken})
        by_rule = defaultdict(list)
        for one in spoken:
            by_rule[one.row.rule_id].append(one)
        told, later = self._told_groups(rules, now), {}
        for rule_id, ones in by_rule.items():
            later |= grouping.bundle(
                map(_member, ones), told, aware(now), rules[rule_id].pause_minutes
            ).later
        self._wait([(id_, _naive(until)) for id_, until in later.items()])
        return [one for one in spoken if one.row.id not in later]

    def _told_groups(self, rules, now):
        """Return the last notice of each group, ``{Member.key: grouping.Told}``."""
        rows = self.env.execute_query(
            SQL(
                """SELECT DISTINCT ON (rule_id, group_key)
                          rule_id, group_key, told_at, severity
                     FROM order_hub_warning
                    WHERE rule_id = ANY(%s) AND group_key IS NOT NULL
                      AND told_at > %s AND told_at <= %s
                 ORDER BY rule_id, group_key, told_at DESC, severity_rank""",
                [rule.id for rule in rules.values() if rule.group_by != "none"],
                now - mutes.DAY,
                now,
            )
        )
        return {
            (rule, group, grouping.FIRST): grouping.Told(aware(at), severity)
            for rule, group, at, severity in rows
        }

    def _wait(self, pairs):
        """Look at warnings again later.

        :param pairs: ``(warning id, naive UTC)`` …
        """
        if not pairs:
            return
        cells = [{"id": id_, "until": until} for id_, until in pairs]
        self.env.execute_query(
            SQL(
                """UPDATE order_hub_warning old SET next_escalation_at = new.until
                     FROM %s WHERE old.id = new.id RETURNING old.id""",
                _table("new", {"id": "int", "until": "timestamp"}, cells),
            )
        )

    def _act(self, spoken, now):
        """Start the actions of rules whose warnings have opened or come back."""
        if "action_ids" not in self.env["order.hub.warning.rule"]._fields:
            return
        by_rule = defaultdict(list)
        for one in spoken:
            if one.notice.is_first:
                by_rule[one.row.rule_id].append(one.row.id)
        for rule_id, rule in self._rules(by_rule).items():
            if rule.action_ids:
                warnings = self.env["order.hub.warning"].browse(by_rule[rule_id])
                rule.action_ids._run(warnings, now)

    def _note_told(self, spoken, now):
        """Remember what was told, and when to look again."""
        rules = self._rules({one.row.rule_id for one in spoken})
        working = self._working_times([one.row for one in spoken], now)
        steps = {
            rule.id: [step._step() for step in rule.escalation_ids]
            for rule in rules.values()
        }
        cells = [
            _told_cells(
                one,
                steps[one.row.rule_id],
                working.get((one.row.rule_id, one.row.company_id)),
                now,
            )
            for one in spoken
        ]
        types = {
            "id": "int",
            "told_at": "timestamp",
            "escalated_to": "int",
            "escalation_step": "int",
            "next_escalation_at": "timestamp",
            "severity": "varchar",
            "severity_rank": "int",
        }
        self.env.execute_query(
            SQL(
                """UPDATE order_hub_warning old SET told_at = new.told_at,
                          escalated_to = new.escalated_to,
                          escalation_step = new.escalation_step,
                          next_escalation_at = new.next_escalation_at,
                          severity = new.severity, severity_rank = new.severity_rank
                     FROM %s WHERE old.id = new.id RETURNING old.id""",
                _table("new", types, cells),
            )
        )
        self.env["order.hub.warning"].invalidate_model(flush=False)


# === HELPERS === #


def _warned(row):
    """Return an open warning for the engine, as far as telling looks at it."""
    return Warned(
        OPEN,
        aware(row.first_seen),
        aware(row.first_seen),
        opened_at=aware(row.opened_at),
        back_at=row.back_at and aware(row.back_at),
        told_at=row.told_at and aware(row.told_at),
        escalated_to=row.escalated_to or 0,
    )


def _member(one):
    row = one.row
    return grouping.Member(
        row.id, row.rule_id, row.group_key or "", one.severity, one.why
    )


def _told_cells(one, steps, working, now):
    """Return the columns of a warning after it was told."""
    warned = escalation.told(one.warned, one.notice, aware(now))
    return {
        "id": one.row.id,
        "told_at": _naive(warned.told_at),
        "escalated_to": warned.escalated_to,
        "escalation_step": escalation.number(warned, steps),
        "next_escalation_at": _naive(escalation.next_at(warned, steps, working)),
        "severity": one.severity,
        "severity_rank": rank(one.severity),
    }
