"""Two colleagues, two orders, one customer's last credit, in the same second.

Each colleague is a process of its own with its own connection to a server with two
worker processes. That the two really met inside the server is not assumed: its log
must say that one request ran into the other and was run again.
"""

import multiprocessing
import re
import xmlrpc.client
from dataclasses import dataclass

import pytest

from api_world import Session, set_policies_aside

ROUNDS = 4
PASSWORD = "credit-race-2026"
GROUPS = (
    "order_hub.order_hub_group_supervisor",
    "sales_team.group_sale_salesman_all_leads",
    "mrp.group_mrp_manager",
)
#: Odoo's words when it runs a request again (``odoo.service.model.retrying``).
AGAIN = re.compile(r"(.*), \d tries left, try again in")


class Dealer:
    """A customer with 12,300 left, a colleague or two, and what they do."""

    def __init__(self, server):
        self.server = server
        self.admin = Session(server, "admin", "admin")
        set_policies_aside(self.admin)
        self.product = self._make(
            "product.product",
            {
                "name": "Race part",
                "type": "service",
                "invoice_policy": "order",
                "list_price": 100,
                "taxes_id": [(6, 0, [])],
            },
        )
        self.asker = self._user("race_asker")
        self.boss = self._user("race_boss")

    def _make(self, model: str, vals: dict) -> int:
        [made] = self.admin(model, "create", [vals])
        return made

    def _user(self, login: str) -> Session:
        """Somebody whose role opens every stage: only credit can be in the way."""
        groups = [self.admin.ref(name) for name in GROUPS]
        self._make(
            "res.users",
            {
                "name": login,
                "login": login,
                "password": PASSWORD,
                "group_ids": [(6, 0, groups)],
            },
        )
        return Session(self.server, login, PASSWORD)

    def customer(self, number: int) -> int:
        """A customer of whose 200,000 a confirmed order has taken 187,700."""
        partner = self._make(
            "res.partner", {"name": f"Race dealer {number}", "credit_limit": 200_000}
        )
        self.admin("sale.order", "action_confirm", [self.order(partner, 187_700)])
        return partner

    def order(self, partner: int, amount: float) -> int:
        line = {"product_id": self.product, "price_unit": amount}
        return self._make(
            "sale.order", {"partner_id": partner, "order_line": [(0, 0, line)]}
        )

    def temporary_credit(self, partner: int, use: str) -> int:
        """50,000, asked for by one and approved by another."""
        vals = {"partner_id": partner, "amount": 50_000, "use": use, "reason": "Race"}
        [made] = self.asker("order.hub.credit.grant", "create", [vals])
        self.boss("order.hub.credit.grant", "action_approve", [made])
        return made

    def figures(self, partner: int) -> dict:
        [row] = self.admin.read(
            "order.hub.credit",
            [("partner_id", "=", partner)],
            ["uninvoiced", "temporary", "headroom"],
        )
        return row

    def states(self, orders: list) -> list:
        rows = self.admin.read("sale.order", [("id", "in", orders)], ["state"])
        return sorted(row["state"] for row in rows)

    def reruns(self) -> int:
        """How many requests were run again, according to the server's log."""
        return len(AGAIN.findall(self.server.log.read_text(errors="replace")))


@pytest.fixture(scope="module")
def dealer(new_server):
    """A server with two worker processes and a log of what is run again."""
    from platform_kit import server as servers

    options = ("--workers=2", f"--gevent-port={servers.any_free_port()}")
    made = new_server(options=(*options, "--max-cron-threads=0"))
    # What the race is about: the one who comes second is refused.
    made.allow_log(r"Order \S+ (cannot go on:|is confirmed and cannot grow)")
    yield Dealer(made)
    made.stop()


@dataclass
class Colleague:
    """What a process of its own needs to send its calls."""

    url: str
    db: str
    uid: int

    def __call__(self, together, answers, calls):
        objects = xmlrpc.client.ServerProxy(
            f"{self.url}/xmlrpc/2/object", allow_none=True
        )
        for model, method, arguments in calls:
            together.wait(timeout=120)
            try:
                answers.put(
                    objects.execute_kw(
                        self.db, self.uid, PASSWORD, model, method, arguments
                    )
                    and "ok"
                )
            except xmlrpc.client.Fault as fault:
                answers.put(fault.faultString)
            except Exception as error:  # reported by the parent, not lost
                answers.put(f"broken: {error}")


def at_once(dealer, *lists):
    """Send the calls of two lists from a process each, pair by pair at once."""
    spawn = multiprocessing.get_context("spawn")
    together, answers = spawn.Barrier(2), spawn.Queue()
    common = xmlrpc.client.ServerProxy(f"{dealer.server.url}/xmlrpc/2/common")
    db = dealer.server.db
    processes = [
        spawn.Process(
            target=Colleague(
                dealer.server.url, db, common.authenticate(db, login, PASSWORD, {})
            ),
            args=(together, answers, calls),
        )
        for login, calls in zip(("race_asker", "race_boss"), lists, strict=True)
    ]
    for process in processes:
        process.start()
    found = [answers.get(timeout=240) for calls in lists for _call in calls]
    for process in processes:
        process.join(timeout=60)
        assert process.exitcode == 0
    return found


@pytest.mark.parametrize("use", ["revolving", "single"])
def test_two_orders_of_45_000_at_once_one_passes(dealer, use):
    before, ones, twos, partners = dealer.reruns(), [], [], []
    for number in range(ROUNDS):
        partner = dealer.customer(number)
        dealer.temporary_credit(partner, use)
        partners.append(partner)
        ones.append(dealer.order(partner, 45_000))
        twos.append(dealer.order(partner, 45_000))
    answers = at_once(
        dealer,
        [("sale.order", "action_confirm", [[order]]) for order in ones],
        [("sale.order", "action_confirm", [[order]]) for order in twos],
    )
    assert sum(answer == "ok" for answer in answers) == ROUNDS, answers
    refused = [answer for answer in answers if answer != "ok"]
    # The loser is told what is left by now, not what was before.
    left = "17,300.00 left" if use == "revolving" else "32,700.00 left"
    assert all(left in text for text in refused), refused
    for partner, one, two in zip(partners, ones, twos, strict=True):
        assert dealer.states([one, two]) == ["draft", "sale"]
        assert dealer.figures(partner)["uninvoiced"] == 232_700
    assert dealer.reruns() > before, "not one of the rounds was a race"


def test_a_confirmation_and_a_raise_at_once_do_not_both_take_the_rest(dealer):
    before, raises, confirms, partners = dealer.reruns(), [], [], []
    for number in range(ROUNDS):
        partner = dealer.customer(100 + number)
        grown = dealer.order(partner, 1_000)
        dealer.admin("sale.order", "action_confirm", [grown])
        [row] = dealer.admin.read("sale.order", [("id", "=", grown)], ["order_line"])
        partners.append(partner)
        raises.append((row["order_line"], {"price_unit": 12_000}))
        confirms.append(dealer.order(partner, 11_000))
    answers = at_once(
        dealer,
        [("sale.order.line", "write", list(call)) for call in raises],
        [("sale.order", "action_confirm", [[order]]) for order in confirms],
    )
    assert sum(answer == "ok" for answer in answers) == ROUNDS, answers
    for partner in partners:
        assert dealer.figures(partner)["headroom"] >= 0
    assert dealer.reruns() > before, "not one of the rounds was a race"
