from markupsafe import Markup

from odoo import models
from odoo.tools import plaintext2html

#: Parts that a to-do names; the list has them all.
NAMED = 12
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class OrderHubWarningAction(models.Model):
    """To-dos that actions give: bare, with a list, with a text for the customer.

    They stand on the warning. Nobody gets a mail about one: whoever is to be told is
    a recipient of the rule, over the channel that he reads.
    """

    _inherit = "order.hub.warning.action"

    def _do_activity(self, runs, wantings, people, now):
        names = self.env["order.hub.missing.parts"]._names(wantings.values())

        def note(action, run):
            return action._part_notes(wantings.get(run.order_id.id), names)

        self._give(runs, people, note, now)

    def _do_document(self, runs, wantings, people, now):
        """Give the list of missing parts, in the language of who gets it."""
        names = self.env["order.hub.missing.parts"]._names(wantings.values())
        files = self._files(runs, people, wantings, names, now)

        def note(action, run):
            return [
                Markup('<a href="/web/content/%s?download=true">%s</a>')
                % (files[run].id, files[run].name),
                *action._part_notes(wantings.get(run.order_id.id), names),
            ]

        self._give(runs, people, note, now)
        self._keep(runs, {run: {"attachment_id": files[run].id} for run in runs})

    def _do_talk_track(self, runs, wantings, people, now):
        """Give the text, in the language of the customer."""
        texts = self.talk_track_id._render(runs.order_id, now)

        def note(action, run):
            return [plaintext2html(texts.get(run.order_id.id, ""))]

        self._give(runs, people, note, now)
        kept = {run: {"kept_text": texts.get(run.order_id.id, "")} for run in runs}
        self._keep(runs, kept)

    def _keep(self, runs, values):
        """Write what was made for each row, in one query."""
        by_id = {run.id: vals for run, vals in values.items()}
        self.env["order.hub.writer"]._update(runs, by_id)

    # === TO-DOS === #

    def _give(self, runs, people, note, now):
        """Give everybody of a row a to-do, each in his own language.

        :param people: ``{row: users}``
        :param note: ``(action, row) → list of texts`` in the language of the action
        """
        vals_list = []
        by_lang = self.env["res.users"].union(*map(people.get, runs)).grouped("lang")
        for lang, users in by_lang.items():
            action = self.with_context(lang=lang)
            for run in runs.with_context(lang=lang):
                mine = people[run] & users
                if mine:
                    body = action._note(run, note(action, run))
                    vals_list += [action._todo(run, user, body, now) for user in mine]
        # pylint: disable-next=context-overridden
        quiet = self.with_context(mail_activity_quick_update=True)
        # To-dos keep the names of their records: read at once, not one by one.
        quiet.env["order.hub.warning"].browse(runs.warning_id.ids).mapped(
            "display_name"
        )
        return quiet.env["mail.activity"].create(vals_list)

    def _todo(self, run, user, body, now):
        """Return the values of one to-do."""
        known = self.env["ir.model.data"]
        todo = known._xmlid_to_res_id("mail.mail_activity_data_todo")
        return {
            "activity_type_id": self.activity_type_id.id or todo,
            "summary": f"{self.summary or self.rule_id.name}: {run._subject()}",
            "note": body,
            "user_id": user.id,
            "date_deadline": self._deadline(user, now),
            "automated": True,
            "res_model_id": self.env["ir.model"]._get_id("order.hub.warning"),
            "res_id": run.warning_id.id,
            "hub_action_run_id": run.id,
        }

    def _note(self, run, pieces):
        """Return what stands in a to-do: what to do, then what it is about."""
        advice = self.note or self.rule_id.advice
        head = [plaintext2html(advice)] if advice else []
        return Markup("<br/>").join(head + [piece for piece in pieces if piece])

    def _part_notes(self, wanting, names):
        """Return the missing parts as a list, the latest first; none: nothing."""
        if not wanting or not wanting.parts:
            return []
        words = self.env["order.hub.missing.parts"]
        rows = [words._part_text(part, names) for part in wanting.parts[:NAMED]]
        more = len(wanting.parts) - len(rows)
        if more:
            rows.append(self.env._("… and %s more", more))
        items = Markup("").join(Markup("<li>%s</li>") % row for row in rows)
        return [Markup("<ul>%s</ul>") % items]

    # === LISTS === #

    def _files(self, runs, people, wantings, names, now):
        """Return ``{row: attachment}`` on its warning."""
        words = self.env["order.hub.missing.parts"]
        vals_list = []
        for run in runs:
            order = run.order_id.with_context(lang=people[run][:1].lang)
            words = words.with_context(lang=people[run][:1].lang)
            vals_list.append(
                {
                    "name": words._file_name(order),
                    "raw": words._file(order, wantings[order.id], names, now),
                    "mimetype": XLSX,
                    "res_model": "order.hub.warning",
                    "res_id": run.warning_id.id,
                }
            )
        files = self.env["ir.attachment"].create(vals_list)
        return dict(zip(runs, files, strict=True))
