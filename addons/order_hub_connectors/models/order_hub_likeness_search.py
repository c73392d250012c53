from datetime import timedelta

from odoo import api, models
from odoo.tools import SQL

from ..engine.likeness import DAYS, THRESHOLD

#: As ``engine.likeness.phone_key``; the index of ``res.partner`` is on it.
PHONE_KEY = SQL(r"right(regexp_replace(partner.phone, '\D', '', 'g'), 8)")
EMAIL = "email_normalized"
#: How many candidates one key brings: the newest of it.
NEWEST = 30
#: Contacts of one customer that are looked at, the newest.
CONTACTS = 200
#: Orders of the same products of which the likest names are taken.
SAME_SET = 60
LIKEST = 10


class OrderHubLikenessSearch(models.AbstractModel):
    """Finds orders worth comparing, for many at once.

    Comparing each with each is out of the question. Two orders are compared when
    they share a customer, a phone, an e-mail address, or the set of products; each
    key brings a bounded number, by an index.
    """

    _name = "order.hub.likeness.search"
    _description = "Search of Like Orders"

    @api.model
    def _pairs(self, company, probes, scheme):
        """Return pairs of a probe and an order that may be alike.

        :param scheme: ``order.hub.likeness``, empty for the standard one
        :return: set of ``(number, order id)``
        """
        pairs = self._candidates(company, probes, scheme.days or DAYS)
        threshold = scheme.threshold or THRESHOLD
        return self._worth_comparing(pairs, probes, scheme._weights(), threshold)

    @api.model
    def _candidates(self, company, probes, days):
        """Return pairs of a probe and an order that share a key, one query for all.

        :param company: ``res.company``
        :param probes: ``{number: engine.likeness.Facts}``
        :param days: days before and after
        :return: set of ``(number, order id)``
        """
        if not probes:
            return set()
        self.env["sale.order"].flush_model(
            ["partner_id", "partner_shipping_id", "date_order", "state", "company_id"]
            + ["hub_product_set"]
        )
        self.env["res.partner"].flush_model(
            ["commercial_partner_id", "phone", "email_normalized", "name"]
        )
        rows = self.env.execute_query(self._sql_candidates(company, probes, days))
        return set(rows)

    def _sql_candidates(self, company, probes, days):
        contacts = [self._same_customer(), self._same_key("phone")]
        contacts.append(self._same_key("email"))
        return SQL(
            """WITH probe AS MATERIALIZED (%(probes)s),
                    key AS MATERIALIZED (%(keys)s),
                    contact AS MATERIALIZED (SELECT DISTINCT n, id
                                               FROM (%(contacts)s) AS each)
               SELECT DISTINCT n, id
                 FROM (%(ordered)s UNION ALL %(products)s) AS found""",
            probes=self._probe_rows(company, probes, days),
            keys=self._key_rows(probes),
            contacts=SQL(" UNION ALL ").join(contacts),
            ordered=self._by_contact(),
            products=self._by_products(),
        )

    def _probe_rows(self, company, probes, days):
        window = timedelta(days=days)
        rows = [
            (n, company.id, p.at - window, p.at + window, p.customer, p.set_key, p.name)
            for n, p in probes.items()
        ]
        return SQL(
            """SELECT * FROM unnest(%s::int[], %s::int[], %s::timestamp[],
                   %s::timestamp[], %s::int[], %s::text[], %s::text[])
                 AS row(n, company, since, until, customer, product_set, name)""",
            *(list(column) for column in zip(*rows, strict=True)),
        )

    def _key_rows(self, probes):
        rows = [(n, "phone", key) for n, p in probes.items() for key in p.phones]
        rows += [(n, "email", key) for n, p in probes.items() for key in p.emails]
        columns = zip(*rows, strict=True) if rows else ([], [], [])
        return SQL(
            """SELECT * FROM unnest(%s::int[], %s::text[], %s::text[])
                 AS row(n, kind, key)""",
            *(list(column) for column in columns),
        )

    # === WHO: n of the probe, id of the contact === #

    def _same_customer(self):
        """The newest contacts of the customer."""
        return SQL(
            """SELECT probe.n, found.id FROM probe
                CROSS JOIN LATERAL (
                    SELECT partner.id FROM res_partner partner
                     WHERE probe.customer > 0
                       AND partner.commercial_partner_id = probe.customer
                     ORDER BY partner.id DESC LIMIT %s) AS found""",
            CONTACTS,
        )

    def _same_key(self, kind):
        """Whoever has the phone or the address."""
        column = PHONE_KEY if kind == "phone" else SQL.identifier("partner", EMAIL)
        filled = SQL.identifier("partner", kind if kind == "phone" else EMAIL)
        return SQL(
            """SELECT key.n, found.id FROM key
                CROSS JOIN LATERAL (
                    SELECT partner.id FROM res_partner partner
                     WHERE %(filled)s IS NOT NULL AND %(column)s = key.key
                     LIMIT %(most)s) AS found
                WHERE key.kind = %(kind)s""",
            filled=filled,
            column=column,
            most=NEWEST,
            kind=kind,
        )

    # === WHAT: n of the probe, id of the order === #

    def _by_contact(self):
        """The newest orders of each contact, or sent to it."""
        sent = SQL(
            """o.partner_shipping_id = contact.id
               AND o.partner_shipping_id <> o.partner_id"""
        )
        return SQL(
            """SELECT contact.n, found.id FROM contact JOIN probe USING (n)
                CROSS JOIN LATERAL (
                    (%(ordered)s) UNION ALL (%(sent)s)) AS found""",
            ordered=self._orders_of(SQL("o.partner_id = contact.id")),
            sent=self._orders_of(sent),
        )

    def _orders_of(self, condition):
        return SQL(
            """SELECT o.id FROM sale_order o
                WHERE %(condition)s AND %(among)s
                ORDER BY o.date_order DESC LIMIT %(newest)s""",
            condition=condition,
            among=self._among(),
            newest=NEWEST,
        )

    def _by_products(self):
        """Of the newest orders of the same products, those of the likest names."""
        rank = SQL("same.date_order")
        if self.env.registry.has_trigram:
            rank = SQL("similarity(customer.name, probe.name)")
        return SQL(
            """SELECT probe.n, found.id FROM probe
                CROSS JOIN LATERAL (
                    SELECT same.id FROM (
                        SELECT o.id, o.partner_id, o.date_order FROM sale_order o
                         WHERE o.hub_product_set = probe.product_set AND %(among)s
                         ORDER BY o.date_order DESC LIMIT %(most)s) AS same
                      JOIN res_partner customer ON customer.id = same.partner_id
                     ORDER BY %(rank)s DESC LIMIT %(likest)s) AS found
                WHERE probe.product_set <> ''""",
            among=self._among(),
            most=SAME_SET,
            rank=rank,
            likest=LIKEST,
        )

    def _among(self):
        return SQL(
            """o.company_id = probe.company AND o.state <> 'cancel'
               AND o.hub_is_history IS NOT TRUE
               AND o.date_order BETWEEN probe.since AND probe.until"""
        )
