"""Words that several models of the warnings share.

Nothing here imports Odoo.
"""

SEVERITIES = [("critical", "Critical"), ("warning", "Warning"), ("info", "Information")]

WARNING_STATES = [
    ("pending", "Not Yet"),
    ("open", "Open"),
    ("acknowledged", "Acknowledged"),
    ("snoozed", "Snoozed"),
    ("resolved", "Resolved"),
]

#: What can be measured; how is said in ``engine.subjects.KINDS``.
WARNING_KINDS = [
    ("stage_fixed", "Hours in the stage"),
    ("stage_mean", "Time in the stage against its mean"),
    ("promise_risk", "Hours left to the promise"),
    ("kit_shortage", "Parts missing for an order"),
    ("demand_stock", "Demand against stock"),
    ("workcenter_queue", "Orders waiting at a work center"),
    ("supplier_late", "Days a supplier is late"),
    ("credit_near", "Share of the credit limit used"),
    ("margin_off", "Margin off its target (percent)"),
    ("change_count", "Changes asked for by the customer"),
    ("inbound_failed", "Incoming orders that failed"),
    ("indicator", "An indicator"),
    ("domain", "A condition that lasts"),
]

#: What warnings of a rule are told together by.
GROUPINGS = [
    ("none", "Each warning"),
    ("stage", "Stage"),
    ("workcenter", "Work center"),
    ("supplier", "Supplier"),
    ("customer", "Customer"),
    ("rule", "The whole rule"),
]

#: Industry packs, of rules and indicators.
PACKS = [
    ("common", "Common"),
    ("manufacturing", "Manufacturing"),
    ("distribution", "Distribution"),
    ("electronics", "Electronics"),
]
