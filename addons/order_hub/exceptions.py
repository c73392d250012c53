"""Errors of the hub that programs act on."""


class HubInputError(Exception):
    """Wrong input of an integration: a list of problems, nothing was changed.

    :param problems: list of ``{"code", "field", "message"}``
    """

    def __init__(self, problems):
        super().__init__("; ".join(problem["message"] for problem in problems))
        self.problems = problems
