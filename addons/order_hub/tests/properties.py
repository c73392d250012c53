"""Property-based tests that neither flicker nor leave files behind.

The same examples in every run, no stop-watch: a busy machine must not fail a test.
"""

import hypothesis

_settings = hypothesis.settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)


def given(*strategies):
    """As ``hypothesis.given``, with the settings of this project."""

    def decorate(test):
        return _settings(hypothesis.given(*strategies)(test))

    return decorate
