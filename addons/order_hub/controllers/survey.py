from odoo.addons.survey.controllers.main import Survey


class OrderHubSurvey(Survey):
    """The three questions open for whoever has the link, logged in or not."""

    def _check_validity(
        self,
        survey_sudo,
        answer_sudo,
        answer_token,
        ensure_token=True,
        check_partner=True,
    ):
        """Do not ask who is logged in: the token in the mail is the proof.

        A colleague who opens the link from the customer's page, or the contact with
        another login of his, would be refused otherwise.
        """
        check_partner = check_partner and not answer_sudo._hub_draw()
        return super()._check_validity(
            survey_sudo,
            answer_sudo,
            answer_token,
            ensure_token=ensure_token,
            check_partner=check_partner,
        )
