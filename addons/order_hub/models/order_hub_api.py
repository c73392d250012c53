from psycopg2.errors import UniqueViolation

from odoo import api, fields, models
from odoo.exceptions import AccessError, ConcurrencyError, UserError

from ..const import EVIDENCE_KINDS, MAX_EVENTS_PAGE
from ..engine.payload import read_order
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
            order = intake._create(channel, values)
        except UniqueViolation as error:
            raise self._second_delivery(error) from error
        return {"created": True, **self._status(order)}

    def _second_delivery(self, error):
        """The same order is being taken in at this moment: look again.

        Odoo repeats a request after a ``ConcurrencyError``; then the order of the
        first delivery is there and answers for both.
        """
        if "hub_external" in (error.diag.constraint_name or ""):
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
        source = self._channel(channel) if channel else order.hub_channel_id.sudo()
        key = self.env["order.hub.status.map"]._key(str(status or ""))
        words = source.sudo().status_map_ids.filtered(lambda w: w.external_key == key)
        stage = words._stage_for(order.sudo())
        if not stage:
            self._refuse(
                "unknown_status",
                "status",
                self.env._(
                    "Channel %(channel)s maps “%(word)s” to no stage of this order.",
                    channel=source.name or "–",
                    word=str(status)[:60],
                ),
            )
        order._hub_request_stage(stage, source="api", note=note)
        return self._status(order)

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
                self._find_order(hub_ref, channel, external_ref), stage, item
            )
        )

    def _attach(self, order, stage_name, item):
        if item["kind"] not in dict(EVIDENCE_KINDS):
            self._refuse(
                "invalid", "kind", self.env._("photo, note, signature or file.")
            )
        stage = self._stage(order, stage_name)
        order._hub_check_may_enter(stage, "api")
        evidence = self.env["order.hub.evidence"]._add(order, stage, [item])
        order._hub_sync()
        return {"evidence_id": evidence.id, **self._status(order)}

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
        if not isinstance(cursor, int) or cursor < 0:
            self._refuse("invalid", "cursor", self.env._("A number from 0 on."))
        if not isinstance(limit, int) or not 0 < limit <= MAX_EVENTS_PAGE:
            self._refuse(
                "invalid", "limit", self.env._("Between 1 and %s.", MAX_EVENTS_PAGE)
            )
        domain = [("id", ">", cursor), ("id", "<=", self._settled_event_id())]
        events = self.env["order.hub.stage.event"].search(
            domain, order="id", limit=limit + 1
        )
        page = events[:limit]
        return {
            "events": [self._event(event) for event in page],
            "cursor": page[-1:].id or cursor,
            "more": len(events) > limit,
        }

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
        try:
            with self.env.cr.savepoint():
                return {"ok": True, **work()}
        except HubInputError as error:
            return {"ok": False, "errors": error.problems}
        except AccessError:
            raise
        except UserError as error:
            problem = {"code": "blocked", "field": "", "message": str(error)}
            return {"ok": False, "errors": [problem]}

    def _refuse(self, code, field, message):
        raise HubInputError([{"code": code, "field": field, "message": message}])

    def _channel(self, code):
        channel = self.env["order.hub.channel"].search(
            [
                ("code", "=", str(code or "")),
                ("company_id", "in", self.env.companies.ids),
            ],
            limit=1,
        )
        if not channel:
            self._refuse(
                "unknown_channel",
                "channel",
                self.env._("There is no channel with code %s.", str(code)[:60]),
            )
        return channel

    def _known(self, channel, external_ref):
        """Return the order a channel has sent before, if the caller may see it."""
        known = self.env["sale.order"].sudo().search(
            [
                ("hub_channel_id", "=", channel.id),
                ("hub_external_ref", "=", external_ref),
            ],
            limit=1,
        )
        if known and not known.sudo(False).has_access("read"):
            self._refuse(
                "taken",
                "external_ref",
                self.env._("The order is in the hub, but not yours to see."),
            )
        return known.sudo(False)

    def _find_order(self, hub_ref, channel, external_ref):
        if hub_ref:
            domain = [("hub_ref", "=", normalise(str(hub_ref)) or "-")]
        elif channel and external_ref:
            domain = [
                ("hub_channel_id", "=", self._channel(channel).id),
                ("hub_external_ref", "=", str(external_ref)),
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
            "holds": open_holds.mapped("name"),
            "parts": [
                {
                    "name": picking.name,
                    "milestone": picking._hub_part_state(),
                    "date": self._iso(picking.date_done or picking.scheduled_date),
                }
                for picking in order.picking_ids
            ],
        }

    def _iso(self, moment):
        return moment and f"{fields.Datetime.to_string(moment).replace(' ', 'T')}Z" or ""

    def _settled_event_id(self):
        """Return the last event id before which no transaction is still writing."""
        return self.env["order.hub.stage.event"].sudo()._settled_id()
