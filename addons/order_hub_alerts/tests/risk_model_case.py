"""A company whose radar has a history of which the truth is known."""

import random
from datetime import timedelta

from odoo.tools import SQL

from odoo.addons.order_hub.tests.common import OrderHubCommon

from ..engine.radar_facts import FACTORS
from ..engine.risk_model import FEATURES, features
from ..models.order_hub_risk_model_predict import Known
from . import risk_histories as truth

ANSWERS = {True: "yes", False: "no", None: None}
NIGHTS = 120
NO_SKLEARN = dict.fromkeys(
    ("sklearn", "sklearn.ensemble", "sklearn.isotonic", "sklearn.linear_model")
)


class RiskModelCase(OrderHubCommon):
    """Made-up calls of the radar in the real tables, learned by the real library."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Model = cls.env["order.hub.risk.model"]
        cls.Call = cls.env["order.hub.risk.call"]
        cls.env["order.hub.risk.scheme"].search([]).active = False
        cls.env.flush_all()
        cls.scheme = cls._scheme(cls.company)
        cls.manager = cls._user("risk_manager", "order_hub.order_hub_group_manager")
        cls.template = cls._order(quantity=1)
        cls.now = truth.BEGIN + timedelta(days=NIGHTS + 40)

    @classmethod
    def _scheme(cls, company):
        return cls.env["order.hub.risk.scheme"].create({"company_id": company.id})

    @classmethod
    def _many_orders(cls, count, company=None):
        """Return ids of so many orders that are like each other, made at once."""
        cls.env.flush_all()
        names = [
            field.name
            for field in cls.template._fields.values()
            if field.store
            and field.column_type
            and field.name not in ("id", "hub_ref", "company_id", "access_token")
        ]
        columns = SQL(", ").join(map(SQL.identifier, names))
        rows = cls.env.execute_query(
            SQL(
                """INSERT INTO sale_order (company_id, %(columns)s)
                   SELECT %(company)s, %(columns)s
                     FROM sale_order, generate_series(1, %(count)s)
                    WHERE id = %(template)s
                RETURNING id""",
                columns=columns,
                company=(company or cls.company).id,
                count=count,
                template=cls.template.id,
            )
        )
        return [row[0] for row in rows]

    @classmethod
    def _past(cls, count, world, rule=None, radar=None, company=None, seed=7):
        """Store one decided call an order; see :func:`risk_histories.past`.

        :return: ids of the orders, the oldest call first
        """
        chance = random.Random(seed)
        orders = cls._many_orders(count, company)
        rows = []
        for number, order_id in enumerate(orders):
            share = number / count
            known = truth.known(chance)
            values = dict(zip(FEATURES, features(*known), strict=True))
            is_late = chance.random() < world(values, share)
            rows.append(
                cls._call(
                    order_id,
                    truth.BEGIN + timedelta(days=int(share * NIGHTS)),
                    known,
                    is_late,
                    company=company,
                    rule=rule and bool(rule(values, is_late, chance)),
                    colour="red" if radar and radar(values, is_late, chance) else None,
                )
            )
        cls._note(rows)
        return orders

    @classmethod
    def _call(cls, order_id, at, known, is_late, company=None, rule=None, **more):
        """Return the columns of one call.

        :param known: as :func:`risk_histories.known` makes it
        :param is_late: ``None``: not decided yet
        """
        shares, score, hours_left, slack, times = known
        agreed = at + timedelta(hours=hours_left)
        delivered = agreed + timedelta(hours=6 if is_late else -6)
        outcome = {True: "late", False: "on_time", None: None}[is_late]
        return {
            "order_id": order_id,
            "company_id": (company or cls.company).id,
            "day": at.date(),
            "at": at,
            "promised": agreed,
            "agreed": agreed,
            "colour": more.pop("colour", None) or "green",
            "score": score,
            "hours_left": hours_left,
            "slack_hours": slack,
            **{f"share_{name}": shares[name] for name in FACTORS},
            "stage_times": times,
            "rule_call": ANSWERS[rule],
            "outcome": outcome,
            "delivered": delivered if outcome else None,
            **more,
        }

    @classmethod
    def _note(cls, rows):
        """Store calls as the radar does: empty is empty, not zero."""
        names = list(rows[0])
        for start in range(0, len(rows), 500):
            values = [tuple(row[name] for name in names) for row in rows[start:][:500]]
            cls.env.cr.execute(
                SQL(
                    "INSERT INTO order_hub_risk_call (%s) VALUES %s",
                    SQL(", ").join(map(SQL.identifier, names)),
                    SQL(", ").join(SQL("%s", row) for row in values),
                )
            )
        cls.env.invalidate_all()

    @staticmethod
    def _known(seed=5, count=1):
        """Return what the radar knows of some orders."""
        chance = random.Random(seed)
        return [Known(*truth.known(chance)) for _number in range(count)]

    def _trained(self, count=800, world=truth.by_factors, rule=truth.stuck, **more):
        """Return the training on a past of so many orders."""
        self._past(count, world, rule, **more)
        return self.Model._train(self.company, self.now)
