from odoo import api, models
from odoo.tools import format_date, formatLang

from ..engine.chain import DONE, NEVER, OPEN


class SaleOrder(models.Model):
    """The document chain in words, for its reader."""

    _inherit = "sale.order"

    @api.model
    def _hub_chain_kinds(self):
        """Return ``{kind of document: its name}``."""
        return {
            "sale": self.env._("Sales order"),
            "delivery": self.env._("Delivery"),
            "internal": self.env._("Transfer"),
            "receipt": self.env._("Receipt"),
            "return": self.env._("Return"),
            "dropship": self.env._("Drop shipment"),
            "manufacture": self.env._("Manufacturing order"),
            "purchase": self.env._("Purchase order"),
            "invoice": self.env._("Invoice"),
            "refund": self.env._("Credit note"),
            "bill": self.env._("Vendor bill"),
            "missing": self.env._("Nothing planned"),
        }

    def _hub_chain_words(self, view):
        """Return one chain as the page and the API show it."""
        chain, kinds = view.chain, self._hub_chain_kinds()
        timing, wait = chain.timing(), chain.wait()
        path = wait.path if wait else ()
        rows = [
            self._hub_chain_row(view, row, timing[row.key], kinds, path)
            for row in chain.rows()
        ]
        documents = [row for row in rows if row["kind"] not in ("sale", "missing")]
        return {
            "rows": rows,
            "counts": {
                "documents": len(documents),
                "open": sum(row["state"] == OPEN for row in documents),
                "done": sum(row["state"] == DONE for row in documents),
                "late": sum(row["is_late"] for row in rows if row["depth"]),
            },
            "waits_for": self._hub_chain_wait_words(view),
        }

    def _hub_chain_row(self, view, row, times, kinds, path):
        """Return one line of the tree.

        :return: dict with key, parent, depth, kind, kind_label, name, model and id (0:
            not to be opened), state (open, done, cancelled), state_label, partner,
            goods, quantity, amount, planned, needed, expected (texts), is_late,
            days_late, is_blocking, is_refill, waits_for and also (names of others)
        """
        kind, facts = self._hub_chain_facts(view, row.key)
        if kind == "receipt" and row.parent not in view.readable:
            facts["partner"] = ""
        node = view.chain.nodes[row.key]
        is_plan = bool(row.depth and node.state == OPEN and times.ready)
        return {
            "key": row.key,
            "parent": row.parent,
            "depth": row.depth,
            "kind": kind,
            "kind_label": kinds[kind],
            "name": self._hub_chain_name(view, row.key),
            "state": node.state,
            "planned": self._hub_chain_day(node.ends or node.starts),
            "needed": self._hub_chain_day(times.needed)
            if is_plan or not row.depth
            else "",
            "expected": self._hub_chain_day(times.ready) if is_plan else "",
            "is_late": is_plan and times.is_late,
            "days_late": times.days_late if is_plan else 0,
            "is_blocking": row.key in path[1:],
            "is_refill": row.key in view.refills,
            "waits_for": self._hub_chain_names(view, view.chain.waits_for(row.key)),
            "also": self._hub_chain_names(view, row.also),
            **facts,
        }

    def _hub_chain_names(self, view, keys):
        names = [self._hub_chain_name(view, key) for key in keys]
        return [name for name in names if name]

    def _hub_chain_name(self, view, key):
        """Return what a document is called; empty for a gap that is not to be seen."""
        if key == view.chain.root:
            return view.order.name
        if key in view.gaps:
            waiter, product, _quantity = view.gaps[key]
            is_readable = waiter in view.readable
            return view.products[product].display_name if is_readable else ""
        return view.documents[key].name

    def _hub_chain_day(self, moment):
        """Return a local moment as a date in the reader's format."""
        if not moment or moment == NEVER:
            return ""
        return format_date(self.env, moment.date())

    # === WHAT ONE READER MAY SEE OF ONE DOCUMENT === #

    def _hub_chain_facts(self, view, key):
        """Return the kind of a document and what the reader may know of it.

        Without the right to read it: its state, and no way to it.
        """
        if key == view.chain.root:
            return "sale", self._hub_chain_root_facts(view.order)
        if key in view.gaps:
            return "missing", self._hub_chain_gap_facts(view, key)
        document = view.documents[key]
        facts = {**self._hub_chain_no_facts(), "state_label": document.label}
        if key in view.readable:
            facts |= self._hub_chain_document_facts(view, document)
        return document.kind, facts

    def _hub_chain_no_facts(self):
        names = ("model", "state_label", "partner", "goods", "quantity", "amount")
        return {"id": 0, **dict.fromkeys(names, "")}

    def _hub_chain_root_facts(self, order):
        label = self.env["order.hub.chain"]._label(order.sudo(), "state")
        partner = order.sudo().partner_id.display_name
        facts = {"model": "sale.order", "state_label": label, "partner": partner}
        return {**self._hub_chain_no_facts(), **facts}

    def _hub_chain_gap_facts(self, view, key):
        waiter, product_id, quantity = view.gaps[key]
        facts = {
            **self._hub_chain_no_facts(),
            "state_label": self.env._("Nothing planned"),
        }
        if waiter in view.readable:
            product = view.products[product_id]
            facts["goods"] = product.display_name
            facts["quantity"] = self._hub_chain_quantity(quantity, product)
        return facts

    def _hub_chain_document_facts(self, view, document):
        facts = {
            "model": document.record._name,
            "id": document.record.id,
            "partner": document.partner.sudo().display_name or "",
            **self._hub_chain_goods(view, document),
        }
        if document.amount is not None:
            facts["amount"] = formatLang(
                self.env, document.amount, currency_obj=document.currency
            )
        return facts

    def _hub_chain_goods(self, view, document):
        """Return what a document is about: one product, or how many."""
        if not document.goods:
            return {}
        if len(document.goods) > 1:
            count = len(document.goods)
            return {"goods": self.env._("%(count)s products", count=count)}
        [(product_id, (quantity, done))] = document.goods.items()
        product = view.products[product_id]
        text = self._hub_chain_quantity(quantity, product)
        if document.state == OPEN and done > 0:
            text = self.env._(
                "%(done)s of %(quantity)s",
                done=self._hub_chain_number(done),
                quantity=text,
            )
        return {"goods": product.display_name, "quantity": text}

    def _hub_chain_quantity(self, quantity, product):
        return f"{self._hub_chain_number(quantity)} {product.uom_id.name}"

    def _hub_chain_number(self, quantity):
        text = formatLang(self.env, quantity, dp="Product Unit")
        point = self.env["res.lang"]._get_data(code=self.env.lang or "en_US")
        sign = point.decimal_point or "."
        return text.rstrip("0").rstrip(sign) if sign in text else text

    # === ONE SENTENCE === #

    def _hub_chain_wait_words(self, view):
        """Say in a sentence what an order waits for; empty when for nothing."""
        wait = view.chain.wait()
        if not wait or view.order.state != "sale":
            return ""
        sentences = [self._hub_chain_who_waits(view, wait)]
        if wait.ready != NEVER and wait.days_late:
            sentences.append(
                self.env._(
                    "The order is ready on %(date)s at the earliest, days late: "
                    "%(days)s.",
                    date=self._hub_chain_day(wait.ready),
                    days=wait.days_late,
                )
            )
        if wait.others:
            sentences.append(
                self.env._("Further documents waited for: %s.", wait.others)
            )
        return " ".join(sentences)

    def _hub_chain_who_waits(self, view, wait):
        waiter = self._hub_chain_title(view, wait.waiter)
        if wait.blocker in view.gaps:
            _kind, facts = self._hub_chain_facts(view, wait.blocker)
            return self._hub_chain_gap_words(waiter, facts)
        node = view.chain.nodes[wait.blocker]
        words = {
            "waiter": waiter,
            "document": self._hub_chain_document_words(view, wait.blocker),
            "date": self._hub_chain_day(node.ends or node.starts) or "–",
        }
        if wait.waiter == view.chain.root:
            return self.env._(
                "Everything is there: what is left is %(document)s, planned for "
                "%(date)s.",
                **words,
            )
        return self.env._(
            "%(waiter)s waits for %(document)s, planned for %(date)s.", **words
        )

    def _hub_chain_gap_words(self, waiter, facts):
        if not facts["goods"]:
            return self.env._(
                "%(waiter)s waits for a part that nothing is planned for.",
                waiter=waiter,
            )
        return self.env._(
            "%(waiter)s waits for %(quantity)s of %(goods)s: nothing is planned.",
            waiter=waiter,
            quantity=facts["quantity"],
            goods=facts["goods"],
        )

    def _hub_chain_title(self, view, key):
        """Return the kind and the number of a document."""
        kind, _facts = self._hub_chain_facts(view, key)
        name = self._hub_chain_name(view, key)
        return f"{self._hub_chain_kinds()[kind]} {name}".strip()

    def _hub_chain_document_words(self, view, key):
        """Return a document as it is called in a sentence, with how far it is."""
        kind, facts = self._hub_chain_facts(view, key)
        more = [facts["partner"]] if kind == "purchase" and facts["partner"] else []
        more += [facts["state_label"]]
        return f"{self._hub_chain_title(view, key)} ({', '.join(more)})"
