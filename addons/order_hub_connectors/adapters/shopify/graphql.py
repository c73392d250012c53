"""Speaking GraphQL with Shopify: one call, its cost, and what its errors mean."""

from typing import Any

from odoo.addons.order_hub.engine.web.client import Client

from ..base import (
    AdapterError,
    AuthenticationFailed,
    ChannelDown,
    Refused,
    Throttled,
)

#: Tries of a query that Shopify's own points counter turns away.
TRIES = 6
#: Seconds waited on top, so that the last fraction of a point is there too.
MARGIN = 0.1


class TooCostly(AdapterError):
    """A single query may not cost that much; ask for less at once."""


class GraphQL:
    """The GraphQL endpoint of one shop.

    Every answer says what is left of the shop's points and how fast they come back;
    the next call waits until it can be paid for.
    """

    def __init__(self, client: Client, url: str, token: str):
        self.client, self.url = client, url
        self.headers = {
            "X-Shopify-Access-Token": token,
            "Content-Type": "application/json",
        }
        self.wait = 0.0

    def ask(self, query: str, **variables) -> dict:
        """Return ``data`` of a query, which may safely be asked twice."""
        return self._run(query, variables, repeatable=True)

    def change(self, mutation: str, name: str, **variables) -> dict:
        """Return what a mutation answers.

        :param name: of the mutation; its answer is ``data[name]``
        :raise Refused: the shop names what is wrong with it
        """
        answer = self.try_change(mutation, name, **variables)
        if errors := user_errors(answer):
            said = "; ".join(str(error.get("message")) for error in errors[:3])
            raise Refused(f"Shopify refuses this: {said}")
        return answer

    def try_change(
        self, mutation: str, name: str, repeatable: bool = False, **variables
    ) -> dict:
        """As :meth:`change`, and leave the errors in the answer to the caller."""
        data = self._run(mutation, variables, repeatable)
        return data.get(name) or {}

    def _run(self, query: str, variables: dict, repeatable: bool) -> dict:
        body = {"query": query, "variables": variables}
        for _number in range(TRIES):
            self.client.pause(self.wait)
            said = self.client.json(
                "POST",
                self.url,
                json=body,
                headers=self.headers,
                repeatable=repeatable,
            )
            if not isinstance(said, dict):
                raise ChannelDown("Shopify answered something unexpected.")
            self._learn(said)
            errors = said.get("errors")
            if not errors:
                return said.get("data") or {}
            if not _is_throttled(errors):
                raise _error(errors)
        raise Throttled("Shopify's points for this shop are used up.", self.wait or 10)

    def _learn(self, said: dict) -> None:
        """Work out how long to wait before a call like this one can be paid."""
        cost = (said.get("extensions") or {}).get("cost") or {}
        status = cost.get("throttleStatus") or {}
        wanted = _number(cost.get("requestedQueryCost"))
        left = _number(status.get("currentlyAvailable"))
        rate = _number(status.get("restoreRate"))
        missing = wanted - left if status else 0.0
        self.wait = missing / rate + MARGIN if rate > 0 and missing > 0 else 0.0
        if not self.wait and _is_throttled(said.get("errors")):
            self.wait = 1.0


def user_errors(answer: dict) -> list[dict]:
    """Return what a mutation's answer finds wrong with its input."""
    for name in ("userErrors", "orderCancelUserErrors"):
        if answer.get(name):
            return answer[name]
    return []


def _number(value: Any) -> float:
    return float(value) if isinstance(value, (int, float)) else 0.0


def _codes(errors: Any) -> set[str]:
    rows = errors if isinstance(errors, list) else []
    found = set()
    for row in rows:
        if isinstance(row, dict):
            extensions = row.get("extensions")
            code = extensions.get("code") if isinstance(extensions, dict) else ""
            found.add(str(code or row.get("message") or "").upper())
    return found


def _is_throttled(errors: Any) -> bool:
    return "THROTTLED" in _codes(errors)


def _error(errors: Any) -> AdapterError:
    """Return the error that fits what Shopify says."""
    codes = _codes(errors)
    rows = errors if isinstance(errors, list) else [{"message": str(errors)}]
    said = "; ".join(str(r.get("message")) for r in rows[:3] if isinstance(r, dict))
    if "MAX_COST_EXCEEDED" in codes:
        return TooCostly(said[:200])
    if "ACCESS_DENIED" in codes:
        return AuthenticationFailed(
            f"The app lacks a right in Shopify: {said[:200]} "
            "Give the app the access scope and install it again."
        )
    if codes & {"INTERNAL_SERVER_ERROR", "SERVICE_UNAVAILABLE", "TIMEOUT"}:
        return ChannelDown(f"Shopify is out of order: {said[:200]}")
    return Refused(f"Shopify refuses this: {said[:200]}")
