"""Intake: from raw payloads to confirmed orders, against plain Odoo."""

import json

import data
import intake_server
from bench_orders import enter, order_values
from harness.measure import Meter
from harness.registry import benchmark, task

#: From raw payload to confirmed order at least 0.85 of plain Odoo's pace.
PACE_LIMIT = round(1 / 0.85, 3)
CODE = "bench"
#: Shares of what arrives.
DUPLICATES, BUNDLES, BROKEN = 0.10, 0.05, 0.02
#: A delivery's answer, 95 of 100, in milliseconds, while jobs run.
ANSWER_LIMIT = 150
DELIVERIES_A_SECOND = 50


# === DATA === #


@task(keep=True)
def open_channel(env, token):
    """Have a channel that takes orders as JSON, and know all customers by number."""
    channel = env["order.hub.channel"].create(
        {
            "name": "Benchmark",
            "code": CODE,
            "adapter": "webhook",
            "auto_confirm": True,
            "pull_minutes": 0,
        }
    )
    secret = channel.parameter_ids.filtered(lambda row: row.name == "secret")
    secret.value = token
    channel.action_switch_on()
    env.flush_all()
    env.cr.execute(
        """INSERT INTO order_hub_channel_partner
               (channel_id, company_id, external_ref, partner_id)
           SELECT %s, %s, ref, id FROM res_partner WHERE ref IS NOT NULL""",
        [channel.id, channel.company_id.id],
    )
    return channel.sudo().receive_token


def payloads(env, first: int, count: int) -> list:
    """Return orders as a shop sends them; the same orders as ``order_values``."""
    values = order_values(env, first, count)
    partners = dict(_pairs(env, "SELECT id, ref FROM res_partner WHERE ref != ''"))
    codes = dict(
        _pairs(env, "SELECT id, default_code FROM product_product WHERE id > 0")
    )
    return [
        {
            "external_ref": f"IN-{first + number}",
            "customer_ref": row["client_order_ref"],
            "customer": {
                "external_ref": partners[row["partner_id"]],
                "name": partners[row["partner_id"]],
            },
            "lines": [
                {
                    "sku": codes[line[2]["product_id"]],
                    "quantity": line[2]["product_uom_qty"],
                }
                for line in row["order_line"]
            ],
        }
        for number, row in enumerate(values)
    ]


def _pairs(env, query: str) -> list:
    env.cr.execute(query)
    return env.cr.fetchall()


# === PACE === #


@task(keep=True)
def take_in(env, first, count):
    """Receive raw payloads and make confirmed orders of them; return the cost."""
    from odoo.addons.order_hub_connectors.adapters.base import Message

    channel = env["order.hub.channel"].search([("code", "=", CODE)])
    rows = payloads(env, first, count)
    raws = [(row["external_ref"], json.dumps(row).encode()) for row in rows]
    Inbound = env["order.hub.inbound"]
    with Meter(env) as meter:
        Inbound._receive(channel, [Message("order", ref, raw) for ref, raw in raws])
        while claimed := Inbound._claim(channel):
            claimed._process(channel)
        env.cr.flush()
    return meter.answer(orders=count)


@task
def became(env):
    """Return how many inbound orders are in which state, and how orders stand."""
    found = dict(
        _pairs(env, "SELECT state, count(*) FROM order_hub_inbound GROUP BY state")
    )
    [[confirmed]] = _pairs(
        env,
        """SELECT count(*) FROM sale_order
            WHERE hub_inbound_id IS NOT NULL AND state = 'sale'""",
    )
    [[numbers, lost]] = _pairs(
        env,
        """SELECT count(*), count(*) FILTER (
               WHERE state IN ('received', 'waiting', 'failed')
                  OR state = 'done' AND order_id IS NULL)
             FROM order_hub_inbound WHERE kind = 'order'""",
    )
    return {**found, "confirmed": confirmed, "numbers": numbers, "lost": lost}


@benchmark("intake")
def intake(bench):
    """Raw payloads made confirmed orders in batches, against create + confirm."""
    size, rounds = bench.pick((200, 9), (100, 7), (20, 2))
    bench.hub.run(open_channel, token="benchmark")

    def measure(side, number):
        first = (number + 1) * size
        work = take_in if side.label == bench.hub.label else enter
        user = None if work is take_in else data.SELLER
        return side.run(work, user=user, first=first, count=size)

    measured = bench.rounds(measure, rounds)
    bench.compare("intake.pace", PACE_LIMIT, measured, batch=size, rounds=rounds)
    states = bench.hub.run(became)
    bench.note(f"hub: {states}")
    wanted = size * (rounds + 1)
    bench.figure(
        "intake.confirmed", wanted - states["confirmed"], "orders missing", 0, **states
    )


# === THE WHOLE DAY === #


@task
def deliveries(env, count, first=1_000_000):
    """Return what a shop delivers: ``[(number, body)]``, with repeats and bad ones.

    A bundle is a line whose code is one of the channel's bundles.
    """
    rows = payloads(env, first, count)
    bodies = []
    for number, row in enumerate(rows):
        if number % round(1 / BUNDLES) == 3:
            row["lines"][0]["sku"] = "BENCH-BUNDLE"
        if number % round(1 / BROKEN) == 7:
            row["lines"][0].update(sku="NO-SUCH-CODE", quantity=-1)
        bodies.append((row["external_ref"], json.dumps(row)))
    repeats = bodies[:: round(1 / DUPLICATES)]
    return bodies + repeats


@task(keep=True)
def make_bundle(env):
    """Give the channel a bundle of three products."""
    channel = env["order.hub.channel"].search([("code", "=", CODE)])
    products = env["product.product"].search(
        [("default_code", "like", "P%")], limit=3, order="id"
    )
    env["order.hub.bundle"].create(
        {
            "channel_id": channel.id,
            "sku": "BENCH-BUNDLE",
            "name": "Bundle of three",
            "line_ids": [
                (0, 0, {"product_id": product.id, "quantity": 1})
                for product in products
            ],
        }
    )


@benchmark("intake_day")
def intake_day(bench):
    """Inbound orders on two workers that are killed three times: nothing lost."""
    count = bench.pick(48_000, 2_000, 100)
    token = bench.hub.run(open_channel, token="benchmark")
    bench.hub.run(make_bundle)
    bodies = bench.hub.run(deliveries, count=count)
    fresh = bench.hub.run(deliveries, count=count // 4, first=2_000_000)
    bench.hub.stop()
    with intake_server.Running(bench, token, "benchmark") as server:
        every = 1000 if count > 5000 else max(count // 8, 10)
        fresh = fresh[: 20 * DELIVERIES_A_SECOND]
        times = server.work_off(bodies, kills=3, every=every, fresh=fresh)
        answers, memory = server.answers, server.memory_growth()
        bench.figure("intake.refused", len(server.refused), "deliveries", 0)
    found = bench.hub.run(became)
    _tell(bench, found, times, memory)
    bench.figure("intake.answer", answers["p95"], "ms", ANSWER_LIMIT, **answers)


def _tell(bench, found, times, memory) -> None:
    """Give the figures of a day; broken orders wait for a person, and are there."""
    bench.note(f"{found}, seconds a step: {times}")
    numbers, lost = found.pop("numbers"), found.pop("lost")
    bench.figure("intake.lost", lost, "orders", 0, numbers=numbers, **found)
    doubled = found.get("confirmed", 0) - found.get("done", 0)
    bench.figure("intake.doubled", max(doubled, 0), "orders", 0, **found)
    bench.figure("intake.memory", memory, "× of the first", 1.5)
    half = max(len(times) // 2, 1)
    growth = sum(times[-half:]) / max(sum(times[:half]), 0.1)
    bench.figure("intake.growth", growth, "×", 1.5, times=times)
