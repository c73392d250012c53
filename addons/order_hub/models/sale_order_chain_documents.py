from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import datetime

from odoo import fields, models
from odoo.tools import SQL

from ..engine.chain import CANCELLED, DONE, OPEN, PART, WAITS
from .sale_order_chain_links import NOTHING, OPEN_STATES

DONE_PAYMENTS = ("paid", "in_payment", "reversed")


@dataclass
class Document:
    """One document as it is, before anybody asks who may see it.

    :ivar kind: delivery, receipt, internal, return, dropship, manufacture, purchase,
        invoice, refund, bill
    :ivar state: open, done or cancelled
    :ivar goods: ``{product id: [quantity, done quantity]}`` for this order, in the
        product's own unit
    :ivar starts: needs what it waits for (UTC); ``ends``: planned or done (UTC)
    :ivar amount: of invoices, signed, in ``currency``
    """

    record: models.BaseModel
    kind: str
    name: str
    state: str
    label: str
    partner: models.BaseModel
    company_id: int
    starts: datetime | None = None
    ends: datetime | None = None
    amount: float | None = None
    currency: models.BaseModel | None = None
    goods: dict = field(default_factory=lambda: defaultdict(lambda: [0.0, 0.0]))


class OrderHubChain(models.AbstractModel):
    """The documents of a chain, read kind by kind, one query a kind."""

    _inherit = "order.hub.chain"

    def _documents(self, graph, orders):
        """Return ``{key: Document}`` of a graph, and point its links to them.

        Purchase order lines become their purchase orders, invoices and bills are
        linked to what they are for.

        :param graph: :class:`Graph` that :meth:`_graph` returned
        """
        lines = self._purchase_lines(graph)
        self._lines_to_orders(graph, lines)
        wanted = self._ids_by_model(graph)
        documents = {
            **self._pickings(wanted["stock.picking"], graph),
            **self._productions(wanted["mrp.production"], graph),
            **self._purchases(wanted["purchase.order"], graph, lines),
        }
        return {**documents, **self._invoices(graph, orders, lines)}

    def _ids_by_model(self, graph):
        keys = {key for pair in graph.links for key in pair}
        keys |= {self._waiter(row) for row in graph.moves.values()} - {""}
        keys |= {
            f"purchase.order,{purchase}"
            for purchases in graph.purchases.values()
            for purchase in purchases
        }
        wanted = defaultdict(set)
        for key in keys:
            model, record_id = key.split(",")
            wanted[model].add(int(record_id))
        return wanted

    def _label(self, record, name):
        """Return the word for a selection's value in the reader's language."""
        labels = record._fields[name]._description_selection(self.env)
        return dict(labels).get(record[name], record[name] or "")

    def _browse(self, model, ids, names):
        records = self.env[model].sudo().browse(sorted(ids))
        records.fetch(names)
        return records

    # === TRANSFERS === #

    def _pickings(self, ids, graph):
        rows = defaultdict(list)
        for row in graph.moves.values():
            if row.picking_id:
                rows[row.picking_id].append(row)
        names = ["name", "state", "partner_id", "scheduled_date", "date_done"]
        pickings = self._browse("stock.picking", ids, [*names, "company_id"])
        documents = {}
        for picking in pickings:
            moment = picking.date_done or picking.scheduled_date
            document = Document(
                picking,
                self._picking_kind(rows[picking.id]),
                picking.name,
                {"done": DONE, "cancel": CANCELLED}.get(picking.state, OPEN),
                self._label(picking, "state"),
                picking.partner_id,
                picking.company_id.id,
                picking.scheduled_date,
                moment,
            )
            for row in rows[picking.id]:
                self._add_move(document, row)
            documents[f"stock.picking,{picking.id}"] = document
        return documents

    def _add_move(self, document, row):
        """Count a move; what is cancelled counts only if all of the document is."""
        if row.state != "cancel" or document.state == CANCELLED:
            goods = document.goods[row.product_id]
            goods[0] += float(row.product_qty or 0)
            goods[1] += float(row.held or 0) if row.state == "done" else 0.0

    @staticmethod
    def _picking_kind(rows):
        if not rows:
            return "internal"
        usages = {(row.src_usage, row.dest_usage) for row in rows}
        if any(src == "customer" or dest == "supplier" for src, dest in usages):
            return "return"
        if ("supplier", "customer") in usages:
            return "dropship"
        if any(dest == "customer" for _src, dest in usages):
            return "delivery"
        return "receipt" if any(src == "supplier" for src, _d in usages) else "internal"

    # === MANUFACTURING === #

    def _productions(self, ids, graph):
        names = ["name", "state", "product_id", "product_uom_qty", "company_id"]
        names += ["date_start", "date_finished"]
        productions = self._browse("mrp.production", ids, names)
        documents = {}
        for production in productions:
            documents[f"mrp.production,{production.id}"] = Document(
                production,
                "manufacture",
                production.name,
                {"done": DONE, "cancel": CANCELLED}.get(production.state, OPEN),
                self._label(production, "state"),
                self.env["res.partner"],
                production.company_id.id,
                production.date_start,
                production.date_finished or production.date_start,
            )
        for row in graph.moves.values():
            document = documents.get(f"mrp.production,{row.production_id}")
            if document and row.product_id == document.record.product_id.id:
                self._add_move(document, row)
        for production in productions:
            document = documents[f"mrp.production,{production.id}"]
            if not document.goods:
                quantity = production.product_uom_qty
                document.goods[production.product_id.id] = [quantity, 0.0]
        return documents

    # === PURCHASES === #

    def _purchase_lines(self, graph):
        """Return the purchase lines of a graph as rows, those by reference included."""
        purchases = {p for ids in graph.purchases.values() for p in ids}
        if not purchases and not graph.lines:
            return []
        rows = self._cr_rows(
            SQL(
                """SELECT line.id, line.order_id, line.product_id,
                          GREATEST(line.date_planned, line.hub_expected_date)
                          AS date_planned,
                          line.product_uom_qty AS quantity,
                          COALESCE(line.qty_received, 0) * line.product_uom_qty
                          / NULLIF(line.product_qty, 0) AS received
                     FROM purchase_order_line line
                    WHERE line.product_id IS NOT NULL
                      AND (line.id = ANY(%s) OR line.order_id = ANY(%s))""",
                list(graph.lines),
                list(purchases),
            )
        )
        linked = {row.order_id for row in rows if row.id in graph.lines}
        return [
            row for row in rows if row.id in graph.lines or row.order_id not in linked
        ]

    def _lines_to_orders(self, graph, lines):
        """Let links that name a purchase line name its purchase order."""
        orders = {
            f"purchase.order.line,{row.id}": f"purchase.order,{row.order_id}"
            for row in lines
        }
        links, graph.links = graph.links, {}
        for link in links.values():
            waiter = orders.get(link.waiter, link.waiter)
            source = orders.get(link.source, link.source)
            if "purchase.order.line" not in f"{waiter}{source}":
                graph.link(waiter, source, link.kind)
        waited_for = {
            source for (_w, source), link in graph.links.items() if link.kind == WAITS
        }
        graph.refills = {orders.get(key, key) for key in graph.refills} - waited_for

    def _purchases(self, ids, graph, lines):
        names = ["name", "state", "partner_id", "company_id", "date_planned"]
        purchases = self._browse("purchase.order", ids, names)
        rows, receipts = defaultdict(list), defaultdict(list)
        for row in lines:
            rows[row.order_id].append(row)
        by_line = {row.id: row.order_id for row in lines}
        for row in graph.moves.values():
            if row.purchase_line_id in by_line:
                receipts[by_line[row.purchase_line_id]].append(row)
        return {
            f"purchase.order,{purchase.id}": self._purchase(
                purchase, rows[purchase.id], receipts[purchase.id]
            )
            for purchase in purchases
        }

    def _purchase(self, purchase, rows, receipts):
        coming = [row.date for row in receipts if row.state in OPEN_STATES]
        planned = [
            row.date_planned
            for row in rows
            if row.date_planned
            and float(row.quantity or 0) - float(row.received or 0) > NOTHING
        ]
        document = Document(
            purchase,
            "purchase",
            purchase.name,
            self._purchase_state(purchase, rows, receipts),
            self._label(purchase, "state"),
            purchase.partner_id,
            purchase.company_id.id,
            None,
            max(coming + planned, default=purchase.date_planned or None),
        )
        for row in rows:
            goods = document.goods[row.product_id]
            goods[0] += float(row.quantity or 0)
            goods[1] += float(row.received or 0)
        return document

    def _purchase_state(self, purchase, rows, receipts):
        """A purchase is done when nothing of what was ordered is still to come."""
        if purchase.state == "cancel":
            return CANCELLED
        if purchase.state != "purchase":
            return OPEN
        if receipts:
            is_coming = any(row.state in OPEN_STATES for row in receipts)
        else:
            is_coming = any(
                float(row.quantity or 0) - float(row.received or 0) > NOTHING
                for row in rows
            )
        return OPEN if is_coming else DONE

    # === INVOICES AND BILLS === #

    def _invoices(self, graph, orders, lines):
        """Return invoices and bills, linked below what they are for."""
        found = self._invoiced(orders, lines)
        moves = self._browse(
            "account.move",
            {move for _for, move in found},
            [
                *("name", "state", "move_type", "payment_state", "invoice_date"),
                *("invoice_date_due", "amount_total_signed", "company_currency_id"),
                *("company_id", "partner_id", "reversed_entry_id"),
            ],
        )
        documents = {f"account.move,{m.id}": self._invoice(m) for m in moves}
        for above, move in found:
            key = f"account.move,{move}"
            reverses = moves.browse(move).reversed_entry_id
            before = f"account.move,{reverses.id}"
            graph.link(before if before in documents else above, key, PART)
        return documents

    def _invoiced(self, orders, lines):
        """Return pairs: key of the sale or purchase order, id of the invoice."""
        rows = self.env.execute_query(
            SQL(
                """SELECT DISTINCT 'sale.order', line.order_id, item.move_id
                     FROM sale_order_line line
                     JOIN sale_order_line_invoice_rel rel ON rel.order_line_id = line.id
                     JOIN account_move_line item ON item.id = rel.invoice_line_id
                    WHERE line.order_id = ANY(%s)
                UNION
                   SELECT 'purchase.order', line.order_id, item.move_id
                     FROM account_move_line item
                     JOIN purchase_order_line line ON line.id = item.purchase_line_id
                    WHERE item.purchase_line_id = ANY(%s)""",
                orders.ids,
                [row.id for row in lines],
            )
        )
        return sorted((f"{model},{order}", move) for model, order, move in rows)

    def _invoice(self, move):
        kinds = {"out_refund": "refund", "in_refund": "refund", "in_invoice": "bill"}
        is_posted = move.state == "posted"
        state = CANCELLED if move.state == "cancel" else OPEN
        if is_posted and move.payment_state in DONE_PAYMENTS:
            state = DONE
        label = self._label(move, "payment_state" if is_posted else "state")
        due = move.invoice_date_due or move.invoice_date
        return Document(
            move,
            kinds.get(move.move_type, "invoice"),
            move.name if move.name and move.name != "/" else "",
            state,
            label,
            move.partner_id,
            move.company_id.id,
            None,
            fields.Datetime.to_datetime(due) or None,
            abs(move.amount_total_signed),
            move.company_currency_id,
        )

    def _local(self, document):
        """Return the document with moments in the reader's time zone, naive."""
        if document.record._name == "account.move":
            return document
        return replace(
            document,
            starts=self._local_moment(document.starts),
            ends=self._local_moment(document.ends),
        )

    def _local_moment(self, moment):
        if not moment:
            return None
        local = fields.Datetime.context_timestamp(self, moment)
        return local.replace(tzinfo=None)
