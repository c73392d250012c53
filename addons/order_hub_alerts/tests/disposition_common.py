"""Problems and cards that the tests of disposition cards use."""

from odoo.addons.order_hub.tests.common import OrderHubCommon

#: What makes a card of a problem.
LEARNED = {
    "root_cause": "炉料含水,浇注温度偏低",
    "steps": "隔离同炉号铸件,全检X光",
    "prevention": "炉料预热到200度;每班首件做探伤",
}


class DispositionCommon(OrderHubCommon):
    """A kind of problem to learn from, an order, and a company next door."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["order.hub.disposition"].search([]).active = False
        cls.kind = cls._kind("Quality", "card_quality")
        cls.other_kind = cls._kind("Parts missing", "card_parts")
        cls.order = cls._order()
        cls.elsewhere = cls.env["res.company"].create({"name": "Next Door"})

    @classmethod
    def _kind(cls, name, code, **vals):
        return cls.env["order.hub.exception.kind"].create(
            {"name": name, "code": code, "company_id": False, **vals}
        )

    @classmethod
    def _hold(cls, name="转向节铸件气孔超标", order=None, **vals):
        return cls.env["order.hub.exception"].create(
            {
                "order_id": (order or cls.order).id,
                "kind_id": cls.kind.id,
                "name": name,
                "owner_id": cls.operator.id,
                **vals,
            }
        )

    @classmethod
    def _card(cls, name="转向节铸件气孔超标", **vals):
        return cls.env["order.hub.disposition"].create(
            {"name": name, "kind_id": cls.kind.id, **LEARNED, **vals}
        )
