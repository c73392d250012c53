"""Warning rules over many orders in flight: the time of a cycle, and what is told."""

import resource
import time

import data
import data_hub
from harness.measure import Meter
from harness.registry import BenchError, benchmark, task
from platform_kit import postgres

#: Orders in flight and stage events, small and large.
SIZES = ((10_000, 100_000), (100_000, 1_000_000))
#: A cycle of all rules over the small size, as it runs every five minutes, in s.
CYCLE_LIMIT = 5.0
#: All rules over the large size when everything opens, in s; the radar has the rest
#: of its minute.
FIRST_LIMIT = 40.0
#: What a process may hold, in MB.
MEMORY_LIMIT = 1024
#: Ten times the orders may make an order dearer by so much.
GROWTH_LIMIT = 1.5
#: Statements of a cycle: each rule measures, reads and writes in a few for a batch.
QUERIES_LIMIT = 600
#: Warnings that open at once, and messages that may come of them.
AT_ONCE, MESSAGES_LIMIT = 10_000, 50
#: Of twenty orders one has been in its stage for days.
STUCK = 20


# -- filling -----------------------------------------------------------------------


@task(keep=True)
def fill(env, orders, events):
    """Have exactly so many orders in flight and stage events, as after a month.

    Nineteen of twenty orders moved within the last three hours; the promise of most
    lies weeks ahead.
    """
    env.cr.execute("SELECT count(*), max(id) FROM sale_order WHERE hub_is_open")
    existing, _last = env.cr.fetchone()
    if existing < orders:
        _more_orders(env, orders - existing)
    _spread(env)
    _more_events(env, events)
    env.cr.execute("DELETE FROM order_hub_warning")
    env.cr.execute("UPDATE order_hub_warning_rule SET last_run_at = NULL")
    return True


def _more_orders(env, count):
    """Add copies of an order that waits, with its lines and moves."""
    env.cr.execute(
        """SELECT o.id, line.id, move.id FROM sale_order o
             JOIN sale_order_line line ON line.order_id = o.id
             JOIN stock_move move ON move.sale_line_id = line.id
            WHERE o.hub_is_open AND move.state = 'assigned' ORDER BY o.id LIMIT 1"""
    )
    order, line, move = env.cr.fetchone()
    starts = {}
    for table in ("sale_order", "sale_order_line", "stock_move"):
        env.cr.execute(f"SELECT max(id) FROM {table}")
        starts[table] = env.cr.fetchone()[0]
    source = f"generate_series(1, {count}) n"
    stages = data_hub.flow(env).stage_ids.filtered(
        lambda stage: stage.milestone in ("received", "approved", "preparing")
    )
    array = f"(ARRAY[{', '.join(map(str, stages.ids))}])[1 + mod(n, {len(stages)})]"
    data.clone(env, "sale_order", order, source, _order_columns(env, starts, array))
    env.cr.execute("SELECT count(*) FROM product_product WHERE active")
    [products] = env.cr.fetchone()
    product = (
        "(ARRAY(SELECT id FROM product_product WHERE active ORDER BY id))"
        f"[1 + mod(n * 7919, {products})]"
    )
    ids = {
        "id": f"{starts['sale_order_line']} + n",
        "order_id": f"{starts['sale_order']} + n",
        "product_id": product,
    }
    data.clone(env, "sale_order_line", line, source, ids)
    data.clone(
        env,
        "stock_move",
        move,
        source,
        {
            "id": f"{starts['stock_move']} + n",
            "sale_line_id": f"{starts['sale_order_line']} + n",
            "product_id": product,
            "state": "CASE WHEN mod(n, 10) = 0 THEN 'confirmed' ELSE 'assigned' END",
            "quantity": "CASE WHEN mod(n, 10) = 0 THEN 0 ELSE model.quantity END",
        },
    )
    data.settle_sequences(env)


def _order_columns(env, starts, stage):
    return {
        "id": f"{starts['sale_order']} + n",
        "name": "'W' || n",
        "hub_is_open": "true",
        "hub_flow_id": str(data_hub.flow(env).id),
        "hub_order_type_id": "model.hub_order_type_id",
        "hub_owner_id": "model.user_id",
        "hub_stage_id": stage,
        "hub_stage_since": "now() AT TIME ZONE 'UTC'",
    }


def _spread(env):
    """Say in which stage each order in flight is, how long, and what was promised."""
    env.cr.execute(
        """UPDATE sale_order o SET
                  hub_milestone = stage.milestone,
                  hub_stage_since = now() AT TIME ZONE 'UTC' - CASE
                      WHEN mod(o.id, %s) = 0
                      THEN interval '1 hour' * (30 + mod(o.id, 97))
                      ELSE interval '1 minute' * mod(o.id, 180) END,
                  hub_promised_date = now() AT TIME ZONE 'UTC'
                      + interval '1 hour' * (mod(o.id * 13, 700) + CASE
                          WHEN mod(o.id, %s) = 0 THEN 0 ELSE 49 END)
             FROM order_hub_stage stage
            WHERE stage.id = o.hub_stage_id AND o.hub_is_open""",
        [STUCK, STUCK],
    )


def _more_events(env, events):
    """Top the stage events up; they lie within the last thirty days."""
    env.cr.execute("SELECT count(*) FROM order_hub_stage_event")
    missing = events - env.cr.fetchone()[0]
    if missing <= 0:
        return
    stages = data_hub.flow(env).stage_ids.ids
    env.cr.execute("SELECT count(*) FROM sale_order WHERE state != 'cancel'")
    [orders] = env.cr.fetchone()
    env.cr.execute(
        """INSERT INTO order_hub_stage_event
                  (order_id, hub_ref, company_id, stage_id, from_stage_id, milestone,
                   date, source, duration, is_out_of_order, is_overruled)
           SELECT o.id, o.hub_ref, o.company_id,
                  (%(stages)s::int[])[2 + mod(n, %(last)s)],
                  (%(stages)s::int[])[1 + mod(n, %(last)s)], 'preparing',
                  now() AT TIME ZONE 'UTC' - interval '1 second'
                      * (30 * 86400.0 * (%(missing)s - n) / %(missing)s),
                  'document', 1 + mod(n * 31, 400) / 100.0, false, false
             FROM generate_series(1, %(missing)s) n
             JOIN (SELECT id, hub_ref, company_id, row_number() OVER (ORDER BY id) AS k
                     FROM sale_order WHERE state != 'cancel') o
               ON o.k = 1 + mod(n, %(orders)s)
         ORDER BY n""",
        {
            "stages": stages,
            "last": len(stages) - 1,
            "missing": missing,
            "orders": orders,
        },
    )


# -- measuring ---------------------------------------------------------------------


@task(keep=True)
def cycle(env):
    """Run all rules once, as the job does; return what it cost and found.

    Batches are committed as in the job: that is what keeps it small and resumable.
    """
    now = env.cr.now().replace(microsecond=0)
    env = env(context={**env.context, "hub_commits": True})
    with Meter(env) as meter:
        done = env["order.hub.warning.cycle"]._run(now)
    rules = env["order.hub.warning.rule"].search([])
    failed = rules.filtered("last_error")
    if failed:
        raise BenchError(f"{failed[0].name}: {failed[0].last_error}")
    slowest = rules.sorted("last_run_ms")[-3:]
    return meter.answer(
        **done,
        memory=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        slowest={rule.code: rule.last_run_ms for rule in slowest},
    )


@task
def at_once(env, count):
    """Have so many warnings open in one moment; return how many messages come."""
    Rule = env["order.hub.warning.rule"]
    Rule.search([]).active = False
    env.cr.execute("DELETE FROM order_hub_warning")
    env.cr.execute(
        """UPDATE sale_order SET hub_stage_since =
                  now() AT TIME ZONE 'UTC' - interval '99 hour'
            WHERE id IN (SELECT id FROM sale_order WHERE hub_is_open
                          ORDER BY id LIMIT %s)""",
        [count],
    )
    Rule.create(
        {
            "name": "Long in its stage",
            "kind": "stage_fixed",
            "threshold": 98,
            "company_id": False,
            "recipient_ids": [
                (0, 0, {"who": "owner"}),
                (0, 0, {"who": "salesperson", "channel": "mail"}),
                (
                    0,
                    0,
                    {
                        "who": "group",
                        "group_id": env.ref("order_hub.order_hub_group_manager").id,
                    },
                ),
            ],
        }
    )
    now = env.cr.now().replace(microsecond=0)
    before = env["order.hub.message"].search_count([])
    with Meter(env) as meter:
        done = env["order.hub.warning.cycle"]._run(now)
    messages = env["order.hub.message"].search_count([]) - before
    return meter.answer(**done, messages=messages)


# -- the benchmarks ----------------------------------------------------------------


@benchmark("warnings")
def warnings(bench):
    """All warning rules over many orders in flight: first cycle and every later one."""
    side = bench.side("hub", "warnings")
    sizes = SIZES if bench.full else _scaled(bench)
    rows = {}
    for orders, events in sizes:
        side.run(fill, orders=orders, events=events)
        postgres.sql("VACUUM (ANALYZE)", side.database)
        first = side.run(cycle)
        time.sleep(1)  # the same moment twice is one cycle
        later = side.run(cycle)
        rows[orders] = (first, later)
        bench.note(_told(orders, events, first, later))
    _judge(bench, rows)


def _scaled(bench) -> tuple:
    share = min(1.0, bench.sizes["past"] / data.SIZES["past"])
    return tuple(
        (max(200, int(orders * share)), max(1000, int(events * share)))
        for orders, events in SIZES
    )


def _told(orders, events, first, later) -> str:
    slowest = ", ".join(f"{code} {ms} ms" for code, ms in later["slowest"].items())
    return (
        f"{orders} orders, {events} events: {first['opened']} warnings in "
        f"{first['seconds']:.1f} s, {first['queries']} queries; then "
        f"{later['seconds']:.1f} s, {later['queries']} queries, slowest {slowest}"
    )


def _judge(bench, rows) -> None:
    (small, (_first, small_later)), (large, (first, later)) = rows.items()
    bench.figure("warnings.cycle", small_later["seconds"], "s", CYCLE_LIMIT)
    bench.figure("warnings.first", first["seconds"], "s", FIRST_LIMIT)
    bench.figure("warnings.memory", later["memory"], "MB", MEMORY_LIMIT)
    bench.figure("warnings.queries", first["queries"], "queries", QUERIES_LIMIT)
    growth = (later["seconds"] / large) / (small_later["seconds"] / small)
    bench.figure("warnings.growth", growth, "×", GROWTH_LIMIT)


@benchmark("warnings_at_once")
def warnings_at_once(bench):
    """Ten thousand warnings in one moment: few messages, and how long it takes."""
    side = bench.side("hub", "warnings")
    count = min(AT_ONCE, bench.sizes["open"])
    row = side.run(at_once, count=count)
    bench.note(
        f"{row['opened']} warnings opened, {row['told']} told in "
        f"{row['messages']} messages, {row['seconds']:.1f} s"
    )
    if row["told"] < row["opened"]:
        raise BenchError(f"{row['opened'] - row['told']} warnings were not told.")
    bench.figure(
        "warnings_at_once.messages", row["messages"], "messages", MESSAGES_LIMIT
    )
