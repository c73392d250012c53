"""Every public method of the add-on, called by people from outside.

Whatever has a name without an underscore can be called by anybody with a portal
login, with any ids and any arguments. The methods are found here, not listed: a new
one is called too, and fails unless it refuses or is named with what it may answer.
"""

import inspect
from contextlib import contextmanager

from odoo.exceptions import AccessError, MissingError, UserError
from odoo.service.model import get_public_method
from odoo.tests import tagged
from odoo.tools import mute_logger

from .portal_records import VICTIMS, PortalRecordsCommon

#: Methods of the ORM that the add-on refines: rights on the model guard them, and
#: ``test_access_rights`` tries those for every model.
GUARDED_BY_RIGHTS = {
    "copy",
    "copy_data",
    "create",
    "default_get",
    "export_data",
    "fields_get",
    "formatted_read_group",
    "get_view",
    "get_views",
    "init",
    "load",
    "name_create",
    "onchange",
    "read",
    "search",
    "search_count",
    "search_read",
    "unlink",
    "web_read",
    "web_save",
    "web_search_read",
    "write",
}
#: Methods that may answer or fail, and why that tells and changes nothing.
HARMLESS = {
    ("delivery.carrier", "fixed_rate_shipment"): "takes records, RPC carries none",
    ("order.hub.routing.words", "chosen"): "puts into words what it is given",
    ("order.hub.routing.words", "condition"): "puts into words what it is given",
    ("order.hub.routing.words", "decision"): "puts into words what it is given",
    ("order.hub.routing.words", "failed"): "puts into words what it is given",
    ("sale.order", "hub_scan"): "says that there is no such order",
    ("stock.rule", "run"): "takes objects, RPC carries none",
}
#: What an answer may be besides empty: a window, which shows what rights allow.
WINDOWS = ("ir.actions.act_window", "ir.actions.act_url")


def module_of(function):
    return getattr(inspect.unwrap(function), "__module__", "")


def own_methods(registry):
    """Yield ``(model, method)`` of all that the add-on defines and RPC may call."""
    for model in sorted(registry):
        for name in sorted(dir(registry[model])):
            if not name.startswith("_") and name not in GUARDED_BY_RIGHTS:
                if is_own(registry[model], name):
                    yield model, name


def is_own(cls, name):
    """Tell whether a class of the add-ons defines or extends a method."""
    found = (vars(parent).get(name) for parent in cls.mro())
    return any(
        inspect.isfunction(method) and module_of(method).startswith("odoo.addons.order")
        for method in found
    )


@tagged("post_install", "-at_install")
class TestPortalMethods(PortalRecordsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["order.hub.exception"].create(
            {
                "order_id": cls.order.id,
                "name": "Amounts differ",
                "kind_id": cls.env.ref("order_hub.exception_kind_amount").id,
            }
        )
        cls.env.flush_all()
        cls.arguments = cls._likely_arguments()
        cls.secrets = (
            cls.order.name,
            cls.order.hub_ref,
            cls.purchase.name,
            cls.partner.name,
            cls.steel.name,
            cls.sheet.name,
            "Amounts differ",
        )

    @classmethod
    def _likely_arguments(cls):
        """Return what somebody who read the source would send, by argument name."""
        return {
            "hub_ref": cls.order.hub_ref,
            "code": cls.order.hub_ref,
            "number": "1",
            "stage_id": cls.preparing.id,
            "product_id": cls.sheet.id,
            "location_id": cls.env.ref("stock.stock_location_stock").id,
            "lines": [{"line_id": cls.purchase.order_line.id, "kind": "confirm"}],
            "order": cls.order.id,
            "kind": "note",
            "cause": "late",
            "quantity": 1,
            "passed": True,
            "summary": "x",
            "status": "shipped",
            "reason": "x",
            "value": "x",
            "condition": [],
            "facts": {},
            "other_id": 1,
            "check_id": 1,
            "cursor": 0,
            "limit": 5,
        }

    def _arguments(self, method):
        """Return a value for each argument that has to be given."""
        given = list(inspect.signature(inspect.unwrap(method)).parameters.values())[1:]
        return {
            each.name: self.arguments.get(each.name, "x")
            for each in given
            if each.kind in (each.POSITIONAL_OR_KEYWORD, each.KEYWORD_ONLY)
            and (each.default is each.empty or each.name in self.arguments)
        }

    @contextmanager
    def _nothing_is_written(self):
        """Let the database itself refuse to write; nothing of the call stays."""
        with self.env.cr.savepoint() as savepoint:
            self.env.cr.execute("SET LOCAL transaction_read_only = on")
            yield
            self.env.flush_all()
            savepoint.rollback()
        self.env.invalidate_all()

    def _call(self, user, model, name):
        """Return what a method answers to a user, or the word ``refused``.

        :raise AssertionError: when a refusal names what the user may not know
        """
        target = self.env[model].with_user(user)
        ids = [] if target._abstract else self._ids_of(model)
        method = get_public_method(target, name)
        try:
            with self._nothing_is_written():
                return method(target.browse(ids), **self._arguments(method))
        except (AccessError, MissingError):
            return "refused"
        except UserError as error:
            self._assert_tells_nothing(str(error))
            return "refused"
        except (AttributeError, KeyError, TypeError, ValueError):
            if (model, name) not in HARMLESS:
                raise
            return "refused"

    def _ids_of(self, model):
        victims = {"sale.order": self.order, "purchase.order": self.purchase}
        if model in victims:
            return victims[model].ids
        found = self.env[model].sudo().with_context(active_test=False)
        return found.search([], limit=1, order="id desc").ids or [1]

    def _assert_tells_nothing(self, answer):
        for secret in self.secrets:
            self.assertNotIn(secret, str(answer))

    @mute_logger("odoo.sql_db", "odoo.addons.base.models.ir_rule")
    def _assert_refused_to(self, user, only=None):
        """Call every method, or those of some models, as a user."""
        methods = [
            (model, name)
            for model, name in own_methods(self.env.registry)
            if self._is_callable(model, name) and (not only or model in only)
        ]
        self.assertGreater(len(methods), 1 if only else 100)
        for model, name in methods:
            with self.subTest(f"{user.login}: {model}.{name}"):
                answer = self._call(user, model, name)
                self._assert_tells_nothing(answer)
                if (model, name) not in HARMLESS:
                    self.assertTrue(self._is_nothing(answer), answer)

    def _is_nothing(self, answer):
        """Tell whether a method refused, said nothing, or only opens a window."""
        if isinstance(answer, dict) and answer.get("type") in WINDOWS:
            return True
        return not answer or answer == "refused"

    def test_every_model_of_the_portals_has_a_record_to_refuse(self):
        for model in VICTIMS:
            with self.subTest(model):
                self.assertTrue(self.env[model].sudo().search_count([], limit=1))

    def _is_callable(self, model, name):
        try:
            return bool(get_public_method(self.env[model], name))
        except AccessError:
            return False

    def test_no_method_serves_or_obeys_another_supplier(self):
        self._assert_refused_to(self.rival_user)

    def test_no_method_serves_or_obeys_another_customer(self):
        self._assert_refused_to(self.stranger)

    def test_no_method_serves_or_obeys_the_public(self):
        self._assert_refused_to(self.env.ref("base.public_user"))

    def test_customers_call_no_method_of_their_own_order(self):
        self.secrets = ("Amounts differ", self.preparing.name)
        self._assert_refused_to(self.customer, only=("sale.order",))

    def test_suppliers_call_no_method_of_their_own_order(self):
        self.secrets = (self.order.hub_ref, self.partner.name)
        self._assert_refused_to(
            self.supplier, only=("purchase.order", "purchase.order.line", "res.partner")
        )
