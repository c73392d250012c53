import threading
from contextlib import contextmanager
from datetime import timedelta

from psycopg2 import OperationalError

from odoo import SUPERUSER_ID, api, fields
from odoo.exceptions import ConcurrencyError, UserError
from odoo.fields import Command
from odoo.modules.registry import Registry
from odoo.tests import BaseCase, get_db_name, tagged
from odoo.tools import mute_logger

NAME = "Supplier Race 竞速"
#: The database asks to do it again: a request does, and so does this test.
AGAIN = (OperationalError, ConcurrencyError)
ATTEMPTS = 6


@tagged("post_install", "-at_install", "order_hub_parallel")
class TestSupplierParallel(BaseCase):
    """Real transactions on connections of their own, which commit.

    Two people of one supplier answer the same order, or announce the same goods.
    """

    def setUp(self):
        super().setUp()
        self.registry = Registry(get_db_name())
        self.addCleanup(self._clean_up)
        with self._env() as env:
            self.order_id = self._ordered(env).id

    @contextmanager
    def _env(self):
        """Yield an environment of a connection of its own that commits."""
        with self.registry.cursor() as cr:
            yield api.Environment(cr, SUPERUSER_ID, {"tracking_disable": True})

    def _open(self):
        """Return an environment whose transaction begins with its first query.

        Opened by the main thread: while tests run it holds the registry's lock.
        """
        cr = self.registry.cursor()
        self.addCleanup(cr.close)
        return api.Environment(cr, SUPERUSER_ID, {"tracking_disable": True})

    def _ordered(self, env):
        """Create and confirm an order of 20 pieces."""
        product = env["product.product"].create({"name": NAME, "is_storable": True})
        line = {"product_id": product.id, "product_qty": 20, "price_unit": 1}
        order = env["purchase.order"].create(
            {
                "partner_id": env["res.partner"].create({"name": NAME}).id,
                "order_line": [Command.create(line)],
            }
        )
        order.button_confirm()
        return order

    def _clean_up(self):
        """Take away what was committed, whatever guards it in daily life."""
        with self._env() as env:
            order = env["purchase.order"].browse(self.order_id)
            product, partner = order.order_line.product_id, order.partner_id
            pickings = order.picking_ids
            for table in (
                "order_hub_supplier_settlement",
                "order_hub_supplier_answer",
                "order_hub_shipment_notice",
            ):
                query = f"DELETE FROM {table} WHERE order_id = %s"
                env.cr.execute(query, [order.id])
            env.invalidate_all()
            order.button_cancel()
            pickings.unlink()
            order.unlink()
            product.product_tmpl_id.unlink()
            partner.unlink()

    # === WHO DOES WHAT === #

    def _answering(self, quantity):
        """Return a task: confirm a part and refuse the rest, from the page as it is."""
        with self._env() as env:
            order = env["purchase.order"].browse(self.order_id)
            mark, line = order._hub_answer_mark(), order.order_line
            word = {
                "line_id": line.id,
                "kind": "split",
                "parts": [{"quantity": quantity, "date": line.date_planned.date()}],
                "refused": 20 - quantity,
                "reason_id": env["order.hub.answer.reason"].search([], limit=1).id,
            }

        def answer(env):
            order = env["purchase.order"].browse(self.order_id)
            order._hub_answer([dict(word)], "portal", mark=mark)

        return answer

    def _announcing(self, quantity):
        """Return a task: announce a shipment, as the page does."""

        def announce(env):
            order = env["purchase.order"].browse(self.order_id)
            form = {
                "expected": str(fields.Date.today() + timedelta(days=3)),
                f"quantity_{order.order_line.id}": str(quantity),
            }
            notices = env["order.hub.shipment.notice"]
            notices._hub_page_announce(order, form, [], env.user)

        return announce

    # === HOW THEY MEET === #

    def _until_told(self, task, envs):
        """Run a task as a request does: again when the database asks for it.

        :return: ``done``, or what the visitor is told
        """
        for env in envs:
            try:
                task(env)
                env.cr.commit()
            except AGAIN:
                env.cr.rollback()
                continue
            except UserError as error:
                env.cr.rollback()
                return str(error)
            return "done"
        return "the database asked again without end"

    def _at_once(self, *tasks):
        """Run tasks in threads that begin in the same moment."""
        barrier, results = threading.Barrier(len(tasks)), [None] * len(tasks)
        envs = [[self._open() for _n in range(ATTEMPTS)] for _task in tasks]

        def run(number, task):
            barrier.wait(30)
            results[number] = self._until_told(task, envs[number])

        threads = [threading.Thread(target=run, args=each) for each in enumerate(tasks)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        return sorted(results, key=lambda result: result != "done")

    def _overtaken(self, first, second):
        """Let the second begin before the first ends, and go on when it has ended.

        :return: what the second is told
        """
        late, *again = (self._open() for _n in range(ATTEMPTS))
        late.cr.execute("SELECT 1")  # From here on it sees nothing of what others do.
        with self._env() as env:
            first(env)
        return self._until_told(second, [late, *again])

    def _in_between(self, first, second):
        """Let the second do all of it while the first has not ended."""
        with self._env() as env:
            first(env)
            env.flush_all()
            return self._until_told(second, [self._open()])

    # === ANSWERS === #

    def _assert_answered_once(self, told, *quantities):
        """One answer is stored, whole; whoever was second knows."""
        self.assertIn("answered by somebody else", told)
        with self._env() as env:
            order = env["purchase.order"].browse(self.order_id)
            [answer] = env["order.hub.supplier.answer"].search(
                [("order_id", "=", order.id)]
            )
            self.assertEqual(order.order_line.hub_answer_id, answer)
            self.assertEqual(answer.number, 1)
            self.assertIn(answer.parts[0]["quantity"], quantities)
            self.assertEqual(answer.parts[0]["quantity"] + answer.refused, 20)

    @mute_logger("odoo.sql_db")
    def test_of_two_answers_at_once_one_is_stored_and_the_other_is_told(self):
        won, told = self._at_once(self._answering(15), self._answering(10))
        self.assertEqual(won, "done")
        self._assert_answered_once(told, 15, 10)

    @mute_logger("odoo.sql_db")
    def test_an_answer_begun_before_another_was_stored_is_told(self):
        told = self._overtaken(self._answering(15), self._answering(10))
        self._assert_answered_once(told, 15)

    @mute_logger("odoo.sql_db")
    def test_an_answer_while_another_is_stored_does_not_wait_but_is_told(self):
        told = self._in_between(self._answering(15), self._answering(10))
        self._assert_answered_once(told, 15)

    # === SHIPMENTS === #

    def _assert_announced_once(self, quantity):
        """One shipment is announced, and the receipts come to what was ordered."""
        with self._env() as env:
            order = env["purchase.order"].browse(self.order_id)
            notice = env["order.hub.shipment.notice"].search(
                [("order_id", "=", order.id)]
            )
            self.assertEqual(notice.mapped("state"), ["announced"])
            self.assertEqual(notice.line_ids.quantity, quantity)
            moves = order.order_line.move_ids
            self.assertEqual(sum(moves.mapped("product_uom_qty")), 20)
            announced = notice.picking_ids.move_line_ids
            self.assertEqual(sum(announced.mapped("quantity")), quantity)
            self.assertEqual(order.order_line.product_qty, 20)

    @mute_logger("odoo.sql_db")
    def test_of_two_who_announce_the_same_goods_at_once_one_does(self):
        won, told = self._at_once(self._announcing(20), self._announcing(20))
        self.assertEqual(won, "done")
        self.assertRegex(told, "Nothing was stored|between 0 and 0")
        self._assert_announced_once(20)

    @mute_logger("odoo.sql_db")
    def test_an_announcement_begun_before_another_ended_is_told_what_is_left(self):
        told = self._overtaken(self._announcing(12), self._announcing(12))
        self.assertIn("between 0 and 8", told)
        self._assert_announced_once(12)

    @mute_logger("odoo.sql_db")
    def test_an_announcement_while_another_is_stored_is_told_to_send_again(self):
        told = self._in_between(self._announcing(20), self._announcing(20))
        self.assertIn("Nothing was stored", told)
        self._assert_announced_once(20)
