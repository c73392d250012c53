from bisect import bisect_left, bisect_right
from collections import Counter

from odoo import models
from odoo.tools import SQL

from ..engine import escalation, hysteresis
from ..engine.calendars import aware, naive
from ..engine.grouping import group_key
from ..engine.hysteresis import OPEN, Reading, Warned
from ..engine.severity import rank

#: Records that are decided in one go, and committed together.
BATCH = 10_000
#: Columns of a warning that a cycle may change, with their types.
CHANGING = {
    "state": "varchar",
    "value": "numeric",
    "figures": "jsonb",
    "first_seen": "timestamp",
    "last_seen": "timestamp",
    "seen_count": "int",
    "opened_at": "timestamp",
    "snoozed_until": "timestamp",
    "back_at": "timestamp",
    "told_at": "timestamp",
    "next_escalation_at": "timestamp",
}
#: Columns of a new warning that differ from row to row.
BEGINNING = {
    "res_id": "int",
    "order_id": "int",
    "company_id": "int",
    "group_key": "varchar",
    **{name: CHANGING[name] for name in list(CHANGING)[:7]},
    "next_escalation_at": "timestamp",
}


class OrderHubWarningCycle(models.AbstractModel):
    """From what was measured to warnings: decided in batches, written in statements.

    A batch is a range of record ids: what was measured there, and the warnings that
    stand there, are looked at together. Plain tuples; no record per warning.
    """

    _inherit = "order.hub.warning.cycle"

    def _settle(self, rule, rows, now):
        """Decide all records of a rule, a batch after the other.

        :param rows: what ``order.hub.warning.measure._rows`` found
        :return: ``Counter``; ``None``: another cycle has taken the rule meanwhile
        """
        done = Counter()
        ids = [row[0] for row in rows]
        known = self._known_ids(rule)
        for low, high in _ranges(sorted({*ids, *known}), BATCH):
            if not self._claim(rule.id):
                return None
            part = rows[bisect_left(ids, low) : bisect_right(ids, high)]
            with self.env.cr.savepoint(flush=False):
                done.update(self._settle_part(rule, part, low, high, now))
            self._commit()
        self.env["order.hub.warning"].invalidate_model(flush=False)
        return done

    def _settle_part(self, rule, rows, low, high, now):
        """Decide the records of one range and write what changes."""
        found = {(row[0], row[2] or 0): row for row in rows}
        limits = rule._limits()
        readings = [
            ((row[0], row[2] or 0), Reading(row[3], limits, row[4] and aware(row[4])))
            for row in rows
        ]
        ids, before = self._before(rule, low, high)
        cycle = hysteresis.cycle(before, readings, aware(now), rule.minutes)
        self._insert(rule, cycle.begun, found)
        self._update(rule, cycle.kept, before, ids, found)
        self._resolve([(ids[key][0], one) for key, one in cycle.resolved.items()])
        self._forget([ids[key][0] for key in cycle.forgotten])
        was_open = sum(1 for one in cycle.begun.values() if one.state == OPEN)
        held = sum(
            1
            for key, one in cycle.kept.items()
            if one.state == OPEN and before[key].state == hysteresis.PENDING
        )
        return Counter(opened=was_open + held, resolved=len(cycle.resolved))

    # === READ === #

    def _known_ids(self, rule):
        """Return the records that have a warning of the rule, in order."""
        rows = self.env.execute_query(
            SQL(
                """SELECT res_id FROM order_hub_warning
                    WHERE rule_id = %s AND state != 'resolved' ORDER BY res_id""",
                rule.id,
            )
        )
        return [id_ for [id_] in rows]

    def _before(self, rule, low, high):
        """Return the warnings of a range of records.

        :return: ``{key: (id, next_escalation_at)}`` and ``{key: Warned}``
        """
        rows = self.env.execute_query(
            SQL(
                """SELECT res_id, COALESCE(company_id, 0), id, next_escalation_at,
                          state, first_seen, last_seen, seen_count, value::float,
                          opened_at, snoozed_until, back_at, told_at, escalated_to
                     FROM order_hub_warning
                    WHERE rule_id = %s AND res_id BETWEEN %s AND %s
                      AND state != 'resolved'""",
                rule.id,
                low,
                high,
            )
        )
        ids = {(row[0], row[1]): (row[2], row[3]) for row in rows}
        return ids, {(row[0], row[1]): _warned(row[4:]) for row in rows}

    # === WRITE === #

    def _insert(self, rule, begun, found):
        """Open warnings in one statement; one that stands already is counted."""
        if not begun:
            return
        cells = [
            {
                "res_id": key[0],
                "order_id": found[key][1],
                "company_id": key[1] or None,
                "group_key": group_key(rule.group_by, rule.id, found[key][6]) or None,
                "figures": found[key][5],
                "next_escalation_at": _naive(escalation.next_at(one, ())),
                **_moments(one),
            }
            for key, one in begun.items()
        ]
        self.env.execute_query(
            SQL(
                """INSERT INTO order_hub_warning
                          (rule_id, res_model, severity, severity_rank, threshold,
                           escalated_to, escalation_step, create_uid, write_uid,
                           create_date, write_date, %(columns)s)
                   SELECT %(rule)s, %(model)s, %(severity)s, %(rank)s, %(threshold)s,
                          0, 0, %(uid)s, %(uid)s, now() AT TIME ZONE 'UTC',
                          now() AT TIME ZONE 'UTC', new.* FROM %(rows)s
                       ON CONFLICT (rule_id, res_model, res_id,
                                    COALESCE(company_id, 0))
                          WHERE state != 'resolved'
                DO UPDATE SET last_seen = EXCLUDED.last_seen,
                          seen_count = order_hub_warning.seen_count + 1,
                          value = EXCLUDED.value, figures = EXCLUDED.figures
                RETURNING id""",
                columns=SQL(", ").join(map(SQL.identifier, BEGINNING)),
                rule=rule.id,
                model=rule.res_model,
                severity=rule.severity,
                rank=rank(rule.severity),
                threshold=rule.threshold,
                uid=self.env.uid,
                rows=_table("new", BEGINNING, cells),
            )
        )

    def _update(self, rule, kept, before, ids, found):
        """Write what changed in warnings that stay."""
        if not kept:
            return
        types = {"id": "int", **CHANGING}
        cells = [
            {
                "id": ids[key][0],
                "figures": found[key][5] if key in found else None,
                "next_escalation_at": _next(one, before[key], ids[key][1]),
                **_moments(one),
            }
            for key, one in kept.items()
        ]
        self.env.execute_query(
            SQL(
                """UPDATE order_hub_warning old SET %s, threshold = %s,
                          figures = COALESCE(new.figures, old.figures)
                     FROM %s WHERE old.id = new.id RETURNING old.id""",
                _assignments([name for name in CHANGING if name != "figures"]),
                rule.threshold,
                _table("new", types, cells),
            )
        )

    def _resolve(self, pairs):
        """Close warnings whose condition has gone, and the to-dos on them.

        :param pairs: ``(warning id, Warned)`` …
        """
        if not pairs:
            return
        types = {
            "id": "int",
            "value": "numeric",
            "resolved_at": "timestamp",
            "resolved_how": "varchar",
        }
        cells = [
            {
                "id": id_,
                "value": one.value,
                "resolved_at": _naive(one.resolved_at),
                "resolved_how": one.resolved_how,
            }
            for id_, one in pairs
        ]
        self.env.execute_query(
            SQL(
                """UPDATE order_hub_warning old SET %s, state = 'resolved',
                          snoozed_until = NULL, next_escalation_at = NULL,
                          inhibited_by_id = NULL
                     FROM %s WHERE old.id = new.id RETURNING old.id""",
                _assignments(list(types)[1:]),
                _table("new", types, cells),
            )
        )
        self.env["order.hub.warning"].browse(
            [id_ for id_, _one in pairs]
        )._close_todos()

    def _forget(self, ids):
        """Take away warnings that were never opened: nobody has seen them."""
        if ids:
            self.env.execute_query(
                SQL(
                    """DELETE FROM order_hub_warning
                        WHERE id = ANY(%s) AND state = 'pending' RETURNING id""",
                    ids,
                )
            )


# === HELPERS === #


def _ranges(ids, size):
    """Return the first and last of each batch of sorted ids."""
    return [
        (ids[start], ids[min(start + size, len(ids)) - 1])
        for start in range(0, len(ids), size)
    ]


def _warned(row):
    """Return a warning for the engine: ``state`` … ``escalated_to`` as stored."""
    state, first, last, count, value, opened, until, back, told, escalated = row
    return Warned(
        state,
        aware(first),
        aware(last),
        count,
        value,
        opened and aware(opened),
        until and aware(until),
        back and aware(back),
        told and aware(told),
        escalated,
    )


def _moments(one):
    """Return the columns of a warning, as the engine left it."""
    return {
        "state": one.state,
        "value": one.value,
        "first_seen": _naive(one.first_seen),
        "last_seen": _naive(one.last_seen),
        "seen_count": one.seen_count,
        "opened_at": _naive(one.opened_at),
        "snoozed_until": _naive(one.snoozed_until),
        "back_at": _naive(one.back_at),
        "told_at": _naive(one.told_at),
    }


def _naive(moment):
    return moment and naive(moment)


def _next(one, before, stored):
    """Return when to look at a warning again; a wait that was set stays."""
    if (one.state, one.back_at) == (before.state, before.back_at):
        return stored
    return _naive(escalation.next_at(one, ()))


def _table(alias, types, cells):
    """Return rows as a table: one array a column, however many there are."""
    arrays = [
        SQL("%s::%s[]", [cell[name] for cell in cells], SQL(type_))  # pylint: disable=sql-injection
        for name, type_ in types.items()
    ]
    return SQL(
        "unnest(%s) AS %s(%s)",
        SQL(", ").join(arrays),
        SQL.identifier(alias),
        SQL(", ").join(map(SQL.identifier, types)),
    )


def _assignments(names):
    return SQL(", ").join(
        SQL("%s = %s", SQL.identifier(name), SQL.identifier("new", name))
        for name in names
    )
