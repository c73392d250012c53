import json
import threading
from contextlib import contextmanager
from unittest.mock import patch

from psycopg2 import OperationalError

from odoo import SUPERUSER_ID, api
from odoo.exceptions import ConcurrencyError, UserError
from odoo.modules.registry import Registry
from odoo.tests import BaseCase, get_db_name, tagged
from odoo.tools import mute_logger

from ..adapters.base import Message
from ..adapters.chat.adapter import chat_message
from ..adapters.registry import ADAPTERS
from ..engine.chat_message import ChatMessage
from .common import PaperShop

NUMBER = "INTAKE-RACE-1"
NAME = "Intake Race 竞速"
SKU = "INTAKE-RACE"
NAMED = "竞速转向节"
#: The database asks to do it again: a job and a request both do.
AGAIN = (OperationalError, ConcurrencyError)


class IntakeParallelCase(BaseCase):
    """Real transactions on connections of their own, which commit."""

    adapter = PaperShop.code

    def setUp(self):
        super().setUp()
        patcher = patch.dict(ADAPTERS, {PaperShop.code: PaperShop})
        patcher.start()
        self.addCleanup(patcher.stop)
        self.registry = Registry(get_db_name())
        self.addCleanup(self._clean_up)
        with self._env() as env:
            self.product_id = (
                env["product.product"]
                .create({"name": SKU, "default_code": SKU, "taxes_id": False})
                .id
            )
            channel = env["order.hub.channel"].create(
                {"name": "Race", "code": "race-intake", "adapter": self.adapter}
            )
            channel.sudo().intake_state = "on"
            self.channel_id = channel.id

    @contextmanager
    def _env(self):
        """Yield an environment of a connection of its own that commits."""
        with self.registry.cursor() as cr:
            yield api.Environment(cr, SUPERUSER_ID, {"tracking_disable": True})

    def _open(self):
        """Return an environment of a connection of its own.

        Opened by the main thread: while tests run it holds the registry's lock.
        """
        return api.Environment(
            self.registry.cursor(), SUPERUSER_ID, {"tracking_disable": True}
        )

    def _clean_up(self):
        """Take away what was committed, whatever guards it in daily life."""
        with self._env() as env:
            channel = env["order.hub.channel"].browse(self.channel_id)
            orders = env["sale.order"].search([("hub_channel_id", "=", channel.id)])
            rows = env["order.hub.inbound"].search([("channel_id", "=", channel.id)])
            partners = orders.partner_id
            gone = (
                ("order_hub_duplicate", "inbound_id", rows.ids),
                ("order_hub_chat_reply", "channel_id", channel.ids),
                ("order_hub_inbound", "id", rows.ids),
                ("order_hub_chat", "channel_id", channel.ids),
                ("order_hub_outbox", "channel_id", channel.ids),
                ("sale_order", "id", orders.ids),
                ("order_hub_channel_partner", "channel_id", channel.ids),
                ("order_hub_channel", "id", channel.ids),
            )
            for table, column, ids in gone:
                query = f"DELETE FROM {table} WHERE {column} = ANY(%s)"
                env.cr.execute(query, [list(ids)])
            env.cr.execute("DELETE FROM queue_job WHERE name = 'Intake race-intake'")
            env.invalidate_all()
            (partners | env["res.partner"].search([("name", "=", NAME)])).unlink()
            env["product.product"].browse(self.product_id).unlink()
            env.registry.clear_cache()

    # === BUILDERS === #

    def _message(self, kind="order", **values):
        payload = {
            "external_ref": NUMBER,
            "customer": {"name": NAME, "phone": "13700008888"},
            "lines": [{"sku": SKU, "quantity": 2, "unit_price": 5.0}],
            **values,
        }
        return Message(kind, NUMBER, json.dumps(payload).encode())

    def _receive(self, env, *messages):
        channel = env["order.hub.channel"].browse(self.channel_id)
        return env["order.hub.inbound"]._receive(channel, list(messages))

    def _work(self, env):
        """Do what a job does."""
        channel = env["order.hub.channel"].browse(self.channel_id)
        rows = env["order.hub.inbound"]._claim(channel)
        rows._process(channel)
        return len(rows)

    def _together(self, *tasks):
        """Run tasks in transactions that begin before any of them ends.

        Each one is tried again as often as the database asks for it.

        :return: what they returned, or raised
        """
        barrier, results = threading.Barrier(len(tasks)), [None] * len(tasks)
        envs = [[self._open() for _n in range(6)] for _task in tasks]

        def run(at, task):
            for number, env in enumerate(envs[at]):
                cr = env.cr
                try:
                    cr.execute("SELECT 1")  # The snapshot is taken here.
                    if not number:
                        barrier.wait(20)
                    results[at] = task(env)
                    env.flush_all()
                    cr.commit()  # pylint: disable=invalid-commit
                    return
                except AGAIN as error:
                    results[at] = error
                    cr.rollback()
                except Exception as error:
                    results[at] = error
                    cr.rollback()
                    return

        threads = [
            threading.Thread(target=run, args=(at, task))
            for at, task in enumerate(tasks)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        for env in sum(envs, []):
            env.cr.close()
        return results

    def _rows(self, env):
        return env["order.hub.inbound"].search(
            [("channel_id", "=", self.channel_id)], order="id"
        )

    def _tickets(self, env):
        keys = env["order.hub.channel"].browse(self.channel_id)._ticket_keys()
        return env["queue.job"].search([("identity_key", "in", keys)])

    def _orders(self, env):
        return env["sale.order"].search([("hub_channel_id", "=", self.channel_id)])


@tagged("post_install", "-at_install", "order_hub_parallel")
class TestIntakeParallel(IntakeParallelCase):
    @mute_logger("odoo.sql_db")
    def test_the_same_delivery_at_once_is_stored_once(self):
        results = self._together(*[lambda env: self._receive(env, self._message())] * 4)
        self.assertEqual(sum(len(r["new"]) for r in results), 1, results)
        self.assertEqual(sum(r["repeated"] for r in results), 3)
        with self._env() as env:
            self.assertEqual(self._rows(env).repeat_count, 3)

    @mute_logger("odoo.sql_db")
    def test_two_versions_at_once_are_an_order_and_its_change(self):
        self._together(
            lambda env: self._receive(env, self._message()),
            lambda env: self._receive(env, self._message(note="other")),
        )
        with self._env() as env:
            self.assertEqual(
                sorted(self._rows(env).mapped("kind")), ["change", "order"]
            )

    @mute_logger("odoo.sql_db")
    def test_two_workers_make_one_order(self):
        with self._env() as env:
            self._receive(env, self._message())
        results = self._together(self._work, self._work, self._work)
        with self._env() as env:
            self.assertEqual(len(self._orders(env)), 1, self._rows(env).trace)
            self.assertEqual(self._rows(env).state, "done")
            self.assertEqual(sorted(results), [0, 0, 1])

    @mute_logger("odoo.sql_db")
    def test_replayed_by_two_people_and_a_worker_at_once_is_one_order(self):
        with self._env() as env:
            self._receive(env, self._message())

        def replay(env):
            return self._rows(env).action_replay()

        results = self._together(replay, replay, self._work)
        with self._env() as env:
            self.assertEqual(len(self._orders(env)), 1, results)
            self.assertEqual(self._rows(env).state, "done")
        for result in results:
            self.assertFalse(
                isinstance(result, Exception) and not isinstance(result, UserError),
                results,
            )

    @mute_logger("odoo.sql_db")
    def test_corrected_by_two_people_at_once_is_one_order_and_both_are_kept(self):
        with self._env() as env:
            self._receive(
                env, self._message(lines=[{"sku": "NO-SUCH-RACE", "quantity": 1}])
            )
            self._work(env)
            self.assertEqual(self._rows(env).state, "attention")

        def correct(env):
            return self._rows(env).correct({"lines[0].sku": SKU})

        results = self._together(correct, correct)
        with self._env() as env:
            self.assertEqual(len(self._orders(env)), 1, results)
            self.assertEqual(self._rows(env).state, "done", results)
        self.assertIn("done", results)
        self.assertTrue(
            all(r == "done" or isinstance(r, UserError) for r in results), results
        )

    def test_a_delivery_that_saw_a_job_wait_which_then_began_gets_another_one(self):
        """It issues no ticket, and the job does not see it: the job looks once more."""
        with self._env() as env:
            self._receive(env, self._message())
        late, job = self._open(), self._open()
        late.cr.execute("SELECT 1")  # Sees the ticket wait from here on.
        with self._env() as env:
            self._tickets(env).write({"state": "started"})
        channel = job["order.hub.channel"].browse(self.channel_id)
        channel._job_intake()
        self._receive(late, self._message("cancel", reason="Changed my mind"))
        late.cr.commit()
        job.flush_all()
        job.cr.commit()
        for env in (late, job):
            env.cr.close()
        with self._env() as env:
            self.assertEqual(self._rows(env).mapped("state"), ["done", "received"])
            states = self._tickets(env).mapped("state")
            self.assertEqual(sorted(states), ["pending", "started"])

    def test_a_job_that_finds_all_in_work_of_another_one_issues_no_ticket(self):
        """Else jobs that find nothing would follow each other until that one ends."""
        with self._env() as env:
            self._receive(env, self._message())
            self._tickets(env).unlink()
        busy = self._open()
        channel = busy["order.hub.channel"].browse(self.channel_id)
        self.assertTrue(busy["order.hub.inbound"]._claim(channel))
        with self._env() as env:
            env["order.hub.channel"].browse(self.channel_id)._job_intake()
        busy.cr.close()
        with self._env() as env:
            self.assertFalse(self._tickets(env))

    def test_what_has_no_ticket_gets_one_from_the_scheduled_action(self):
        with self._env() as env:
            self._receive(env, self._message())
            self._tickets(env).unlink()
        with self._env() as env:
            env["order.hub.channel"]._cron_tickets()
            self.assertEqual(self._tickets(env).mapped("state"), ["pending"])

    @mute_logger("odoo.sql_db")
    def test_a_cancellation_looked_at_while_its_order_is_made_is_not_forgotten(self):
        """Neither worker sees what the other one does; the next round does."""
        with self._env() as env:
            self._receive(env, self._message())
        busy, free = threading.Event(), threading.Event()
        late, quick = self._open(), self._open()

        def slow():
            self._work(late)
            late.flush_all()
            busy.set()
            free.wait(30)
            late.cr.commit()

        worker = threading.Thread(target=slow)
        worker.start()
        self.assertTrue(busy.wait(30))
        self._receive(quick, self._message("cancel", reason="Changed my mind"))
        quick.cr.commit()
        self._work(quick)
        quick.flush_all()
        quick.cr.commit()
        free.set()
        worker.join(30)
        for env in (late, quick):
            env.cr.close()
        with self._env() as env:
            self.assertEqual(
                self._rows(env).mapped("state"), ["done", "waiting"], "the race itself"
            )
            env["order.hub.channel"]._cron_tickets()
        with self._env() as env:
            self._work(env)
        with self._env() as env:
            row = self._rows(env)[-1:]
            self.assertEqual(row.state, "done", row.trace)
            self.assertEqual(row.order_id, self._orders(env))


@tagged("post_install", "-at_install", "order_hub_parallel")
class TestChatParallel(IntakeParallelCase):
    """Messages of one talk, and several workers on its channel."""

    adapter = "chat"

    def setUp(self):
        super().setUp()
        with self._env() as env:
            env["product.product"].browse(self.product_id).name = NAMED
            channel = env["order.hub.channel"].browse(self.channel_id)
            talk = ChatMessage(sender="Racer")
            chat = env["order.hub.chat"].sudo()._talks(channel, [talk])["Racer"]
            chat.partner_id = env["res.partner"].create({"name": NAME})

    def _say(self, env, number, text):
        message = ChatMessage(text=text, sender="Racer")
        return self._receive(env, chat_message(number, message))

    def _said(self, *texts):
        """Have texts written one after the other, each in its own transaction."""
        for at, text in enumerate(texts):
            with self._env() as env:
                self._say(env, f"{text}-{at}", text)

    def _rest(self):
        """Do what the next jobs do; return the quantity of the talk's last order."""
        with self._env() as env:
            env["order.hub.channel"]._cron_tickets()
            self.assertTrue(self._tickets(env).filtered(lambda j: j.state != "done"))
        for _job in range(4):
            with self._env() as env:
                self._work(env)
        with self._env() as env:
            rows = self._rows(env)
            self.assertNotIn("received", rows.mapped("state"))
            self.assertEqual(len(rows.chat_id), 1)
            last = rows.chat_id.sudo().inbound_id
            return [line["quantity"] for line in last.values["lines"]]

    def _begun(self):
        """Have an order wait for a person: what is added is about it."""
        self._said(f"大概300件{NAMED}")
        with self._env() as env:
            self._work(env)
            self.assertEqual(self._rows(env).state, "attention", self._rows(env).trace)

    @mute_logger("odoo.sql_db")
    def test_two_follow_ups_of_a_talk_read_by_two_workers_lose_neither(self):
        self._begun()
        self._said("改成200件", "再加50件")
        results = self._together(self._work, self._work, self._work)
        self.assertEqual(self._rest(), [250], results)

    @mute_logger("odoo.sql_db")
    def test_a_follow_up_that_comes_while_another_one_is_read_waits_for_it(self):
        self._begun()
        self._said("改成200件")
        busy, late = self._open(), self._open()
        self.assertEqual(self._work(busy), 1)
        busy.flush_all()
        self._said("再加50件")
        self.assertEqual(self._work(late), 0, "the talk is being read")
        late.cr.commit()
        busy.cr.commit()
        for env in (busy, late):
            env.cr.close()
        self.assertEqual(self._rest(), [250])

    @mute_logger("odoo.sql_db")
    def test_follow_ups_delivered_and_read_at_once_are_each_stored_and_read(self):
        self._begun()
        self._together(
            lambda env: self._say(env, "a", "再加50件"),
            lambda env: self._say(env, "b", "再加30件"),
            self._work,
        )
        self.assertEqual(self._rest(), [380])
