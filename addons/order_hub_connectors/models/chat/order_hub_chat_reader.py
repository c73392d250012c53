from collections import defaultdict
from datetime import timezone
from zoneinfo import ZoneInfo

from odoo import api, fields, models
from odoo.tools import SQL

from ...engine.chat import Context, Item, Person, understand_all
from ...engine.chat.people import Directory
from ...engine.chat_shelf import Kept, Shelf

#: Shelves and directories kept in this process: companies that are worked for.
SHELVES = Kept(8)
DIRECTORIES = Kept(8)
MAX_PRODUCTS = 100_000
MAX_PEOPLE = 20_000
#: Products of a customer's history.
BOUGHT = 60


class OrderHubChatReader(models.AbstractModel):
    """What is known beside the words of messages: products, customers, history.

    A bounded number of queries for a batch. Products and customers are kept in the
    process while nothing about them has changed, by a sum over what is kept.
    """

    _name = "order.hub.chat.reader"
    _description = "Reader of Messages"

    @api.model
    def _understand(self, channel, asked):
        """Return what messages ask for.

        :param asked: ``[(text, customer id or 0, moment (naive UTC), previous)]``;
            previous: function of a shelf, or ``None``
        :return: ``[[Understood, …], …]`` as asked, and the :class:`Shelf`
        """
        company = channel.company_id
        shelf, directory = self._shelf(company), self._directory(company)
        partners = {partner_id for _text, partner_id, *_rest in asked if partner_id}
        names = self.env["order.hub.product.alias"]._names_of(company, list(partners))
        bought = self._bought(company, partners)
        results = []
        for text, partner_id, moment, previous in asked:
            own = _joined(names.get(0, {}), names.get(partner_id, {}))
            history = bought.get(partner_id, ())
            context = Context(
                now=self._local(company, moment),
                catalogue=shelf.catalogue(text, own, history),
                directory=directory,
                customer=partner_id or None,
                previous=previous(shelf) if previous else None,
                history=tuple(history),
            )
            results.append(understand_all(text, context))
        return results, shelf

    def _local(self, company, moment):
        """Return a moment (naive UTC) where the company is."""
        zone = ZoneInfo(company.partner_id.tz or "Asia/Shanghai")
        return moment.replace(tzinfo=timezone.utc).astimezone(zone)

    # === PRODUCTS === #

    def _shelf(self, company):
        """Return the :class:`Shelf` of a company, read again when it has changed."""
        self.env["product.product"].flush_model()
        self.env["product.template"].flush_model()
        name = (self.env.cr.dbname, company.id)
        [mark] = self.env.execute_query(
            SQL(
                """SELECT count(*), sum(hashtext(concat_ws('|', p.default_code,
                          p.barcode, t.name::text, t.uom_id))::bigint + p.id)
                     FROM %s""",
                self._sold(company),
            )
        )
        return SHELVES.get(name, mark) or SHELVES.put(
            name, mark, Shelf(self._items(company))
        )

    def _sold(self, company):
        return SQL(
            """product_product p
               JOIN product_template t ON t.id = p.product_tmpl_id
               WHERE p.active AND t.sale_ok
                 AND (t.company_id IS NULL OR t.company_id = %s)""",
            company.id,
        )

    def _items(self, company):
        rows = self.env.execute_query(
            SQL(
                """SELECT p.id, COALESCE(p.default_code, ''), COALESCE(p.barcode, ''),
                          ARRAY(SELECT value FROM jsonb_each_text(t.name)),
                          t.uom_id
                     FROM %s ORDER BY p.id LIMIT %s""",
                self._sold(company),
                MAX_PRODUCTS,
            )
        )
        units = {
            unit.id: unit.name
            for unit in self.env["uom.uom"].sudo().browse({row[4] for row in rows})
        }
        return [
            Item(
                key=key,
                code=code,
                names=tuple(dict.fromkeys(names)),
                units=(units[unit],),
                barcodes=(barcode,) if barcode else (),
            )
            for key, code, barcode, names, unit in rows
        ]

    def _bought(self, company, partner_ids):
        """Return ``{customer id: product ids, the latest first}``, one query."""
        if not partner_ids:
            return {}
        rows = self.env.execute_query(
            SQL(
                """SELECT partner_id, product_id FROM (
                       SELECT o.partner_id, l.product_id, max(o.date_order) AS last,
                              row_number() OVER (PARTITION BY o.partner_id
                                  ORDER BY max(o.date_order) DESC) AS place
                         FROM sale_order o
                         JOIN sale_order_line l ON l.order_id = o.id
                        WHERE o.partner_id IN %s AND o.company_id = %s
                          AND o.state = 'sale' AND l.product_id IS NOT NULL
                        GROUP BY o.partner_id, l.product_id) AS bought
                    WHERE place <= %s ORDER BY partner_id, place""",
                tuple(partner_ids),
                company.id,
                BOUGHT,
            )
        )
        found = defaultdict(list)
        for partner_id, product_id in rows:
            found[partner_id].append(product_id)
        return found

    # === CUSTOMERS === #

    def _directory(self, company):
        """Return the customers that may be named, by company and people."""
        self.env["res.partner"].flush_model()
        name = (self.env.cr.dbname, company.id)
        [mark] = self.env.execute_query(
            SQL(
                """SELECT count(*), sum(hashtext(p.name)::bigint + p.id) FROM %s""",
                self._customers(company),
            )
        )
        return DIRECTORIES.get(name, mark) or DIRECTORIES.put(
            name, mark, Directory(self._people(company))
        )

    def _customers(self, company):
        """Companies and people that buy, and those who work for them."""
        return SQL(
            """res_partner p
               JOIN res_partner owner ON owner.id = p.commercial_partner_id
               WHERE p.active AND owner.active AND p.name IS NOT NULL
                 AND p.type = 'contact'
                 AND (owner.company_id IS NULL OR owner.company_id = %s)
                 AND (owner.customer_rank > 0 OR EXISTS (
                      SELECT FROM sale_order o
                       WHERE o.partner_id = owner.id AND o.company_id = %s))
                 AND NOT EXISTS (
                      SELECT FROM res_users u
                       WHERE u.partner_id = p.id AND NOT u.share)
                 AND owner.id NOT IN (SELECT partner_id FROM res_company)""",
            company.id,
            company.id,
        )

    def _people(self, company):
        rows = self.env.execute_query(
            SQL(
                """SELECT p.commercial_partner_id, p.name,
                          p.id = p.commercial_partner_id
                     FROM %s ORDER BY p.commercial_partner_id, p.id LIMIT %s""",
                self._customers(company),
                MAX_PEOPLE,
            )
        )
        names, others = defaultdict(list), defaultdict(list)
        for key, name, is_owner in rows:
            (names if is_owner else others)[key].append(name)
        return [
            Person(key, tuple(names[key]), tuple(others[key]))
            for key in {**names, **others}
        ]

    # === FOR SCREENS === #

    @api.model
    def _read_once(self, channel, text, partner_id=0):
        """Return what one text asks for, by no talk: ``[Understood]`` and shelf."""
        moment = fields.Datetime.now()
        [said], shelf = self._understand(channel, [(text, partner_id, moment, None)])
        return said, shelf


def _joined(everybodys, own):
    """Return names by product; a customer's own word is not everybody's."""
    taken = {name for names in own.values() for name in names}
    joined = {key: list(names) for key, names in own.items()}
    for key, names in everybodys.items():
        joined.setdefault(key, []).extend(n for n in names if n not in taken)
    return joined
