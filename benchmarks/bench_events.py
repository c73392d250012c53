"""The table of stage events: bytes a row, and reading it as it grows."""

from odoo.fields import Domain

import data
import data_hub
from harness.measure import Meter, median, recorded
from harness.plans import explain, whole_scans
from harness.registry import benchmark, task
from platform_kit import postgres

SIZES = (50_000, 150_000, 500_000)
FULL_SIZES = (500_000, 1_500_000, 5_000_000)
TABLE = "order_hub_stage_event"
#: Events of one order; all of them lie within three weeks of its date.
STAGES = 6
ROW_LIMIT = 1000
#: What a person or a program waits for, in ms, at the largest size.
LIMITS = {
    "order": 30,
    "newest": 100,
    "cursor": 150,
    "poll": 50,
    "month": 1500,
    "append": 100,
}
#: Ten times the rows may make these dearer by so much: an index is a little
#: deeper. The month is left out: its own rows are ten times as many.
GROWTH_LIMIT = 3.0
CONSTANT = ("order", "newest", "cursor", "poll", "append")
#: The web client counts no further than this.
COUNT_LIMIT = 10_001
#: Below this a growth is the clock's noise, in ms.
NOISE_MS = 10


# -- filling -----------------------------------------------------------------------


@task(keep=True)
def fill(env, count):
    """Have exactly count events, six an order, spread over a year as they came."""
    env.cr.execute(f"TRUNCATE {TABLE} CASCADE")
    _make_order_heads(env, -(-count // STAGES))
    results = data_hub.gate_results(env)
    stages = data_hub.flow(env).stage_ids[:STAGES]
    whens = " ".join(
        f"WHEN {key} THEN '{text}'::jsonb" for key, text in results.items()
    )
    env.cr.execute(
        f"""
        INSERT INTO {TABLE}
               (order_id, hub_ref, company_id, stage_id, from_stage_id, milestone,
                date, user_id, source, duration, is_out_of_order, is_overruled,
                document, gate_results)
        SELECT o.id, 'OH-7K3M-9QX2-' || lpad(to_hex(mod(o.n, 65536)), 4, '0'),
               %(company)s, stage.id, lag(stage.id) OVER route, stage.milestone,
               now() - interval '365 day' * (o.n / o.total::float)
                     - interval '3 day' * (6 - stage.sequence),
               %(user)s, 'document', 71.25, false, false,
               CASE WHEN stage.trigger IS NOT NULL THEN 'stock.picking,123456' END,
               CASE stage.id {whens} END
          FROM (SELECT id, row_number() OVER (ORDER BY id DESC) AS n,
                       count(*) OVER () AS total
                  FROM sale_order) o
          JOIN order_hub_stage stage ON stage.id = ANY(%(stages)s)
         WHERE o.n <= %(orders)s
        WINDOW route AS (PARTITION BY o.id ORDER BY stage.sequence)
      ORDER BY 7 LIMIT %(count)s
        """,
        {
            "company": env.company.id,
            "user": env["res.users"].search([("login", "=", data.SELLER)]).id,
            "stages": stages.ids,
            "orders": -(-count // STAGES),
            "count": count,
        },
    )
    return env.cr.rowcount


def _make_order_heads(env, count: int) -> None:
    """Have at least count orders, mere heads without lines if need be."""
    env.cr.execute("SELECT count(*), max(id) FROM sale_order")
    existing, last = env.cr.fetchone()
    if count <= existing:
        return
    data.clone(
        env,
        "sale_order",
        last,
        f"generate_series(1, {count - existing}) n",
        {"id": f"{last} + n", "name": "'H' || n"},
    )
    env.cr.execute("SELECT setval('sale_order_id_seq', max(id)) FROM sale_order")


# -- reading -----------------------------------------------------------------------
# Each of these prepares, and returns the function whose cost is looked at.


def read_order(env):
    """The history of one order, as its form shows it."""
    env.cr.execute(
        f"SELECT order_id FROM {TABLE} WHERE id >= "
        f"(SELECT (min(id) + max(id)) / 2 FROM {TABLE}) ORDER BY id LIMIT 1"
    )
    [order] = env.cr.fetchone()
    Event = env["order.hub.stage.event"]
    return lambda: len(Event.search_fetch([("order_id", "=", order)], Event._COLUMNS))


def read_newest(env):
    """The first page of the list of events."""
    wanted = {"stage_id": {}, "date": {}, "gate_results": {}}
    return lambda: len(
        env["order.hub.stage.event"].web_search_read(
            [], wanted, limit=80, count_limit=COUNT_LIMIT
        )["records"]
    )


def read_cursor(env):
    """A page of the API's list after a cursor in the middle of the year."""
    env.cr.execute(f"SELECT (min(id) + max(id)) / 2 FROM {TABLE}")
    return _list_events(env, env.cr.fetchone()[0])


def read_poll(env):
    """What an integration asks every few seconds: the newest events."""
    env.cr.execute(f"SELECT max(id) - 20 FROM {TABLE}")
    return _list_events(env, env.cr.fetchone()[0])


def _list_events(env, cursor: int):
    api = env["order.hub.api"]
    return lambda: len(api.list_events(cursor=cursor, limit=200)["events"])


def read_month(env):
    """The pivot of one month: how long orders were in which stage."""
    domain = Domain("date", ">=", "today -5m") & Domain("date", "<", "today -4m")
    return lambda: sum(
        group["__count"]
        for group in env["order.hub.stage.event"].formatted_read_group(
            domain, ["stage_id"], ["__count", "duration:avg"]
        )
    )


def read_append(env):
    """Not a reading: 100 events written by a batch of hand-overs."""
    env.cr.execute(f"SELECT * FROM {TABLE} ORDER BY id DESC LIMIT 100")
    rows = env.cr.dictfetchall()
    return lambda: len(env["order.hub.stage.event"].sudo()._append(rows))


@task
def read(env, what):
    """Time one reading on a cold cache; return how many rows it found, too."""
    reading = globals()[f"read_{what}"](env)
    env.invalidate_all()
    with Meter(env) as meter:
        rows = reading()
    return meter.answer(rows=rows)


@task
def plans(env, what):
    """Return the plans of the statements that a reading sends about the table."""
    reading = globals()[f"read_{what}"](env)
    with recorded(env) as statements:
        reading()
    return explain(env, statements, TABLE)


@task
def bytes_a_row(env):
    env.cr.execute(
        f"""SELECT pg_total_relation_size('{TABLE}') / count(*)::float,
                   pg_relation_size('{TABLE}') / count(*)::float,
                   pg_indexes_size('{TABLE}') / count(*)::float FROM {TABLE}"""
    )
    return dict(zip(("all", "heap", "indexes"), env.cr.fetchone(), strict=True))


# -- the benchmark -----------------------------------------------------------------


@benchmark("events")
def events(bench):
    """Stage events: bytes a row, and reading and writing them at three sizes."""
    side = bench.side("hub", "events")
    sizes = FULL_SIZES if bench.full else _scaled(bench)
    times: dict = {}
    for size in sizes:
        side.run(fill, count=size)
        postgres.sql(f"VACUUM (ANALYZE) {TABLE}", side.database)
        times[size] = {what: _time(side, what) for what in LIMITS}
        shown = ", ".join(f"{k} {v['ms']:.1f}" for k, v in times[size].items())
        bench.note(f"{size} events, ms: {shown}")
    _judge_bytes(bench, side)
    _judge_times(bench, times)
    _judge_plans(bench, side)


def _scaled(bench) -> tuple:
    share = min(1.0, bench.sizes["past"] / data.SIZES["past"])
    return tuple(max(1000, int(size * share)) for size in SIZES)


def _time(side, what: str) -> dict:
    rows = [side.run(read, user=data.PLANNER, what=what) for _number in range(6)][1:]
    return {**rows[0], "ms": round(1000 * median(rows, "seconds"), 3)}


def _judge_bytes(bench, side) -> None:
    size = side.run(bytes_a_row)
    bench.note(f"bytes a row: {size['heap']:.0f} and {size['indexes']:.0f} of indexes")
    bench.figure("events.row", size["all"], "bytes", ROW_LIMIT, **size)


def _judge_times(bench, times: dict) -> None:
    small, large = times[min(times)], times[max(times)]
    for what, limit in LIMITS.items():
        bench.figure(f"events.{what}", large[what]["ms"], "ms", limit, row=large[what])
    growth = {
        what: max(large[what]["ms"], NOISE_MS) / max(small[what]["ms"], NOISE_MS)
        for what in CONSTANT
    }
    bench.figure(
        "events.growth", max(growth.values()), "×", GROWTH_LIMIT, growth=growth
    )


def _judge_plans(bench, side) -> None:
    """No reading may go through the whole table."""
    whole, kept = [], {}
    for what in LIMITS:
        kept[what] = side.run(plans, user=data.PLANNER, what=what)
        nodes = sorted({node for plan in kept[what] for node in plan["nodes"]})
        bench.note(f"{what}: {', '.join(nodes) or 'reads nothing'}")
        whole += whole_scans(kept[what])
    bench.figure("events.whole_scans", len(whole), "statements", 0, plans=kept)
