import json

from odoo import models
from odoo.tools import SQL

#: States of manufacturing orders in which work has begun.
STARTED_STATES = ("progress", "to_close", "done")
#: Sums of the report: key → model and column that are added up.
SUMS = {
    "cost_difference": ("order.hub.ecn.order", "cost_difference"),
    "lost": ("order.hub.ecn.order", "lost_value"),
    "pieces": ("order.hub.ecn.order", "pieces"),
    "stranded_value": ("order.hub.ecn.item", "stranded_value"),
    "short_value": ("order.hub.ecn.item", "short_value"),
}


class OrderHubEcnImpact(models.AbstractModel):
    """Writes a report down: a statement a table, whatever the number of rows."""

    _inherit = "order.hub.ecn.impact"

    def _keep(self, report):
        """Write the rows of a report.

        :return: the totals, with ``added`` and ``gone``: ids of the orders that came
            and went since the report before
        """
        rows = self._rows(report)
        totals = self._totals(report, rows)
        totals.update(self._keep_orders(report.case, rows.pop("order.hub.ecn.order")))
        self._forget(report.case, rows)
        for name, of_model in rows.items():
            self._put(report.case, self.env[name], of_model)
        return totals

    # === SUMS === #

    def _totals(self, report, rows):
        """Return what the change keeps in ``impact``: sums of the rows, by stage."""
        case, productions = report.case, rows["order.hub.ecn.mo"]
        running = [row for row in productions if row["production_state"] != "done"]
        parties = rows["order.hub.ecn.party"]
        round_ = case.company.currency_id.round
        return {
            **report.impact.totals(),
            **{
                key: round_(sum(row[column] for row in rows[model]))
                for key, (model, column) in SUMS.items()
            },
            "frozen": sum(row["is_frozen"] for row in rows["order.hub.ecn.order"]),
            "past": sum(row["is_past"] for row in rows["order.hub.ecn.order"]),
            "unsourced": sum(
                row["is_unsourced"] for row in rows["order.hub.ecn.order"]
            ),
            "stages": self._stages(report),
            "mos": len(productions),
            "mos_started": sum(
                row["production_state"] in STARTED_STATES for row in productions
            ),
            "wip_value": round_(sum(row["consumed_value"] for row in running)),
            **{
                f"{kind}s": len(
                    {row["partner_id"] for row in parties if row["kind"] == kind}
                )
                for kind in ("supplier", "customer")
            },
        }

    def _stages(self, report):
        """Return a dict a stage: how many orders, pieces, past the point, switching."""
        rows: dict = {}
        for figures in report.impact.orders:
            facts = report.case.orders[figures.key]
            row = rows.setdefault(
                facts["stage"],
                {"stage": facts["stage"], "orders": 0, "past": 0, "pieces": 0.0}
                | {"switch": 0, "keep": 0, "decide": 0, "cost_difference": 0.0},
            )
            row["orders"] += 1
            row["past"] += facts["is_past"]
            row["pieces"] += figures.open
            row[figures.suggestion] += 1
            row["cost_difference"] += figures.cost_difference
        places = {
            facts["stage"]: facts["place"] for facts in report.case.orders.values()
        }
        return [
            rows[stage]
            for stage in sorted(rows, key=lambda stage: (bool(stage), places[stage]))
        ]

    # === WRITING === #

    def _keep_orders(self, case, rows):
        """Write the order rows; what was chosen by a person or is done stays."""
        gone = self._forget_orders(case)
        first = rows[0] if rows else {}
        names = [name for name in first if name not in ("choice", "order_id")]
        self._put(
            case,
            self.env["order.hub.ecn.order"],
            rows,
            SQL(
                """ON CONFLICT (ecn_id, order_id) DO UPDATE SET %s,
                   choice = CASE WHEN target.choice_by_id IS NULL
                            THEN excluded.choice ELSE target.choice END,
                   write_uid = excluded.write_uid, write_date = excluded.write_date
                   WHERE target.state = 'todo'""",
                SQL(", ").join(
                    SQL("%s = excluded.%s", SQL.identifier(name), SQL.identifier(name))
                    for name in names
                ),
            ),
        )
        added = sorted(row["order_id"] for row in rows if row["is_added"])
        return {"added": added, "gone": gone}

    def _forget_orders(self, case):
        """Take rows away that nobody worked on and that are concerned no more."""
        rows = self.env.execute_query(
            SQL(
                """DELETE FROM order_hub_ecn_order
                    WHERE ecn_id = %s AND state = 'todo' AND order_id <> ALL(%s)
                RETURNING order_id""",
                case.ecn.id,
                list(case.orders),
            )
        )
        return sorted(order for [order] in rows)

    def _forget(self, case, names):
        """Take away what a report before wrote into some tables, in one statement."""
        tables = [self.env[name]._table for name in names]
        gone = [
            SQL(
                "%s AS (DELETE FROM %s WHERE ecn_id = %s)",
                SQL.identifier(f"gone_{table}"),
                SQL.identifier(table),
                case.ecn.id,
            )
            for table in tables
        ]
        self.env.cr.execute(SQL("WITH %s SELECT", SQL(", ").join(gone)))

    def _put(self, case, model, rows, conflict=None):
        """Insert rows of one change, all in one statement.

        :param rows: dicts with the same keys (stored fields)
        :param conflict: what to do with rows that are known; the table is ``target``
        """
        model.invalidate_model(flush=False)
        case.ecn.invalidate_recordset(
            ["order_ids", "item_ids", "mo_ids", "purchase_ids", "party_ids"],
            flush=False,
        )
        if not rows:
            return
        names = list(rows[0])
        stamp = {
            "ecn_id": case.ecn.id,
            "company_id": case.company.id,
            "create_uid": self.env.uid,
            "write_uid": self.env.uid,
        }
        self.env.execute_query(
            SQL(
                """INSERT INTO %(table)s AS target
                          (%(names)s, %(stamped)s, create_date, write_date)
                   SELECT %(names)s, %(stamps)s, now() AT TIME ZONE 'UTC',
                          now() AT TIME ZONE 'UTC'
                     FROM jsonb_to_recordset(%(rows)s::jsonb) AS source(%(columns)s)
                   %(conflict)s RETURNING id""",
                table=SQL.identifier(model._table),
                names=SQL(", ").join(map(SQL.identifier, names)),
                stamped=SQL(", ").join(map(SQL.identifier, stamp)),
                stamps=SQL(", ").join(SQL("%s", value) for value in stamp.values()),
                rows=json.dumps(rows),
                columns=SQL(", ").join(self._column(model, name) for name in names),
                conflict=conflict or SQL(),
            )
        )

    def _column(self, model, name):
        kind = SQL(model._fields[name].column_type[1])  # pylint: disable=sql-injection
        return SQL("%s %s", SQL.identifier(name), kind)
