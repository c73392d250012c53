"""How long a link opens a page without a login."""

from datetime import date, timedelta


def last_day(own, closed, days):
    """Return the last day a link opens its page, or ``None`` for no end.

    :param date own: the day somebody set for this document, if any: it wins
    :param date closed: the day the document was closed, if it is
    :param int days: days a link lives after that; 0 is for ever
    """
    if own:
        return own
    if not closed or days <= 0:
        return None
    return closed + timedelta(days=min(days, (date.max - closed).days))


def is_open(today, own, closed, days):
    """Tell whether a link opens its page on the day ``today``."""
    last = last_day(own, closed, days)
    return last is None or today <= last
