from .indicator_common import NOW, IndicatorCommon, at


class TestIndicatorsPages(IndicatorCommon):
    """Figures of the pages that customers open."""

    def _look(self, order, source, visitor, moment):
        self.env["order.hub.lookup"]._count(order, source, visitor, moment)

    def test_self_service_is_the_share_of_look_ups_that_needed_nobody(self):
        first, second = self._order(), self._order()
        self._assert_figure("self_service_share", None)
        self._look(first, "paper", "a", at(9))
        self._look(first, "paper", "a", at(9, minute=40))
        self._look(first, "login", "b", NOW)
        self._look(second, "link", "c", at(10))
        self._look(second, "staff", "user 7", at(10))
        self._assert_figure("self_service_share", 75.0, samples=4)

    def test_look_ups_before_the_window_do_not_count(self):
        order = self._order()
        self._look(order, "staff", "user 7", at(1).replace(month=1))
        self._look(order, "paper", "a", at(9))
        self._assert_figure("self_service_share", 100.0, samples=1)
