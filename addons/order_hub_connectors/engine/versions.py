"""Which of two versions of an order is the older one."""

from datetime import datetime, timezone


def is_older(version: str, applied: str) -> bool:
    """Tell whether a version comes before the one that was applied.

    Versions are moments in ISO 8601 (of any zone), counters, or words that sort.
    Without a version nothing is known, so nothing is older.
    """
    if not version or not applied or version == applied:
        return False
    moments = _moment(version), _moment(applied)
    if all(moments):
        return moments[0] < moments[1]
    if version.isdecimal() and applied.isdecimal():
        return int(version) < int(applied)
    return version < applied


def _moment(text: str) -> datetime | None:
    if "-" not in text:
        return None
    try:
        moment = datetime.fromisoformat(text.strip().replace("Z", "+00:00"))
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)
