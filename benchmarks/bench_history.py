"""The change log: what keeping every change of an accepted order costs."""

import statistics

import data
from bench_orders import order_values
from harness.measure import Meter, patched, spread
from harness.registry import benchmark, task

LINES = 200
#: Queries that the log may add to one batch of changes.
QUERIES_LIMIT = 1
RATIO_LIMIT = 1.25


@task(keep=True)
def large_order(env):
    """Return the id of a confirmed order with ``LINES`` lines."""
    many = order_values(env, 700_000, LINES)
    lines = [each["order_line"][0] for each in many]
    order = env["sale.order"].create(
        {"partner_id": many[0]["partner_id"], "order_line": lines}
    )
    order.action_confirm()
    return order.id


@task
def write_lines(env, order_id, audited, together):
    """Change the price of every line, one by one or together.

    :param audited: with the change log; without it no field is on its list
    :return: the cost, and the number of changes that were kept
    """
    lines = env["sale.order"].browse(order_id).order_line
    model = type(lines)
    fields = model._hub_audited_fields if audited else _no_fields
    lines.mapped("price_unit")
    with patched(model, "_hub_audited_fields", fields), Meter(env) as meter:
        if together:
            lines.write({"price_unit": 77.0})
            env.cr.flush()
        else:
            for number, line in enumerate(lines):
                line.write({"price_unit": 10.0 + number})
                env.cr.flush()
    kept = env["order.hub.change"].search_count([("order_id", "=", order_id)])
    return meter.answer(orders=LINES, kept=kept)


def _no_fields(_self):
    return ()


@benchmark("audit")
def audit(bench):
    """200 lines of an accepted order changed, with the change log and without."""
    order_id = bench.hub.run(large_order, user=data.SELLER)
    for together, name, rounds in (
        (False, "single", bench.pick(7, 3, 1)),
        (True, "together", bench.pick(9, 9, 2)),
    ):
        rows: dict = {True: [], False: []}
        for number in range(-1, rounds):
            for audited in (True, False) if number % 2 else (False, True):
                row = bench.hub.run(
                    write_lines,
                    user=data.SELLER,
                    order_id=order_id,
                    audited=audited,
                    together=together,
                )
                if number >= 0:
                    rows[audited].append(row)
        _judge(bench, f"audit.{name}", rows, batches=1 if together else LINES)


def _judge(bench, name: str, rows: dict, batches: int) -> None:
    logged, bare = rows[True], rows[False]
    more = (logged[0]["queries"] - bare[0]["queries"]) / batches
    ratios = [
        one["seconds"] / other["seconds"]
        for one, other in zip(logged, bare, strict=True)
    ]
    bench.note(
        f"{name}: {logged[0]['kept']} changes kept; {bare[0]['queries']} queries "
        f"without the log, {logged[0]['queries']} with it; "
        f"ratios {[round(ratio, 2) for ratio in ratios]} ±{spread(ratios):.0%}"
    )
    bench.figure(f"{name}.queries", more, "queries/batch", QUERIES_LIMIT)
    bench.figure(
        f"{name}.ratio",
        statistics.median(ratios),
        "×unlogged",
        RATIO_LIMIT,
        kept=logged[0]["kept"],
    )
