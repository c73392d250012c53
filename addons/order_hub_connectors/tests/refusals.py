from contextlib import contextmanager

from odoo.exceptions import UserError


class Refusals:
    """For tests that try what must not work."""

    @contextmanager
    def _refused(self):
        """Expect a refusal in words; nothing of the attempt stays."""
        try:
            with self.cr.savepoint():
                yield
                self.env.flush_all()
        except (UserError, ValueError, IndexError):
            self.env.invalidate_all()
            return
        self.fail("nothing was refused")
