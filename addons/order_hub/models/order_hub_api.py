from psycopg2.errors import UniqueViolation

from odoo import api, fields, models
from odoo.exceptions import (
    AccessError,
    ConcurrencyError,
    UserError,
    ValidationError,
)

from ..const import EVIDENCE_KINDS, MAX_API_TEXT, MAX_EVENTS_PAGE
from ..engine.payload import clean_text, read_order
from ..engine.reference import normalise
from ..exceptions import HubInputError


class OrderHubApi(models.AbstractModel):
    """What integrations call, over XML-RPC or JSON-2.

    Every method answers ``{"ok": True, …}`` or, for wrong input,
    ``{"ok": False, "errors": [{"code", "field", "message"}]}`` with nothing
    changed. Missing rights raise as everywhere in Odoo. The caller's own access
    rights hold; moments are UTC in ISO 8601, amounts in the order's currency.
    See ``docs/api.md``.
    """

    _name = "order.hub.api"
    _description = "Order Hub API"

    # === SUBMIT === #

    @api.model
    def submit_order(self, order):
        """Take in one order; a second delivery of it changes nothing.

        :param dict order: see ``docs/api.md`` for the fields
        :return: ``{"ok": True, "created": bool, "id", "name", "hub_ref", "stage",
            "milestone", "state", "holds": [names]}``
        """
        return self._answer(lambda: self._submit(order))

    def _submit(self, payload):
        values, problems = read_order(payload)
        if problems:
            raise HubInputError(problems)
        channel = self._channel(values["channel"])
        known = self._known(channel, values["external_ref"])
        if known:
            return {"created": False, **self._status(known)}
        intake = self.env["order.hub.intake"].with_company(channel.company_id)
        try:
            order = intake._take_in(channel, values)
        except UniqueViolation as error:
            raise self._second_delivery(error) from error
        return {"created": True, **self._status(order)}

    def _second_delivery(self, error):
        """The same order is being taken in at this moment: look again.

        Odoo repeats a request after a ``ConcurrencyError``; then the order of the
        first delivery is there and answers for both.
        """
        constraint = error.diag.constraint_name or ""
        if "hub_external" in constraint or "channel_partner" in constraint:
            return ConcurrencyError("the same order is being submitted twice at once")
        return error

    # === STATUS === #

    @api.model
    def order_status(self, hub_ref=None, channel=None, external_ref=None):
        """Say where an order stands.

        :param str hub_ref: its hub reference, or
        :param str channel: code of the channel and
        :param str external_ref: the order's number there
        :return: ``{"ok": True, "hub_ref", "name", "state", "stage", "milestone",
            "since", "promised_date", "holds", "parts": [{"name", "milestone",
            "date"}]}``
        """
        return self._answer(
            lambda: self._status(self._find_order(hub_ref, channel, external_ref))
        )

    @api.model
    def push_status(
        self, status, hub_ref=None, channel=None, external_ref=None, note=None
    ):
        """Move an order to the stage that a foreign word means.

        :param str status: the other system's word, mapped on the channel
        :param str channel: code of the channel whose words are used; needed too
            when the order is named by its hub reference
        :param str note: free text for the history
        :return: as :meth:`order_status`; a blocked hand-over is an error with code
            ``blocked`` whose message says what is missing
        """
        return self._answer(
            lambda: self._push(status, hub_ref, channel, external_ref, note)
        )

    def _push(self, status, hub_ref, channel, external_ref, note):
        order = self._find_order(hub_ref, channel, external_ref)
        stage = self._meaning(status, channel, order)
        note = self._text("note", note)
        hub_order = order.sudo()
        path = hub_order._hub_path(hub_order, stage)
        if path and not hub_order._hub_goes_forward(path):
            self._refuse(
                "behind", "status", self.env._("The order is past that stage already.")
            )
        order._hub_request_stage(stage, source="api", note=note)
        return self._status(order)

    def _meaning(self, status, channel, order):
        """Return the stage a foreign word means for an order."""
        word = self._text("status", status, required=True)
        source = self._channel(channel) if channel else order.hub_channel_id
        key = self.env["order.hub.status.map"]._key(word)
        words = source.sudo().status_map_ids.filtered(lambda w: w.external_key == key)
        stage = words._stage_for(order.sudo())
        if not stage:
            self._refuse(
                "unknown_status",
                "status",
                self.env._(
                    "Channel %(channel)s maps “%(word)s” to no stage of this order.",
                    channel=source.sudo().name or "–",
                    word=word[:60],
                ),
            )
        return stage

    # === EVIDENCE === #

    @api.model
    def attach_evidence(
        self,
        kind,
        content=None,
        filename=None,
        note=None,
        is_public=False,
        stage=None,
        signed_by=None,
        hub_ref=None,
        channel=None,
        external_ref=None,
    ):
        """Keep a photo, note, signature or file for the next stage of an order.

        :param str kind: photo, note, signature or file
        :param str content: base64; not for a note
        :param str stage: name of the stage it is for; empty: the next one
        :param bool is_public: shown to the customer
        :return: ``{"ok": True, "evidence_id", "stage", …}`` as :meth:`order_status`
        """
        item = {
            "kind": kind,
            "content": content,
            "filename": filename,
            "note": note,
            "is_public": is_public,
            "signed_by": signed_by,
        }
        return self._answer(
            lambda: self._attach(
                self._find_order(hub_ref, channel, external_ref),
                self._text("stage", stage),
                self._evidence_item(item),
            )
        )

    def _attach(self, order, stage_name, item):
        stage = self._stage(order, stage_name)
        order._hub_check_may_enter(stage, "api")
        Evidence = self.env["order.hub.evidence"]
        evidence = Evidence._same(order, stage, item)
        if not evidence:
            try:
                evidence = Evidence._add(order, stage, [item])
            except ValidationError as error:
                field = "note" if item["kind"] == "note" else "content"
                self._refuse("invalid", field, str(error))
            order._hub_sync()
        return {"evidence_id": evidence.id, **self._status(order)}

    def _evidence_item(self, item):
        """Return the arguments of one piece of evidence, checked and bounded."""
        item["kind"] = self._text("kind", item["kind"])
        if item["kind"] not in dict(EVIDENCE_KINDS):
            self._refuse(
                "invalid", "kind", self.env._("photo, note, signature or file.")
            )
        if item["is_public"] not in (True, False, None):
            self._refuse("invalid", "is_public", self.env._("true or false."))
        if not isinstance(item["content"] or "", str):
            self._refuse("invalid", "content", self.env._("base64 as a text."))
        texts = ("filename", "note", "signed_by")
        return {**item, **{name: self._text(name, item[name]) for name in texts}}

    def _stage(self, order, name):
        flow_stages = order.sudo().hub_flow_id.stage_ids
        stage = (
            flow_stages.filtered(lambda s: s.name == name)[:1]
            if name
            else order.hub_next_stage_id.sudo()
        )
        if not stage:
            self._refuse(
                "unknown_stage", "stage", self.env._("The order has no such stage.")
            )
        return stage

    # === EVENTS === #

    @api.model
    def list_events(self, cursor=0, limit=200):
        """List stage events after a cursor, oldest first.

        Poll with the cursor of the last answer. Events of one order come in order;
        an event becomes visible when its transaction ends, so the newest few
        seconds are held back: nothing appears behind a cursor later on.

        :param int cursor: 0 to begin with
        :param int limit: at most 1,000
        :return: ``{"ok": True, "events": [{"id", "hub_ref", "stage", "milestone",
            "date", "source", "channel", "external_ref"}], "cursor", "more"}``
        """
        return self._answer(lambda: self._events(cursor, limit))

    def _events(self, cursor, limit):
        if not self._is_whole(cursor) or not 0 <= cursor < 2**31:
            self._refuse("invalid", "cursor", self.env._("A number from 0 on."))
        if not self._is_whole(limit) or not 0 < limit <= MAX_EVENTS_PAGE:
            self._refuse(
                "invalid", "limit", self.env._("Between 1 and %s.", MAX_EVENTS_PAGE)
            )
        page = self.env["order.hub.stage.event"]._page(cursor, limit)
        return {
            "events": [self._event(event) for event in page],
            "cursor": page[-1:].id or cursor,
            "more": len(page) == limit,
        }

    def _is_whole(self, value):
        return isinstance(value, int) and not isinstance(value, bool)

    def _event(self, event):
        order = event.sudo().order_id
        return {
            "id": event.id,
            "hub_ref": event.hub_ref or "",
            "stage": event.sudo().stage_id.name,
            "milestone": event.milestone or "",
            "date": self._iso(event.date),
            "source": event.source or "",
            "channel": order.hub_channel_id.code or "",
            "external_ref": order.hub_external_ref or "",
        }

    # === HELPERS === #

    def _answer(self, work):
        """Run work in a savepoint; turn problems into an answer."""
        if not self.env.user.has_group("order_hub.order_hub_group_user"):
            raise AccessError(
                self.env._(
                    "The API is for integrations: their user needs the group "
                    "Order Hub / User."
                )
            )
        try:
            with self.env.cr.savepoint():
                return {"ok": True, **work()}
        except HubInputError as error:
            return {"ok": False, "errors": list(error.problems)}
        except AccessError:
            raise
        except UserError as error:
            problem = {"code": "blocked", "field": "", "message": str(error)}
            return {"ok": False, "errors": [problem]}

    def _refuse(self, code, field, message):
        raise HubInputError([{"code": code, "field": field, "message": message}])

    def _channel(self, code):
        code = self._text("channel", code, required=True)
        channel = self.env["order.hub.channel"].search(
            [("code", "=", code), ("company_id", "in", self.env.companies.ids)],
            limit=1,
        )
        if not channel:
            self._refuse(
                "unknown_channel",
                "channel",
                self.env._("There is no channel with code %s.", code[:60]),
            )
        return channel

    def _known(self, channel, external_ref):
        """Return the order a channel has sent before, if the caller may see it."""
        known = (
            self.env["sale.order"]
            .sudo()
            .search(
                [
                    ("hub_channel_id", "=", channel.id),
                    ("hub_external_ref", "=", external_ref),
                ],
                limit=1,
            )
        )
        if known and not known.sudo(False).has_access("read"):
            self._refuse(
                "taken",
                "external_ref",
                self.env._("The order is in the hub, but not yours to see."),
            )
        return known.sudo(False)

    def _find_order(self, hub_ref, channel, external_ref):
        hub_ref = self._text("hub_ref", hub_ref)
        external_ref = self._text("external_ref", external_ref)
        if hub_ref:
            domain = [("hub_ref", "=", normalise(hub_ref) or "-")]
        elif channel and external_ref:
            domain = [
                ("hub_channel_id", "=", self._channel(channel).id),
                ("hub_external_ref", "=", external_ref),
            ]
        else:
            self._refuse(
                "required",
                "hub_ref",
                self.env._("Name the order: hub_ref, or channel and external_ref."),
            )
        order = self.env["sale.order"].search(domain, limit=1)
        if not order:
            self._refuse("not_found", "hub_ref", self.env._("No such order."))
        return order

    def _status(self, order):
        order = order.sudo()
        open_holds = order.hub_exception_ids.filtered(lambda h: h.state == "open")
        return {
            "id": order.id,
            "name": order.name,
            "hub_ref": order.hub_ref,
            "external_ref": order.hub_external_ref or "",
            "state": order.state,
            "order_type": order.hub_order_type_id.code or "",
            "flow": order.hub_flow_id.name or "",
            "stage": order.hub_stage_id.name or "",
            "milestone": order.hub_milestone or "",
            "since": self._iso(order.hub_stage_since),
            "promised_date": self._iso(order.hub_promised_date),
            "amount_total": order.amount_total,
            "currency": order.currency_id.name,
            "holds": open_holds.sorted().mapped("name"),
            "parts": [
                {
                    "name": picking.name,
                    "milestone": picking._hub_part_state(),
                    "date": self._iso(picking.date_done or picking.scheduled_date),
                }
                for picking in order.picking_ids.sorted("id")
            ],
        }

    def _iso(self, moment):
        return (
            moment and f"{fields.Datetime.to_string(moment).replace(' ', 'T')}Z" or ""
        )

    def _text(self, field, value, required=False):
        """Return a text argument, cleaned and bounded, or refuse it."""
        if value is None or value is False or value == "":
            text = ""
        elif isinstance(value, bool) or not isinstance(value, (str, int)):
            text = self._refuse("invalid", field, self.env._("A text is expected."))
        else:
            text = clean_text(str(value))
        if required and not text:
            self._refuse("required", field, self.env._("This field is required."))
        if len(text) > MAX_API_TEXT:
            self._refuse(
                "invalid", field, self.env._("Longer than %s characters.", MAX_API_TEXT)
            )
        return text
