from collections import defaultdict
from dataclasses import dataclass

from odoo import fields, models

from ..engine.chain import CANCELLED, OPEN, PART, WAITS, Chain, Link, Node


@dataclass
class OrderChain:
    """The chain of one order as one reader may see it.

    :ivar chain: :class:`engine.chain.Chain`, moments in the reader's time zone
    :ivar documents: ``{key: Document}`` of the reader's companies
    :ivar gaps: ``{key: (key of the document, product id, quantity)}`` of what nobody
        has planned
    :ivar products: ``{product id: product}`` of all documents and gaps, as superuser
    :ivar readable: keys of the documents the reader may open
    :ivar refills: keys of the documents that refill stock, nothing waits for them
    """

    order: models.BaseModel
    chain: Chain
    documents: dict
    gaps: dict
    products: dict
    readable: set
    refills: set


class SaleOrder(models.Model):
    """The documents behind an order: one tree, and who waits for whom."""

    _inherit = "sale.order"

    def hub_chain(self):
        """Return the document chain for the *Chain* page.

        :return: dict with ``rows`` (the tree in reading order, see
            :meth:`_hub_chain_row`), ``counts`` (documents, open, late, done) and
            ``waits_for`` (a sentence, empty when the order waits for nothing)
        :raise AccessError: for anybody who may not read the order
        """
        self.ensure_one()
        self._hub_check_inside()
        self.check_access("read")
        return self._hub_chain()

    def _hub_chain(self):
        """As :meth:`hub_chain`, for callers that have checked who is asking."""
        self.ensure_one()
        [view] = self._hub_chains().values()
        return self._hub_chain_words(view)

    def _hub_wait_sentence(self):
        """Return one sentence that says what the order waits for, or an empty text.

        In the reader's language, with what the reader may see.
        """
        self.ensure_one()
        return self._hub_wait_sentences()[self.id]

    def _hub_wait_sentences(self):
        """Return ``{order id: sentence}`` for many orders at once."""
        return {
            order: self._hub_chain_wait_words(view)
            for order, view in self._hub_chains().items()
        }

    def _hub_chains(self):
        """Return ``{order id: OrderChain}`` with a bounded number of queries."""
        if not self:
            return {}
        service = self.env["order.hub.chain"]
        graph = service._graph(self)
        found = service._documents(graph, self)
        documents = {
            key: service._local(document)
            for key, document in found.items()
            if self.env.su or document.company_id in self.env.companies.ids
        }
        gaps = self._hub_chain_gaps(graph, documents)
        links = [*graph.links.values()]
        links += [Link(waiter, key) for key, (waiter, *_rest) in gaps.items()]
        nodes = {key: self._hub_chain_node(key, doc) for key, doc in documents.items()}
        nodes.update({key: Node(key, planned=False) for key in gaps})
        products = self._hub_chain_products(documents, gaps)
        readable = self._hub_chain_readable(documents)
        return {
            order.id: OrderChain(
                order,
                order._hub_chain_of(graph, nodes, links),
                documents,
                gaps,
                products,
                readable,
                graph.refills,
            )
            for order in self
        }

    # === NODES AND LINKS === #

    def _hub_chain_gaps(self, graph, documents):
        """Return what nobody has planned, by a key of its own."""
        return {
            f"missing,{waiter}-{product}": (waiter, product, quantity)
            for (waiter, product), quantity in graph.missing.items()
            if waiter in documents and documents[waiter].state == OPEN
        }

    def _hub_chain_products(self, documents, gaps):
        """Return ``{id: product}``, to be read together."""
        ids = {product for document in documents.values() for product in document.goods}
        ids |= {product for _waiter, product, _quantity in gaps.values()}
        products = self.env["product.product"].sudo().browse(sorted(ids))
        return {product.id: product for product in products}

    def _hub_chain_node(self, key, document):
        return Node(key, document.state, document.starts, document.ends)

    def _hub_chain_root(self):
        service = self.env["order.hub.chain"]
        order = self.sudo()
        promised = order.hub_promised_date or order.commitment_date
        state = CANCELLED if order.state == "cancel" else OPEN
        return Node(
            f"sale.order,{order.id}", state, service._local_moment(promised or None)
        )

    def _hub_chain_of(self, graph, nodes, links):
        """Return the chain of one order out of what was found for all."""
        self.ensure_one()
        root, service = self._hub_chain_root(), self.env["order.hub.chain"]
        now = service._local_moment(fields.Datetime.now())
        nodes = {**nodes, root.key: root}
        own = [graph.moves[move] for move in graph.own[self.id] if move in graph.moves]
        links = links + [
            Link(root.key, service._waiter(row))
            for row in self._hub_chain_last_moves(own)
        ]
        reached = Chain(root.key, nodes, links, now).reached
        related = {service._waiter(row) for row in own}
        related |= {f"purchase.order,{p}" for p in graph.purchases[self.id]}
        related = [key for key in sorted(related) if key in nodes.keys() - reached]
        return Chain(
            root.key,
            nodes,
            links + self._hub_chain_related(root.key, related, links),
            now,
        )

    @staticmethod
    def _hub_chain_last_moves(own):
        """Return the moves that hand goods over: those no other own move follows."""
        followed = {origin for row in own for origin in row.origins}
        return [
            row
            for row in own
            if row.sale_line_id
            and not row.origin_returned_move_id
            and (row.dest_usage == "customer" or row.id not in followed)
        ]

    @staticmethod
    def _hub_chain_related(root, related, links):
        """Link what carries the order's reference but nothing of it waits for.

        A purchase for a service of the order is waited for; what else is only
        related stands below the order as a part of it.
        """
        behind = defaultdict(set)
        for link in links:
            behind[link.source].add(link.waiter)
        heads = [key for key in related if not behind[key] & set(related)]
        return [
            Link(root, key, WAITS if key.startswith("purchase") else PART)
            for key in heads or related
        ]

    # === WHO MAY SEE WHAT === #

    def _hub_chain_readable(self, documents):
        """Return the keys of the documents that the reader may open."""
        if self.env.su:
            return set(documents)
        by_model = defaultdict(list)
        for document in documents.values():
            by_model[document.record._name].append(document.record.id)
        readable = set()
        for model, ids in by_model.items():
            records = self.env[model].browse(ids)._filtered_access("read")
            readable |= {f"{model},{record_id}" for record_id in records.ids}
        return readable
