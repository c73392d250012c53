"""Fifty orders, one last piece, one moment: a real server, real parallel requests.

Every client waits for all others right before it confirms. One order gets the piece
that lies near its customer, five get theirs from the warehouse far away, the others
are to be produced; nobody gets an error, nothing is promised twice.
"""

import threading
import xmlrpc.client

import pytest

from api_world import PASSWORD, world_of

ORDERS = 50
NEAR, FAR = 1, 5


@pytest.fixture(scope="module")
def world(new_server):
    """A server with four worker processes."""
    from platform_kit import server as servers

    options = ("--workers=4", f"--gevent-port={servers.any_free_port()}")
    made = new_server(options=(*options, "--max-cron-threads=0"))
    yield world_of(made)
    made.stop()


class Rush:
    """The warehouses, the product and the orders of the race."""

    def __init__(self, world):
        self.world, self.admin = world, world.admin
        self.china = self.admin.ref("base.cn")
        self.near = self._warehouse("Race near", "RNEAR", "Shanghai")
        self.far = self._warehouse("Race far", "RFAR", "Beijing")
        self.product = self._product()
        self._fill(self.near, NEAR)
        self._fill(self.far, FAR)
        self.channel = world.make_channel("race-shop", world.order_type)
        self._policy()
        self.orders = self._orders()

    def _make(self, model, vals):
        return self.world._make(model, vals)

    def _address(self, name, city):
        vals = {"name": name, "city": city, "country_id": self.china}
        return self._make("res.partner", vals)

    def _warehouse(self, name, code, city):
        address = self._address(name, city)
        vals = {"name": name, "code": code, "partner_id": address}
        made = self._make("stock.warehouse", vals)
        names = ["lot_stock_id", "manufacture_pull_id"]
        [row] = self.admin.read("stock.warehouse", [("id", "=", made)], names)
        return row

    def _product(self):
        [rule] = self.admin.read(
            "stock.rule",
            [("id", "=", self.near["manufacture_pull_id"][0])],
            ["route_id"],
        )
        part = self._make(
            "product.product",
            {"name": "Race blank", "is_storable": True, "taxes_id": [(6, 0, [])]},
        )
        product = self._make(
            "product.product",
            {
                "name": "Last piece",
                "default_code": "LAST-PIECE",
                "is_storable": True,
                "taxes_id": [(6, 0, [])],
                "route_ids": [(6, 0, [rule["route_id"][0]])],
            },
        )
        [row] = self.admin.read(
            "product.product", [("id", "=", product)], ["product_tmpl_id"]
        )
        self._make(
            "mrp.bom",
            {
                "product_tmpl_id": row["product_tmpl_id"][0],
                "produce_delay": 3,
                "bom_line_ids": [(0, 0, {"product_id": part, "product_qty": 1})],
            },
        )
        return product

    def _fill(self, warehouse, quantity):
        quant = self._make(
            "stock.quant",
            {
                "product_id": self.product,
                "location_id": warehouse["lot_stock_id"][0],
                "inventory_quantity": quantity,
            },
        )
        self.admin("stock.quant", "action_apply_inventory", [quant])

    def _policy(self):
        self._make(
            "order.hub.sourcing.policy",
            {
                "name": "Race",
                "warehouse_ids": [(6, 0, [self.near["id"], self.far["id"]])],
                "channel_ids": [(6, 0, [self.channel])],
            },
        )

    def _orders(self):
        seller = self.world.user_ids["api_integrator"]
        return [
            self._make(
                "sale.order",
                {
                    "partner_id": self._address(f"Racer {number}", "Wuxi, Jiangsu"),
                    "user_id": seller,
                    "hub_channel_id": self.channel,
                    "order_line": [
                        (0, 0, {"product_id": self.product, "product_uom_qty": 1})
                    ],
                },
            )
            for number in range(ORDERS)
        ]

    # -- the race ------------------------------------------------------------------

    def confirm_all(self):
        """Confirm every order at the same moment; return ``{order: error or None}``."""
        together = threading.Barrier(ORDERS)
        answers = {}

        def confirm(order):
            proxy = xmlrpc.client.ServerProxy(
                f"{self.world.server.url}/xmlrpc/2/object", allow_none=True
            )
            uid = self.world.user_ids["api_integrator"]
            together.wait(timeout=60)
            try:
                proxy.execute_kw(
                    self.world.server.db,
                    uid,
                    PASSWORD,
                    "sale.order",
                    "action_confirm",
                    [[order]],
                )
                answers[order] = None
            except Exception as error:  # reported by the test, not lost
                answers[order] = str(error)

        threads = [
            threading.Thread(target=confirm, args=(order,)) for order in self.orders
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=300)
        return answers

    # -- what came out -------------------------------------------------------------

    def quants(self):
        """Return ``{location id: (quantity, reserved)}`` of the last pieces."""
        rows = self.admin.read(
            "stock.quant",
            [("product_id", "=", self.product), ("location_id.usage", "=", "internal")],
            ["location_id", "quantity", "reserved_quantity"],
        )
        return {
            row["location_id"][0]: (row["quantity"], row["reserved_quantity"])
            for row in rows
        }

    def chosen(self):
        """Return ``{order id: the decision in force, in words}``."""
        rows = self.admin.read(
            "order.hub.decision",
            [("order_id", "in", self.orders), ("kind", "=", "sourcing")],
            ["order_id", "chosen_text"],
            order="id",
        )
        return {row["order_id"][0]: row["chosen_text"] for row in rows}

    def moves(self, *domain):
        return self.admin.read(
            "stock.move",
            [("product_id", "=", self.product), *domain],
            ["state", "quantity", "product_uom_qty", "location_id", "sale_line_id"],
        )


@pytest.fixture(scope="module")
def rush(world):
    """The race, run once; what came of it is looked at by every test."""
    made = Rush(world)
    made.answers = made.confirm_all()
    return made


def test_nobody_gets_an_error(rush):
    assert len(rush.answers) == ORDERS
    errors = {order: error for order, error in rush.answers.items() if error}
    assert not errors, errors
    states = rush.admin.read("sale.order", [("id", "in", rush.orders)], ["state"])
    assert {row["state"] for row in states} == {"sale"}


def test_exactly_one_order_has_the_last_piece(rush):
    near = rush.near["lot_stock_id"][0]
    holding = [
        move
        for move in rush.moves(("sale_line_id", "!=", False))
        if move["state"] == "assigned" and move["location_id"][0] == near
    ]
    assert len(holding) == NEAR
    assert rush.quants()[near] == (NEAR, NEAR)


def test_nothing_is_promised_that_is_not_there(rush):
    found = rush.quants()
    assert all(reserved <= quantity for quantity, reserved in found.values()), found
    assert found[rush.far["lot_stock_id"][0]] == (FAR, FAR)


def test_the_others_are_brought_or_produced_and_say_so(rush):
    chosen = rush.chosen()
    assert set(chosen) == set(rush.orders)
    brought = [text for text in chosen.values() if "comes from Race far" in text]
    made = [text for text in chosen.values() if "to produce" in text]
    assert len(brought) == FAR, brought
    assert len(made) == ORDERS - NEAR - FAR, made
    productions = rush.admin.read(
        "mrp.production", [("product_id", "=", rush.product)], ["product_qty", "state"]
    )
    assert sum(row["product_qty"] for row in productions) == ORDERS - NEAR - FAR
    transfers = rush.moves(
        ("sale_line_id", "=", False),
        ("location_id", "=", rush.far["lot_stock_id"][0]),
        ("state", "=", "assigned"),
    )
    assert sum(move["quantity"] for move in transfers) == FAR


def test_no_order_is_left_without_a_word(rush):
    failed = rush.admin.read(
        "order.hub.exception",
        [("order_id", "in", rush.orders), ("kind_id.code", "=", "supply")],
        ["name", "description"],
    )
    assert not failed, failed
