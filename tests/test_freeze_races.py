"""Two colleagues hand one order over to the freezing stage in the same second.

As in the races for credit: two processes, a server with two workers, and its log
must say that one request ran into the other and was run again.
"""

import pytest

from test_credit_races import ROUNDS, Dealer, at_once


class Planner(Dealer):
    """A flow that freezes when soldering is planned, and a board to solder."""

    def __init__(self, server):
        super().__init__(server)
        order_type = self._make(
            "order.hub.order.type",
            {"name": "Race PCBA", "code": "race_pcba", "sequence": -5},
        )
        self.flow = self._make(
            "order.hub.flow",
            {
                "name": "Race PCBA",
                "sequence": -5,
                "order_type_ids": [(6, 0, [order_type])],
                "stage_ids": [
                    (0, 0, {"name": "Received", "milestone": "received"}),
                    (0, 0, {"name": "Soldering", "milestone": "preparing"}),
                ],
            },
        )
        [soldering] = self.admin.read(
            "order.hub.stage",
            [("flow_id", "=", self.flow), ("milestone", "=", "preparing")],
            ["id"],
        )
        self.soldering = soldering["id"]
        vals = {"freezes_bom": True, "sequence": 50}
        self.admin("order.hub.stage", "write", [self.soldering], vals)
        self.order_type, self.board = order_type, self._board()

    def _board(self) -> int:
        part = self._make("product.product", {"name": "Race resistor"})
        board = self._make("product.product", {"name": "Race board"})
        [row] = self.admin.read(
            "product.product", [("id", "=", board)], ["product_tmpl_id"]
        )
        self._make(
            "mrp.bom",
            {
                "product_tmpl_id": row["product_tmpl_id"][0],
                "bom_line_ids": [(0, 0, {"product_id": part, "product_qty": 4})],
            },
        )
        return board

    def quotation(self) -> int:
        partner = self._make("res.partner", {"name": "Race drives"})
        line = {"product_id": self.board, "product_uom_qty": 2}
        return self._make(
            "sale.order",
            {
                "partner_id": partner,
                "hub_order_type_id": self.order_type,
                "order_line": [(0, 0, line)],
            },
        )

    def frozen(self, order: int) -> list:
        return self.admin.read(
            "order.hub.bom.freeze", [("order_id", "=", order)], ["state"]
        )


@pytest.fixture(scope="module")
def planner(new_server):
    """A server with two worker processes and a log of what is run again."""
    from platform_kit import server as servers

    options = ("--workers=2", f"--gevent-port={servers.any_free_port()}")
    made = new_server(options=(*options, "--max-cron-threads=0"))
    yield Planner(made)
    made.stop()


def test_an_order_handed_over_twice_at_once_is_frozen_once(planner):
    before = planner.reruns()
    orders = [planner.quotation() for _round in range(ROUNDS)]
    calls = [
        ("sale.order", "write", [[order], {"hub_stage_id": planner.soldering}])
        for order in orders
    ]
    answers = at_once(planner, calls, calls)
    assert answers == ["ok"] * (2 * ROUNDS), answers
    for order in orders:
        assert [row["state"] for row in planner.frozen(order)] == ["frozen"]
    assert planner.reruns() > before, "not one of the rounds was a race"
