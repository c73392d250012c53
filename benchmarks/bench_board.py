"""Opening screens with thousands of orders in flight."""

import time

from lxml import etree

from odoo.fields import Domain
from odoo.tools.safe_eval import safe_eval

import data
from harness.measure import Meter, median, recorded, repeats, shapes
from harness.plans import explain, whole_scans
from harness.registry import BenchError, benchmark, task

#: Shares of the orders in flight that the growth is measured at.
SHARES = (0.1, 0.3, 1.0)
#: Rows of a list at which its queries are counted.
LENGTHS = (10, 40, 80)
#: What the web client shows of one column to begin with.
CARDS = 40
BOARD_QUERIES = 60
BOARD_MS = 1000
WALL_MS = 500
SCAN_MS = 100
BOARDS = ("order_hub.sale_order_action_board", "order_hub.sale_order_action_milestones")


def keep_open(env, share: float) -> int:
    """Leave a share of the orders in flight open and return how many they are."""
    env.cr.execute("SELECT id FROM sale_order WHERE hub_is_open ORDER BY id")
    ids = [row[0] for row in env.cr.fetchall()]
    kept = ids[: round(len(ids) * share)]
    env.cr.execute(
        "UPDATE sale_order SET hub_is_open = false WHERE hub_is_open AND id > %s",
        [kept[-1]],
    )
    env.invalidate_all()
    return len(kept)


def specification(env, model: str, arch) -> dict:
    """Return what the web client asks for to draw a view of a model."""
    wanted = {}
    for node in arch.iter("field"):
        nested = any(parent.tag == "field" for parent in node.iterancestors())
        field = env[model]._fields.get(node.get("name"))
        if nested or field is None:
            continue
        wanted[field.name] = (
            {"fields": {"display_name": {}}} if field.relational else {}
        )
    return wanted


def view_of(env, action, kind: str):
    """Return id and arch of an action's view of a kind, as the client gets it."""
    chosen = action.view_ids.filtered(lambda view: view.view_mode == kind)[:1].view_id
    views = env[action.res_model].get_views([(chosen.id or False, kind)])
    return etree.fromstring(views["views"][kind]["arch"])


# -- the board ---------------------------------------------------------------------


@task
def open_board(env, action_id, share, shaped=False):
    """Do what the web client does to open a board; return what that cost."""
    count = keep_open(env, share)
    action = env["ir.actions.act_window"]._for_xml_id(action_id)
    action = env["ir.actions.act_window"].sudo().browse(action["id"])
    arch = view_of(env, action, "kanban")
    context = safe_eval(action.context or "{}", {"uid": env.uid})
    group_by = context.get("group_by") or arch.get("default_group_by")
    domain = Domain(safe_eval(action.domain or "[]", {"uid": env.uid}))
    domain = list(domain & Domain("hub_is_open", "=", True))
    wanted = specification(env, action.res_model, arch)
    bar = arch.find("progressbar")
    env.invalidate_all()
    with recorded(env, wanted=shaped) as statements, Meter(env) as meter:
        found = env[action.res_model].web_read_group(
            domain,
            [group_by],
            ["__count", f"{bar.get('sum_field')}:sum"],
            order=arch.get("default_order"),
            auto_unfold=True,
            unfold_read_specification=wanted,
            unfold_read_default_limit=CARDS,
        )
        env[action.res_model].read_progress_bar(
            domain,
            group_by,
            {"field": bar.get("field"), "colors": safe_eval(bar.get("colors"))},
        )
    cards = sum(len(group.get("__records", ())) for group in found["groups"])
    return meter.answer(
        open=count,
        columns=len(found["groups"]),
        cards=cards,
        **_told(env, statements),
    )


@benchmark("board")
def board(bench):
    """The boards by stage and by milestone, with thousands of orders in flight."""
    for action in BOARDS:
        name = "board." + action.rpartition("_")[2]
        rows = _at_shares(bench, open_board, action_id=action)
        _judge(bench, name, rows, BOARD_QUERIES, BOARD_MS)


def _at_shares(bench, what, **arguments) -> dict:
    """Return ``{orders in flight: row}``, the median of several rounds."""
    rounds, rows = bench.pick(9, 5, 2), {}
    for share in SHARES:
        found = [
            bench.hub.run(what, user=data.PLANNER, share=share, **arguments)
            for _number in range(rounds + 1)
        ][1:]
        shaped = bench.hub.run(
            what, user=data.PLANNER, share=share, shaped=True, **arguments
        )
        rows[shaped["open"]] = {
            **shaped,
            "ms": round(1000 * median(found, "seconds"), 2),
            "queries": max(row["queries"] for row in found),
        }
    return rows


def _judge(bench, name: str, rows: dict, queries: int, ms: int) -> None:
    for count, row in rows.items():
        shown = {k: v for k, v in row.items() if k in ("cards", "columns", "queue")}
        bench.note(
            f"{count} in flight: {row['ms']:.0f} ms, {row['queries']} queries {shown}"
        )
    largest = rows[max(rows)]
    more = repeats(rows[min(rows)].pop("shapes"), largest.pop("shapes"))
    kept = {count: _plain(row) for count, row in rows.items()}
    bench.figure(f"{name}.queries", largest["queries"], "queries", queries, sizes=kept)
    bench.figure(f"{name}.growth", sum(more.values()), "queries", 0, more=more)
    bench.figure(f"{name}.time", largest["ms"], "ms", ms, sizes=kept)
    if bench.sizes == data.SIZES:  # a small table is rightly read as a whole
        whole = largest["whole_scans"]
        bench.figure(f"{name}.whole_scans", len(whole), "statements", 0, whole=whole)


def _plain(row: dict) -> dict:
    return {name: value for name, value in row.items() if name != "shapes"}


# -- lists -------------------------------------------------------------------------


@task
def list_actions(env):
    """Return the XML ids of the add-ons' actions that show a list."""
    found = env["ir.model.data"].search(
        [("module", "=like", "order_hub%"), ("model", "=", "ir.actions.act_window")]
    )
    return sorted(
        each.complete_name
        for each in found
        if "list" in env["ir.actions.act_window"].browse(each.res_id).view_mode
    )


@task
def open_list(env, action_id):
    """Open an action's list with few and many rows.

    :return: queries by rows, and the statements that many rows repeat
    """
    action = env.ref(action_id).sudo()
    model = env[action.res_model]
    fill(env, model, max(LENGTHS))
    arch = view_of(env, action, "list")
    wanted = specification(env, action.res_model, arch)
    found = {}
    for length in (LENGTHS[0], *LENGTHS):  # the first one fills the caches
        env.invalidate_all()
        with recorded(env) as statements:
            model.with_context(active_test=False).web_search_read(
                [], wanted, limit=length, order=arch.get("default_order")
            )
        found[length] = shapes(statements)
    return {
        "queries": {length: sum(sent.values()) for length, sent in found.items()},
        "repeats": repeats(found[min(LENGTHS)], found[max(LENGTHS)]),
    }


def fill(env, model, count: int) -> None:
    """Have at least count records of a model that has one to copy or none."""
    missing = count - model.sudo().search_count([], limit=count)
    if missing <= 0:
        return
    maker = globals().get(f"_fill_{model._name.replace('.', '_')}")
    if maker is None:
        raise BenchError(f"bench_board knows no way to fill {model._name}.")
    maker(env, missing)
    env.flush_all()


def _fill_order_hub_change(env, missing: int) -> None:
    env.cr.execute(
        """INSERT INTO order_hub_change
                  (order_id, line_id, line_label, company_id, field_name, old_value,
                   new_value, date, user_id, reason)
           SELECT line.order_id, line.id, line.name, line.company_id, 'price_unit',
                  '10', '12', now(), line.create_uid, 'Agreed by phone'
             FROM sale_order_line line ORDER BY line.id DESC LIMIT %s""",
        [missing],
    )


def _fill_order_hub_flow(env, missing: int) -> None:
    example = env["order.hub.flow"].sudo().search([], limit=1)
    for _number in range(missing):
        example.copy()


def _fill_order_hub_order_type(env, missing: int) -> None:
    env["order.hub.order.type"].sudo().create(
        [{"name": f"Type {n}", "code": f"fill_{n}"} for n in range(missing)]
    )


def _fill_order_hub_channel(env, missing: int) -> None:
    env["order.hub.channel"].sudo().create(
        [{"name": f"Channel {n}", "code": f"fill_{n}"} for n in range(missing)]
    )


def _fill_order_hub_exception_kind(env, missing: int) -> None:
    env["order.hub.exception.kind"].sudo().create(
        [{"name": f"Kind {n}", "code": f"fill_{n}"} for n in range(missing)]
    )


def _fill_order_hub_exception(env, missing: int) -> None:
    orders = env["sale.order"].sudo().search([], limit=missing)
    kind = env["order.hub.exception.kind"].sudo().search([], limit=1)
    env["order.hub.exception"].sudo().create(
        [{"name": "Late", "order_id": o.id, "kind_id": kind.id} for o in orders]
    )


@benchmark("lists")
def lists(bench):
    """No list of the hub sends more queries for more rows."""
    more = {}
    for action in bench.hub.run(list_actions):
        found = bench.hub.run(open_list, action_id=action)
        more[action] = found["repeats"]
        bench.note(f"{action.partition('.')[2]}: queries by rows {found['queries']}")
    grown = sum(count for each in more.values() for count in each.values())
    bench.figure("lists.growth", grown, "queries", 0, more=more)


# -- wall and scan -----------------------------------------------------------------


@task
def wall_data(env, share, shaped=False):
    count = keep_open(env, share)
    with recorded(env, wanted=shaped) as statements, Meter(env) as meter:
        answer = env["order.hub.wall"].wall_data()
    queue = len(answer["queue"])
    return meter.answer(open=count, queue=queue, **_told(env, statements))


def _told(env, statements) -> dict:
    """Return what recorded statements tell: their shapes and their plans."""
    plans = explain(env, statements, "sale_order")
    return {"shapes": shapes(statements), "whole_scans": whole_scans(plans)}


@benchmark("wall")
def wall(bench):
    """The figures of the live wall, asked for by every screen at every move."""
    _judge(bench, "wall", _at_shares(bench, wall_data), 30, WALL_MS)


@task
def scan(env, count):
    """Scan papers of orders to be scheduled and tap their step, one by one."""
    refs = env["sale.order"].search(
        [("hub_milestone", "=", "approved"), ("hub_is_held", "=", False)],
        limit=count,
    )
    rows = []
    for ref in refs.mapped("hub_ref"):
        env.invalidate_all()
        start, queries = time.perf_counter(), env.cr.sql_log_count
        step = env["sale.order"].hub_scan(ref)
        scanned, asked = time.perf_counter(), env.cr.sql_log_count
        env.invalidate_all()
        order = env["sale.order"].browse(step["order"]["id"])
        order.hub_do_step(step["step"]["id"])
        env.cr.flush()
        rows.append(
            {
                "scan": scanned - start,
                "scan_queries": asked - queries,
                "step": time.perf_counter() - scanned,
                "step_queries": env.cr.sql_log_count - asked,
            }
        )
    return rows


@benchmark("scan")
def scan_and_step(bench):
    """A scanned paper: the order at its step, and the tap that does it."""
    bench.hub.run(scan, user=data.PLANNER, count=5)
    rows = bench.hub.run(scan, user=data.PLANNER, count=60)
    for name in ("scan", "step"):
        queries = median(rows, f"{name}_queries")
        bench.figure(
            f"scan.{name}",
            1000 * median(rows, name),
            "ms",
            SCAN_MS,
            slowest_ms=round(1000 * max(row[name] for row in rows), 1),
            queries=queries,
        )
        bench.note(f"scan.{name}: {queries:.0f} queries each")
