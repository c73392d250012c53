"""Words and limits of intake."""

KINDS = [
    ("order", "Order"),
    ("change", "Change"),
    ("cancel", "Cancellation"),
    ("return", "Return"),
    ("refund", "Refund"),
    ("paid", "Payment"),
    ("shipped", "Shipment"),
    ("other", "Other"),
]

STATES = [
    ("received", "Received"),
    ("reading", "Being Read"),
    ("waiting", "Waits for Its Order"),
    ("attention", "Needs a Person"),
    ("failed", "Failed"),
    ("done", "Taken In"),
    ("duplicate", "Duplicate"),
    ("ignored", "Ignored"),
]
#: Nothing happens with these by itself any more.
FINAL_STATES = ("done", "duplicate", "ignored")
OUTCOMES = tuple(code for code, _label in STATES if code != "received")

#: Steps in their order, and what each is called.
STEPS = [
    ("parse", "Read"),
    ("map", "Map Fields"),
    ("customer", "Customer and Address"),
    ("products", "Products"),
    ("bundles", "Bundles"),
    ("duplicates", "Duplicates"),
    ("duty", "Duty"),
    ("submit", "Hand Over"),
]
STEPS_OF_KIND = {
    "order": [code for code, _label in STEPS],
    "change": ["parse", "map", "products", "bundles", "submit"],
}
STEPS_OTHERWISE = ["parse", "submit"]

INTAKE_STATES = [
    ("off", "Off"),
    ("on", "On"),
    ("paused", "Paused"),
    ("broken", "Broken"),
]

#: Messages that one ticket takes, and how many tickets a channel may have at once.
#: 100 cost no less a message, and lose twice as much, twice as often, where two jobs
#: reserve the same goods and PostgreSQL lets one of them begin again.
BATCH = 50
TICKETS = 4
#: Seconds that the first of several deliveries waits for the others: one job for all.
GATHERING = 1
#: Tries of a message that fails without a reason that a person could mend.
MAX_ATTEMPTS = 3
AUTHENTICATION_TRIES = 5

# === HISTORY === #

HISTORY_STATES = [
    ("waiting", "Waits to Be Read"),
    ("mapping", "Columns to Confirm"),
    ("reading", "Being Read"),
    ("review", "To Review"),
    ("taking", "Being Taken In"),
    ("done", "Taken In"),
    ("undoing", "Being Undone"),
    ("broken", "Cannot Be Read"),
]
#: States in which a job has something to do.
HISTORY_WORKING = ("waiting", "reading", "taking", "undoing")
HISTORY_ROW_STATES = [
    ("new", "To Review"),
    ("approved", "Approved"),
    ("corrected", "Corrected"),
    ("rejected", "Left Out"),
    ("done", "Taken In"),
    ("failed", "Failed"),
]
#: Rows that are stored, and orders that are made, with one commit.
HISTORY_CHUNK = 2000
HISTORY_ORDERS = 1000
#: Rows that the screen of the columns shows.
HISTORY_SAMPLE = 25
HISTORY_BYTES = 25 * 1024 * 1024
HISTORY_ENDINGS = (".xlsx", ".xlsm", ".xls", ".ods", ".csv", ".tsv", ".txt")
