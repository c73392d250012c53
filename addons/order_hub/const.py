"""Words of the hub that code and database share: selections and limits.

Nothing here imports Odoo, so that ``engine/`` and the tests can use it alone.
"""

#: Milestones: the small fixed list that stages of every flow map to.
MILESTONES = [
    ("received", "Received"),
    ("approved", "Approved"),
    ("scheduled", "Scheduled"),
    ("preparing", "Preparing"),
    ("picked", "Picked"),
    ("shipped", "Shipped"),
    ("delivered", "Delivered"),
    ("closed", "Closed"),
    ("cancelled", "Cancelled"),
]
#: Milestones after which nothing is waited for any more.
FINAL_MILESTONES = ("closed", "cancelled")

#: Facts of native documents that can carry an order into a stage.
TRIGGERS = [
    ("quotation_signed", "Quotation signed"),
    ("prepaid", "Prepaid"),
    ("approved", "Approvals given"),
    ("sale_confirmed", "Sale confirmed"),
    ("mo_confirmed", "Manufacturing confirmed"),
    ("mo_done", "Manufacturing finished"),
    ("reserved", "Stock reserved"),
    ("picked", "Picking done"),
    ("delivered", "Delivered"),
    ("signed", "Receipt signed"),
    ("invoiced", "Invoiced"),
    ("paid", "Invoices paid"),
]

GATE_KINDS = [
    ("stock_coverage", "Stock coverage"),
    ("kit_complete", "Kit complete"),
    ("credit_headroom", "Credit headroom"),
    ("prepayment", "Prepayment"),
    ("customer_signature", "Customer signature"),
    ("bom_present", "Bill of materials present"),
    ("required_fields", "Required fields"),
    ("domain", "Condition"),
]

ACTION_KINDS = [
    ("confirm_sale", "Confirm the sale"),
    ("reserve", "Reserve stock"),
    ("schedule", "Plan manufacturing"),
    ("confirm_mo", "Confirm manufacturing"),
    ("push_work_order", "Hand the work orders to the shop floor"),
    ("activity", "Give somebody a to-do"),
    ("mail", "Send a message to the customer"),
]

#: What is decided about an order, in the order in which a reader asks.
DECISION_KINDS = [
    ("route", "Rules tried"),
    ("order_type", "Order type"),
    ("flow", "Flow"),
    ("priority", "Priority"),
    ("owner", "Who has it"),
    ("team", "Sales team"),
    ("tags", "Tags"),
    ("approval", "Approval"),
    ("credit", "Credit"),
    ("policy", "Sourcing policy"),
    ("sourcing", "Sourcing"),
    ("quality", "Quality level"),
    ("checks", "Quality checks"),
    ("shipping", "Shipping constraints"),
    ("carrier", "Carrier"),
    ("follow_up", "Follow-up"),
    ("hold", "Hold"),
]
#: Who or what took a decision.
DECISION_SOURCES = [
    ("rule", "Routing rule"),
    ("policy", "Policy"),
    ("default", "Standard"),
    ("history", "History"),
    ("person", "Person"),
]
PRIORITIES = [("0", "Normal"), ("1", "High"), ("2", "Urgent")]
QUALITY_LEVELS = [
    ("normal", "Normal"),
    ("tightened", "Tightened"),
    ("full", "Every piece"),
]
APPROVAL_PATHS = [
    ("full", "All levels"),
    ("short", "One named approver"),
    ("none", "No approval"),
]
#: Customer grades, best first.
GRADES = [("a", "A"), ("b", "B"), ("c", "C"), ("d", "D")]

#: What a customer may want changed on an accepted order.
CHANGE_KINDS = [
    ("address", "Delivery address"),
    ("quantity", "Quantity"),
    ("add", "Added product"),
    ("drop", "Dropped product"),
    ("date", "Delivery date"),
    ("specification", "Specification"),
]
#: Who brought a change request.
CHANGE_SOURCES = [
    ("sales", "Salesperson"),
    ("portal", "Customer"),
    ("api", "Integration"),
]
CHANGE_STATES = [
    ("draft", "Draft"),
    ("open", "To carry out"),
    ("waiting", "Waiting for acceptance"),
    ("done", "Done"),
    ("refused", "Refused"),
    ("withdrawn", "Withdrawn"),
]
#: Change requests that may still come to something.
OPEN_CHANGES = ("draft", "open", "waiting")
#: What is looked at before an order is changed.
CHANGE_CHECKS = [
    ("order", "Order"),
    ("stage", "Stage"),
    ("shipping", "Shipping"),
    ("quantity", "Quantity"),
    ("stock", "Stock"),
    ("capacity", "Capacity"),
    ("production", "Manufacturing"),
    ("bom", "Frozen BOM"),
    ("credit", "Credit"),
    ("freight", "Freight"),
    ("invoice", "Invoice"),
    ("approval", "Approval"),
]
CHECK_RESULTS = [
    ("ok", "In order"),
    ("warn", "To be accepted"),
    ("stop", "Not possible"),
]
#: Who has to accept a change before it is carried out, in the order they are asked.
CHANGE_ROLES = [
    ("customer", "Customer"),
    ("salesperson", "Salesperson"),
    ("supervisor", "Supervisor"),
    ("credit", "Credit"),
]

EVIDENCE_KINDS = [
    ("photo", "Photo"),
    ("note", "Note"),
    ("signature", "Signature"),
    ("file", "File"),
]

#: Where a stage event came from.
SOURCES = [
    ("user", "Person"),
    ("scan", "Scan"),
    ("document", "Odoo document"),
    ("api", "Integration"),
    ("portal", "Portal"),
    ("import", "Import"),
    ("cron", "Scheduled job"),
]

#: What a supplier says to a line of a purchase order, and by which way.
ANSWER_KINDS = [
    ("confirm", "Confirms"),
    ("split", "Offers Otherwise"),
    ("refuse", "Refuses"),
]
ANSWER_SOURCES = [
    ("portal", "Supplier portal"),
    ("link", "Link without login"),
    ("odoo", "Odoo's purchase page"),
    ("buyer", "Buyer"),
    ("api", "Integration"),
]
#: What has become of an answer, and what a buyer can decide about one.
ANSWER_STATES = [
    ("proposed", "To Decide"),
    ("accepted", "Accepted"),
    ("countered", "Asked Otherwise"),
    ("superseded", "Overtaken"),
]
SETTLEMENT_KINDS = [
    ("accepted", "Accepted"),
    ("countered", "Asked Otherwise"),
]
#: What a purchase order, or a line of it, has come to.
ANSWERED_STATES = [
    ("none", "Not Asked"),
    ("waiting", "Waiting for Supplier"),
    ("differs", "Supplier Differs"),
    ("refused", "Supplier Refuses"),
    ("confirmed", "Confirmed"),
    ("settled", "Settled"),
]

#: Sources behind which nobody waits for an answer: a refused hand-over is
#: noted on the order instead of raised.
UNATTENDED_SOURCES = ("document", "cron")

#: Value of context keys that only the hub's own code may set. No RPC call can
#: carry this very object, so no caller can pretend to be the hub.
INTERNAL = object()


class Checked(frozenset):
    """Ids of orders whose hand-over was just checked; like ``INTERNAL``, a type
    that no caller from outside can put into a context."""


class Touched(set):
    """Collects the ids of orders whose lines are written by the write of an order."""


#: Bounds on what comes in from outside.
MAX_API_TEXT = 10_000
MAX_EVIDENCE_BYTES = 15 * 1024 * 1024
MAX_EVENTS_PAGE = 1000
