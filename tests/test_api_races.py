"""Two real client processes, two real server processes, one order.

The clients wait for each other right before they send. That the requests then met
inside the server is not assumed: the server's log must say that one of them ran into
the other and was run again. Both transports do that by ``odoo.service.model.retrying``
(XML-RPC in ``execute_cr``, JSON-2 in ``http.Request._serve_db``).
"""

import multiprocessing
import re
from dataclasses import dataclass

import pytest

from api_world import CHANNEL, Json2, XmlRpc, world_of

MOVES = 8
#: Odoo's words when it runs a request again (``odoo.service.model.retrying``).
AGAIN = re.compile(r"(.*), \d tries left, try again in")


@pytest.fixture(scope="module")
def world(new_server):
    """A server with two worker processes and a log of what is run again."""
    from platform_kit import server as servers

    options = ("--workers=2", f"--gevent-port={servers.any_free_port()}")
    made = new_server(options=(*options, "--max-cron-threads=0"))
    # What the race is about: the index that keeps the second one out.
    made.allow_log(
        r"violates unique constraint \"(sale_order_hub_external"
        r"|order_hub_channel_partner_number)_uniq\""
    )
    yield world_of(made)
    made.stop()


@dataclass
class Caller:
    """What a process of its own needs to call the API."""

    transport: str
    url: str
    db: str
    key: str

    def client(self):
        if self.transport == "json2":
            return Json2(self.url, self.db, self.key)
        return XmlRpc(self.url, self.db, "api_integrator", self.key)

    def __call__(self, together, answers, method, calls):
        client = self.client()
        for arguments in calls:
            together.wait(timeout=120)
            try:
                answers.put(client.call(method, **arguments))
            except Exception as error:  # reported by the parent, not lost
                answers.put({"ok": None, "error": str(error)})


def race(world, method, *lists, transport="json2"):
    """Make the calls of two lists from a process each, pair by pair at once.

    :param lists: two lists of arguments of the same length
    :return: the answers as they came
    """
    spawn = multiprocessing.get_context("spawn")
    together, answers = spawn.Barrier(2), spawn.Queue()
    caller = Caller(transport, world.server.url, world.server.db, world.key)
    processes = [
        spawn.Process(target=caller, args=(together, answers, method, calls))
        for calls in lists
    ]
    for process in processes:
        process.start()
    found = [answers.get(timeout=240) for calls in lists for _call in calls]
    for process in processes:
        process.join(timeout=60)
        assert process.exitcode == 0
    return found


def reruns(world):
    """Return why requests were run again, according to the server's log."""
    text = world.server.log.read_text(errors="replace")
    return [match[1] for match in AGAIN.finditer(text)]


@pytest.mark.parametrize(("transport", "rounds"), [("json2", 20), ("xmlrpc", 8)])
def test_the_same_order_submitted_twice_at_once_is_one_order(world, transport, rounds):
    numbers = [f"race-{transport}-{number}" for number in range(rounds)]
    partners, before = world.count("res.partner"), len(reruns(world))
    calls = [{"order": world.order(number)} for number in numbers]
    answers = race(world, "submit_order", calls, calls, transport=transport)
    assert all(answer["ok"] for answer in answers), answers
    by_number = {}
    for answer in answers:
        by_number.setdefault(answer["external_ref"], []).append(answer)
    assert set(by_number) == set(numbers)
    for one, two in by_number.values():
        assert one["hub_ref"] == two["hub_ref"]
        assert {one["created"], two["created"]} == {True, False}
    assert world.count("sale.order", ("hub_external_ref", "in", numbers)) == rounds
    assert world.count("res.partner") - partners <= 1
    met = [why for why in reruns(world)[before:] if "submitted twice at once" in why]
    assert met, "not one of the rounds was a race: the test proves nothing"


def test_two_processes_moving_one_order_make_one_event(world):
    orders = [world.submitted(f"move-{number}") for number in range(MOVES)]
    before = len(reruns(world))
    calls = [{"status": "packed", "hub_ref": order["hub_ref"]} for order in orders]
    answers = race(world, "push_status", calls, calls)
    assert all(answer["ok"] for answer in answers), answers
    assert {answer["stage"] for answer in answers} == {"Picked"}
    for order in orders:
        events = world.events_of(order["id"])
        assert events == ["Ordered", "Paid", "Allocated", "Picked"]
    assert len(reruns(world)) > before, "not one of the rounds was a race"


def test_two_first_orders_of_a_customer_make_one_customer(world):
    numbers = [f"busy-{number}" for number in range(10)]
    calls = [
        {"order": world.order(n, customer={"name": "Busy", "external_ref": "busy-1"})}
        for n in numbers
    ]
    answers = race(world, "submit_order", calls[:5], calls[5:])
    assert all(answer["ok"] and answer["created"] for answer in answers), answers
    rows = world.admin.read(
        "sale.order",
        [("hub_channel_id.code", "=", CHANNEL), ("hub_external_ref", "in", numbers)],
        ["partner_id"],
    )
    assert len(rows) == len(numbers)
    assert len({row["partner_id"][0] for row in rows}) == 1
