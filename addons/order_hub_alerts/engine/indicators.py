"""What can be measured, and what a figure means beside its target.

A measure counts things (orders, moves, events …): each has a *part* and a *whole*.
A ``share`` is Σ part ÷ Σ whole times its scale, and no figure where Σ whole is 0; a
``total`` is Σ part, and nothing counted is a true zero.
"""

from collections.abc import Sequence
from dataclasses import dataclass

#: A change smaller than this share of the older figure is no change.
NOTICEABLE = 0.02


@dataclass(frozen=True)
class Measure:
    """How the things of one measure become a figure.

    :param label: what it is called (English source)
    :param model: the model of the things counted
    :param unit: ``percent``, ``per_hundred``, ``days``, ``hours``, ``minutes``,
        ``count``, ``money`` (company currency) or ``per_hour``
    :param direction: ``up``: more is better; ``down``: less is better
    :param is_total: a total instead of a share
    :param is_snapshot: says how things stand now: not known for a day gone by
    """

    label: str
    model: str
    unit: str
    direction: str = "down"
    is_total: bool = False
    is_snapshot: bool = False

    @property
    def scale(self) -> int:
        """What Σ part ÷ Σ whole is multiplied by."""
        return 100 if self.unit in ("percent", "per_hundred") else 1


#: Orders: delivery, time, promise, money.
ORDERS = {
    "on_time_first": Measure(
        "On time against the first promise", "sale.order", "percent", "up"
    ),
    "on_time_last": Measure(
        "On time against the last promise", "sale.order", "percent", "up"
    ),
    "lead_time": Measure("Order lead time", "sale.order", "days"),
    "stage_hours": Measure("Time in stage", "order.hub.stage.event", "hours"),
    "stage_overdue": Measure(
        "Stages left too late", "order.hub.stage.event", "percent"
    ),
    "overdue_open": Measure(
        "Open orders over time", "sale.order", "percent", is_snapshot=True
    ),
    "held_open": Measure(
        "Open orders on hold", "sale.order", "percent", is_snapshot=True
    ),
    "backlog_age": Measure(
        "Age of open orders", "sale.order", "days", is_snapshot=True
    ),
    "backlog_value": Measure(
        "Value of open orders",
        "sale.order",
        "money",
        "up",
        is_total=True,
        is_snapshot=True,
    ),
    "orders_entered": Measure(
        "Orders entered", "sale.order", "count", "up", is_total=True
    ),
    "orders_value": Measure(
        "Orders confirmed", "sale.order", "money", "up", is_total=True
    ),
    "promise_moves": Measure(
        "Promises moved", "order.hub.order.version", "count", is_total=True
    ),
    "margin": Measure("Margin", "sale.order", "percent", "up"),
    "credit_used": Measure(
        "Credit used", "order.hub.credit", "percent", is_snapshot=True
    ),
    "freight_share": Measure("Freight share", "sale.order", "percent"),
}
#: People and paper: approvals, changes, problems.
WORK = {
    "approval_hours": Measure("Waiting for approval", "order.hub.approval", "hours"),
    "change_minutes": Measure(
        "Time to close a change request", "order.hub.change.request", "minutes"
    ),
    "changed_after": Measure("Orders changed by hand", "sale.order", "percent"),
    "overruled": Measure(
        "Gates passed with a reason", "order.hub.stage.event", "percent"
    ),
    "complaint_rate": Measure("Complaints", "order.hub.complaint", "per_hundred"),
    "exceptions_open": Measure(
        "Exceptions open", "order.hub.exception", "count", is_total=True
    ),
    "exception_hours": Measure(
        "Time to solve an exception", "order.hub.exception", "hours"
    ),
    "exception_rate": Measure("Exceptions", "order.hub.exception", "per_hundred"),
    "entry_corrected": Measure(
        "Order entry corrected by hand", "order.hub.inbound", "percent"
    ),
    "duplicates_caught": Measure(
        "Duplicates caught", "order.hub.duplicate", "count", "up", is_total=True
    ),
}
#: Purchasing, stock, warehouse.
SUPPLY = {
    "supplier_on_time": Measure(
        "Suppliers on time", "purchase.order.line", "percent", "up"
    ),
    "supplier_confirmation": Measure(
        "Time until a supplier confirms", "purchase.order", "hours"
    ),
    "stock_cover": Measure("Stock cover", "product.product", "days", is_snapshot=True),
    "slow_stock": Measure("Slow stock", "product.product", "percent", is_snapshot=True),
    "inventory_accuracy": Measure("Inventory accuracy", "stock.move", "percent", "up"),
    "fill_rate": Measure("Delivered in one go", "stock.picking", "percent", "up"),
    "pick_rate": Measure("Lines picked per hour", "stock.move.line", "per_hour", "up"),
    "return_rate": Measure("Returns", "stock.move", "per_hundred"),
}
#: Manufacturing and engineering.
PRODUCTION = {
    "kit_complete": Measure(
        "Kits complete", "mrp.production", "percent", "up", is_snapshot=True
    ),
    "production_on_time": Measure(
        "Manufacturing orders on time", "mrp.production", "percent", "up"
    ),
    "schedule_adherence": Measure(
        "Schedule adherence", "mrp.production", "percent", "up"
    ),
    "first_pass_yield": Measure("First pass yield", "mrp.production", "percent", "up"),
    "production_days": Measure("Time in manufacturing", "mrp.production", "days"),
    "work_efficiency": Measure(
        "Planned against real work time", "mrp.workorder", "percent", "up"
    ),
    "workcenter_load": Measure(
        "Load of work centres", "mrp.workorder", "percent", is_snapshot=True
    ),
    "workcenter_queue": Measure(
        "Queue at work centres",
        "mrp.workorder",
        "count",
        is_total=True,
        is_snapshot=True,
    ),
    "ecn_days": Measure("Time to carry out an ECN", "order.hub.ecn", "days"),
    "ecn_emergency": Measure(
        "ECNs applied before approval", "order.hub.ecn", "percent"
    ),
    "ecn_orders": Measure("Orders hit per ECN", "order.hub.ecn", "count"),
}
#: Pages of customers: who helps himself.
PAGES = {
    "self_service_share": Measure(
        "Look-ups that needed nobody", "order.hub.lookup", "percent", "up"
    ),
}
#: What customers say.
VOICES = {
    "nps": Measure("Net promoter score", "order.hub.survey.draw", "count", "up"),
    "experience_index": Measure(
        "Experience index", "order.hub.survey.draw", "count", "up"
    ),
}
MEASURES = {**ORDERS, **WORK, **SUPPLY, **PRODUCTION, **PAGES, **VOICES}


# === WHAT A FIGURE MEANS === #


def verdict(
    value: float | None, direction: str, target: float | None, limit: float | None
) -> str:
    """Return ``good``, ``watch``, ``bad``, ``plain`` (no target) or ``none`` (no data).

    :param value: the figure; None: no data
    :param direction: ``up`` or ``down``
    :param target: as good as this is good; None: nothing to reach
    :param limit: worse than this is bad; None: worse than the target is
    """
    if value is None:
        return "none"
    if target is None:
        return "plain"
    sign = 1 if direction == "up" else -1
    if sign * value >= sign * target:
        return "good"
    worst = target if limit is None else limit
    return "watch" if sign * value >= sign * worst else "bad"


def trend(values: Sequence[float | None], direction: str) -> str:
    """Return ``better``, ``worse``, ``same`` or ``none`` (too few figures).

    Where neither direction is the better one (empty): ``rising`` or ``falling``.
    The mean of the newer half against that of the older half; days without data do
    not count.
    """
    known = [value for value in values if value is not None]
    if len(known) < 4:
        return "none"
    middle = len(known) // 2
    older = sum(known[:middle]) / middle
    newer = sum(known[middle:]) / (len(known) - middle)
    if abs(newer - older) <= NOTICEABLE * max(abs(older), abs(newer)):
        return "same"
    is_rising = newer > older
    if not direction:
        return "rising" if is_rising else "falling"
    return "better" if is_rising == (direction == "up") else "worse"


def line(
    values: Sequence[float | None], width: float, height: float
) -> list[list[tuple[float, float]]]:
    """Return the strokes of a sparkline: points from the top left corner.

    A day without data interrupts the line, it is never drawn as zero. A constant
    figure lies in the middle.
    """
    known = [value for value in values if value is not None]
    if not known:
        return []
    low, high = min(known), max(known)
    step = width / max(len(values) - 1, 1)
    strokes: list[list[tuple[float, float]]] = [[]]
    for place, value in enumerate(values):
        if value is None:
            strokes.append([])
            continue
        share = (value - low) / (high - low) if high > low else 0.5
        strokes[-1].append((round(place * step, 2), round(height * (1 - share), 2)))
    return [stroke for stroke in strokes if stroke]
