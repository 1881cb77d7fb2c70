"""Where load generating processes of other machines meet: Locust's master, passing lines on.

Started by `apiforge.loadtest.meeting`, which writes to standard input first {"bind": …, "port": …},
then {"to": id, "content": …}. Writes {"listening": port}, {"joined": id},
{"said": {"by": id, "content": …}} and {"gone": {"who": id, "reason": …}}. What the content is, only
the two ends know; `joined.py` is the other.
Ends when standard input does, and tells those who joined.

Locust is imported first, as it patches sockets.
"""

import json
import logging
import sys
from typing import Any

import gevent
from clock import now
from gevent.fileobject import FileObject
from locust.env import Environment
from locust.runners import STATE_MISSING, MasterRunner
from messages import CHANNEL

MESSAGE = "apiforge"
_LOOK = 0.5


class Hub:
    """Knows who has joined, and passes lines on."""

    def __init__(self, bind: str, port: int) -> None:
        environment = Environment(user_classes=[])
        self._runner: MasterRunner = environment.create_master_runner(bind, port)
        self._runner.register_message(MESSAGE, self._hear)
        self._joined: set[str] = set()
        gevent.spawn(self._look)

    def say(self, to: str, content: Any) -> None:
        """Passes a line on to one who joined."""
        self._runner.send_message(MESSAGE, content, client_id=to)

    def close(self) -> None:
        """Sends all home."""
        for one in self._joined:
            self.say(one, {"end": True})
        self._runner.quit()

    def _hear(self, environment: Environment, msg: Any, **_: Any) -> None:
        content, who = msg.data, msg.node_id
        if "ping" in content:
            self.say(who, {"pong": content["ping"], "now": now()})
        elif "joined" in content:
            self._joined.add(who)
            CHANNEL.emit("joined", who)
        elif who in self._joined:
            CHANNEL.emit("said", {"by": who, "content": content})

    def _look(self) -> None:
        """Locust notices in about four seconds that a worker is silent."""
        while True:
            gevent.sleep(_LOOK)
            known = self._runner.clients
            for who in list(self._joined):
                if who not in known or known[who].state == STATE_MISSING:
                    self._joined.discard(who)
                    reason = "it could not be heard any more"
                    CHANNEL.emit("gone", {"who": who, "reason": reason})


def main() -> int:
    CHANNEL.reserve()
    logging.basicConfig(level=logging.ERROR, stream=sys.stderr)
    lines = FileObject(sys.stdin.buffer, "rb")
    asked = json.loads(lines.readline())
    hub = Hub(asked["bind"], asked["port"])
    CHANNEL.emit("listening", asked["port"])
    try:
        for line in lines:
            told = json.loads(line)
            hub.say(told["to"], told["content"])
    finally:
        hub.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
