"""DingTalk's approvals: events that only name one, and the API that tells of it.

Documentation: open.dingtalk.com, *Approval events* (``bpms_instance_change``,
``bpms_task_change``), *Get the details of a single approval instance*.
"""

from datetime import datetime, timezone

from ...engine.approval import Approval, lines_of

INSTANCE, TASK = "bpms_instance_change", "bpms_task_change"
RUNNING, TERMINATED = "RUNNING", "TERMINATED"
MAX_WORD, MAX_TITLE = 80, 250


def report_of(event: dict) -> dict:
    """Return what an event says of an approval, empty for other events.

    What one approver says of many is no word about the approval: it still runs.
    """
    kind, number = event.get("EventType"), _word(event.get("processInstanceId"))
    word = _state(event) if kind == INSTANCE else RUNNING
    if kind not in (INSTANCE, TASK) or not number or not word:
        return {}
    title = _word(event.get("title"), MAX_TITLE)
    said = (title, _word(event.get("staffId")), _word(event.get("result")))
    return {
        "instance": number,
        "word": word,
        "at": moment(event.get("finishTime") or event.get("createTime")),
        "text": title,
        "note": title if kind == INSTANCE else " · ".join(filter(None, said)),
        "is_part": kind == TASK,
    }


def _state(event: dict) -> str:
    """Return the word for where an approval is: as its API says it."""
    kind = _word(event.get("type"))
    known = {"start": RUNNING, "terminate": TERMINATED}
    return known.get(kind) or _word(event.get("result")) or kind


def approval_of(answer: dict) -> Approval:
    """Return an approval of the API's answer."""
    result = answer.get("result")
    result = result if isinstance(result, dict) else {}
    rows = result.get("formComponentValues")
    rows = [r for r in rows if isinstance(r, dict)] if isinstance(rows, list) else []
    values = [
        value for row in rows for value in (row.get("value"), row.get("extValue"))
    ]
    return Approval(
        text=lines_of([result.get("title"), result.get("businessId"), *values]),
        is_over=result.get("status") not in (RUNNING, "NEW", None),
    )


def moment(millis) -> str:
    """Return a moment given in milliseconds as ISO 8601, empty for what is none."""
    if not isinstance(millis, int) or not 0 < millis < 10**14:
        return ""
    return datetime.fromtimestamp(millis / 1000, timezone.utc).isoformat()


def _word(value, most: int = MAX_WORD) -> str:
    return value[:most] if isinstance(value, str) else ""
