import threading
from contextlib import contextmanager
from datetime import datetime

from psycopg2.errors import SerializationFailure

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.tests import BaseCase, get_db_name, tagged
from odoo.tools import mute_logger

from ..engine.work import Work

NAME = "Race Customer 赵竞速"
BY_PHONE = {"name": NAME, "phone": "13700009999"}
BY_EMAIL = {"name": NAME, "email": "race@race-customer.cn"}
BY_NUMBER = {"name": NAME, "external_ref": "race-77"}


@tagged("post_install", "-at_install", "order_hub_parallel")
class TestCustomerParallel(BaseCase):
    """Two real transactions that meet the same new customer at the same moment."""

    def setUp(self):
        super().setUp()
        self.registry = Registry(get_db_name())
        self.addCleanup(self._clean_up)
        with self._env() as env:
            channel = env["order.hub.channel"].create(
                {"name": "Race", "code": "race-customer"}
            )
            self.channel_id = channel.id

    @contextmanager
    def _env(self):
        """Yield an environment of a connection of its own that commits."""
        with self.registry.cursor() as cr:
            yield api.Environment(cr, SUPERUSER_ID, {"tracking_disable": True})

    def _clean_up(self):
        with self._env() as env:
            env["order.hub.channel"].browse(self.channel_id).unlink()
            env["res.partner"].search([("name", "=", NAME)]).unlink()

    def _step(self, env, customer, number):
        """Run the step for one order; return its work."""
        work = Work(number, "order", f"R{number}", b"", "", datetime(2026, 1, 1))
        work.values, work.found = {"customer": dict(customer)}, {"answers": {}}
        channel = env["order.hub.channel"].browse(self.channel_id)
        inbound = env["order.hub.inbound"]
        inbound._acting(channel)._step_customer(channel, [work])
        env.flush_all()
        return work

    def _race(self, customer):
        """Have two transactions make a customer; return the errors of the second."""
        errors = []
        late = self.registry.cursor()
        late.execute("SELECT 1")  # From here on it sees nothing of what others commit.
        # Here, not in the thread: the main one holds the registry's lock in tests.
        later = api.Environment(late, SUPERUSER_ID, {"tracking_disable": True})

        def second():
            try:
                self._step(later, customer, 2)
                late.commit()
            except Exception as error:
                errors.append(error)
                late.rollback()
            finally:
                late.close()

        worker = threading.Thread(target=second)
        with self._env() as env:
            self._step(env, customer, 1)
            worker.start()
            worker.join(1)
            self.assertTrue(worker.is_alive(), f"the second one must wait: {errors}")
        worker.join(30)
        return [type(error) for error in errors]

    @mute_logger("odoo.sql_db")
    def test_a_new_customer_met_twice_at_once_is_made_once(self):
        for customer in (BY_PHONE, BY_EMAIL, BY_NUMBER):
            with self.subTest(customer):
                errors = self._race(customer)
                self.assertEqual(errors, [SerializationFailure])
                with self._env() as env:
                    again = self._step(env, customer, 3)
                    codes = {finding.code for finding in again.findings}
                    self.assertFalse({"made"} & codes, codes)
                    made = env["res.partner"].search([("name", "=", NAME)])
                    self.assertEqual(len(made), 1)
                    self.assertEqual(again.found["partner_id"], made.id)
                    made.unlink()
