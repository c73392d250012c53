"""Group robots of messengers, one module a platform.

``letter``    a message, whatever the platform
``outcome``   what an answer means
``text``      cutting a text so that it fits
``base``      what the platforms have in common
``dingtalk``, ``wecom``, ``feishu``, ``webhook``  the platforms
"""

from .base import Robot, Words
from .dingtalk import DingTalkRobot
from .feishu import FeishuRobot
from .letter import Letter, Mention
from .outcome import Outcome
from .webhook import WebhookRobot
from .wecom import WeComRobot

#: As ``order.hub.robot`` names them → what speaks with them.
ROBOTS: dict[str, type[Robot]] = {
    robot.platform: robot
    for robot in (DingTalkRobot, WeComRobot, FeishuRobot, WebhookRobot)
}


def make(platform: str, address: str, **settings) -> Robot:
    """Return the robot of a platform.

    :param settings: ``secret``, ``keyword``, ``client``, ``words`` of :class:`Robot`
    :raise KeyError: the platform is not known
    """
    return ROBOTS[platform](address, **settings)
