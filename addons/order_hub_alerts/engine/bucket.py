"""How fast a robot may talk: several limits at once, in a state that fits in a row.

A limit is a window: at most so many messages in any stretch of so many seconds. A
classic bucket of tokens lets through nearly twice that much (a full bucket, and what
drips in meanwhile), and a platform that counts punishes it. So the moments of the
last messages are kept, as many as the largest limit needs.

The state is a small JSON value. Several workers share it in a database row: lock the
row, :func:`take`, write the new state, commit, then talk to the platform.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

#: Messages leave here at once and reach the platform within this many seconds of
#: each other's distance; every window is kept that much longer than the platform says.
MARGIN = 1.0
#: Seconds within which messages still count as sent without delay.
SOON = 60.0


@dataclass(frozen=True)
class Limit:
    """At most ``count`` messages in any ``seconds`` seconds."""

    count: int
    seconds: float

    def __post_init__(self):
        if self.count < 1 or self.seconds <= 0:
            raise ValueError("A limit lets at least one message through.")


@dataclass(frozen=True)
class Limits:
    """All limits of a robot.

    :ivar windows: each of them holds
    :ivar block: seconds for which a platform is silent after one message too many
    :ivar margin: seconds by which every window is stretched
    """

    windows: tuple[Limit, ...]
    block: float = 60.0
    margin: float = MARGIN

    @property
    def most(self) -> int:
        """Return how many messages can go at once when nothing went before."""
        return min(limit.count for limit in self.windows)


#: One message too many costs ten minutes of silence. Source: "Custom robot access"
#: (自定义机器人接入) of open.dingtalk.com: 20 messages a minute and robot; beyond
#: that it is held back for 10 minutes.
DINGTALK = Limits((Limit(20, 60.0),), block=600.0)
#: Source: "Group robot configuration" (群机器人配置说明), document 91770 of
#: developer.work.weixin.qq.com: 20 messages a minute and robot.
WECOM = Limits((Limit(20, 60.0),))
#: Source: "Custom bot usage guide" (自定义机器人使用指南) of open.feishu.cn and
#: open.larksuite.com: 100 messages a minute and 5 a second for one bot.
FEISHU = Limits((Limit(100, 60.0), Limit(5, 1.0)))
#: Our own measure: nobody else's server is to be flooded by warnings.
WEBHOOK = Limits((Limit(60, 60.0),))


@dataclass(frozen=True)
class Grant:
    """What a robot may send now.

    :ivar count: messages that may go at once
    :ivar wait: seconds until one more may go; 0 when all that was wanted was granted
    :ivar state: to be stored, JSON
    """

    count: int
    wait: float
    state: dict[str, Any]


def take(
    state: Mapping | None, limits: Limits, now: datetime, wanted: int = 1
) -> Grant:
    """Reserve up to ``wanted`` messages from now on.

    What was reserved counts, whether it is sent or not: a worker that dies costs a
    minute, never a block.

    :param state: as stored; ``None`` or unreadable: nothing went before
    :param now: UTC, naive or aware
    """
    at = _millis(now)
    taken, blocked = _read(state, at, limits)
    count = 0 if blocked > at else _room(taken, at, limits, max(wanted, 0))
    taken += [at] * count
    wait = _wait(taken, blocked, at, limits) if count < wanted else 0.0
    return Grant(count, wait, _state(taken, blocked, at, limits))


def block(
    state: Mapping | None, limits: Limits, now: datetime, seconds: float = 0.0
) -> dict[str, Any]:
    """Return the state in which nothing goes for a while.

    :param seconds: as the platform says; 0: as documented (``limits.block``). A
        longer block that is there already stays.
    """
    at = _millis(now)
    taken, blocked = _read(state, at, limits)
    until = at + round((seconds if seconds > 0 else limits.block) * 1000)
    return _state(taken, max(blocked, until), at, limits)


def unblock(state: Mapping | None, limits: Limits, now: datetime) -> dict[str, Any]:
    """Return the state without its block; what went lately still counts."""
    at = _millis(now)
    return _state(_read(state, at, limits)[0], 0, at, limits)


def free(state: Mapping | None, limits: Limits, now: datetime) -> int:
    """Return how many messages could go now, without taking them."""
    return take(state, limits, now, limits.most).count


def soon(state: Mapping | None, limits: Limits, now: datetime) -> int:
    """Return how many messages could go within the coming minute at most.

    What is more than that is better put together than sent late. Windows shorter
    than a minute fill and empty several times; they do not count here.
    """
    at = _millis(now)
    taken, blocked = _read(state, at, limits)
    if blocked > at:
        return 0
    long = tuple(limit for limit in limits.windows if limit.seconds >= SOON)
    most = max(limit.count for limit in limits.windows)
    return _room(taken, at, Limits(long, limits.block, limits.margin), most)


def wait(state: Mapping | None, limits: Limits, now: datetime) -> float:
    """Return the seconds until one message may go; 0: at once."""
    at = _millis(now)
    taken, blocked = _read(state, at, limits)
    return _wait(taken, blocked, at, limits)


# === HELPERS === #


def _room(taken: list[int], at: int, limits: Limits, wanted: int) -> int:
    """Return how many more fit into every window that ends now."""
    for limit in limits.windows:
        since = at - _span(limit, limits)
        went = sum(1 for moment in taken if moment > since)
        wanted = min(wanted, max(limit.count - went, 0))
    return wanted


def _wait(taken: list[int], blocked: int, at: int, limits: Limits) -> float:
    """Return the seconds until every window has room and no block is left."""
    free_at = max(blocked, at)
    for limit in limits.windows:
        if len(taken) >= limit.count:
            free_at = max(free_at, taken[-limit.count] + _span(limit, limits))
    return (free_at - at) / 1000


def _span(limit: Limit, limits: Limits) -> int:
    return round((limit.seconds + limits.margin) * 1000)


def _read(state: Mapping | None, at: int, limits: Limits) -> tuple[list[int], int]:
    """Return the moments that still count, oldest first, and the end of a block.

    A clock that was put back must not silence a robot for longer than its windows.
    """
    state = state if isinstance(state, Mapping) else {}
    known = state.get("taken")
    moments = [
        min(int(moment), at)
        for moment in (known if isinstance(known, list) else [])
        if _is_number(moment)
    ]
    blocked = state.get("blocked_until")
    return sorted(moments), int(blocked) if _is_number(blocked) else 0


def _state(taken: list[int], blocked: int, at: int, limits: Limits) -> dict[str, Any]:
    """Return what is worth keeping."""
    since = at - max(_span(limit, limits) for limit in limits.windows)
    most = max(limit.count for limit in limits.windows)
    kept = [moment for moment in taken if moment > since][-most:]
    return {"taken": kept, "blocked_until": blocked if blocked > at else 0}


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _millis(moment: datetime) -> int:
    """Return a moment as milliseconds since 1970; naive means UTC."""
    aware = moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)
    return round(aware.timestamp() * 1000)
