"""How grave warnings are."""

#: The gravest first.
SEVERITIES = ("critical", "warning", "info")
RANK = {severity: rank for rank, severity in enumerate(SEVERITIES)}


def rank(severity: str) -> int:
    """Return the place of a severity, 0 the gravest; unknown ones come last."""
    return RANK.get(severity, len(RANK))
