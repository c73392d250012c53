from odoo import models


class OrderHubChannelParameter(models.Model):
    """Settings of WeCom and DingTalk, where they are found."""

    _inherit = "order.hub.channel.parameter"

    def _words(self):
        return {**super()._words(), **self._wecom_words(), **self._dingtalk_words()}

    def _wecom_words(self):
        if self.channel_id.adapter != "wecom":
            return {}
        return {
            "corp_id": {
                "label": self.env._("Corporation ID"),
                "help": self.env._("WeCom › My Company: the ID at the bottom (ww…)."),
            },
            "agent_id": {
                "label": self.env._("AgentId"),
                "help": self.env._("App Management › the app: its number."),
            },
            "secret": {
                "label": self.env._("Secret"),
                "help": self.env._(
                    "Of the app; only to answer. Without it nothing is said."
                ),
            },
            "token": {
                "label": self.env._("Token"),
                "help": self.env._(
                    "The app › Receive Messages › Set API: the same Token as there."
                ),
            },
            "aes_key": {
                "label": self.env._("EncodingAESKey"),
                "help": self.env._("The 43 characters beside the Token."),
            },
        }

    def _dingtalk_words(self):
        if self.channel_id.adapter != "dingtalk":
            return {}
        return {
            "robot_code": {
                "label": self.env._("RobotCode"),
                "help": self.env._(
                    "If entered, deliveries for other robots are refused."
                ),
            },
            "app_secret": {
                "label": self.env._("AppSecret"),
                "help": self.env._(
                    "DingTalk Open Platform › the app › Credentials. It signs what "
                    "people write to the robot."
                ),
            },
            **self._dingtalk_event_words(),
        }

    def _dingtalk_event_words(self):
        """Return what only approvals need."""
        return {
            "app_key": {
                "label": self.env._("AppKey"),
                "help": self.env._("Only for approvals: beside the AppSecret."),
            },
            "token": {
                "label": self.env._("Token of Events"),
                "help": self.env._(
                    "Only for approvals: the app › Event Subscription, HTTP push."
                ),
            },
            "aes_key": {
                "label": self.env._("AES Key of Events"),
                "help": self.env._("The 43 characters beside the Token."),
            },
            "process_codes": {
                "label": self.env._("Approval Templates"),
                "help": self.env._(
                    "Codes of the templates that are about orders (PROC-…), with "
                    "commas. Empty: every approval is looked at."
                ),
            },
        }
