"""Somebody's own Locust users, unchanged, in the closed model; what they ask is seen and booked.

`session` treats them as it does `traffic`: it stops them, waits for the last answers, ends them.
"""

from collections.abc import Iterator
from typing import Any

import gevent
from clock import Alarm, now
from gevent import hub
from locust import User
from locust.dispatch import UsersDispatcher
from locust.runners import WorkerNode
from locustfiles import Locustfile, place_of
from recorder import Recorder
from sightings import Sightings

_LOOK = 0.02
_NAP = 0.1
_LAST_ANSWERS = 0.5
_FAREWELL = 5.0
_HTTP = ("HttpUser", "FastHttpUser")
_PULSE = 0.02


class Guests:
    """The users of one locustfile in one test."""

    def __init__(self, locustfile: Locustfile, *, timeout: float) -> None:
        self._file = locustfile
        self._environment = locustfile.environment
        self._runner = locustfile.environment.runner
        self._users: list[User] = []
        self._seen = Sightings(timeout=timeout)
        self._stopped: float | None = None
        self._end = 0.0
        self._leaving = False
        self.faults: list[str] = []
        """Why this was not the test that was asked for."""
        self.warnings: list[str] = []
        self._seen.watch_clients()
        events = self._environment.events
        events.request.add_listener(self._seen.on_request)
        events.user_error.add_listener(self._on_error)
        events.test_stopping.add_listener(self._on_stopping)

    @property
    def interrupted(self) -> bool:
        return self._stopped is not None

    @property
    def in_flight(self) -> int:
        return self._seen.waiting()

    def stop(self) -> None:
        """Ends the test early."""
        if self._stopped is None:
            self._stopped = now()

    def sleep_until(self, moment: float, alarm: Alarm) -> None:
        """Sleeps until the moment, or shortly after `stop`."""
        while (time := now()) < moment and not self.interrupted:
            alarm.sleep_until(min(moment, time + _NAP))

    def enter(self, begin: float, end: float, recorder: Recorder) -> None:
        """The next phase; what begins in it is booked there."""
        self._end = end
        self._seen.enter(begin, end, recorder)
        gevent.spawn(self._beat, begin, end, recorder)

    def come(self, begin: float, spread: float, *, count: int, share: slice) -> None:
        """`share` of `count` users come one by one, all of them within `spread` seconds."""
        kinds = list(enumerate(_invited(self._environment.user_classes, count)))[share]
        gevent.spawn(self._come, [(begin + spread * place / count, kind) for place, kind in kinds])

    def drain(self) -> None:
        """Asks all to leave, and waits for what they still wait for, at most the timeout."""
        self._leaving = True
        gone = sum(user.greenlet.dead for user in self._users)
        if gone and not self.interrupted:
            self.warnings.append(f"{gone} of {len(self._users)} users had left before the end")
        self._ask_to_leave()
        limit = now() + self._seen.timeout + _LOOK
        while (self.in_flight or self._silent()) and now() < limit:
            if self._stopped is not None:
                limit = min(limit, self._stopped + _LAST_ANSWERS)
            gevent.sleep(_LOOK)
        for user in self._silent():
            name = f"User {type(user).__name__}"
            self._seen.silent(name, self._end - _LOOK, interrupted=self.interrupted)
        self._seen.close(interrupted=self.interrupted)

    def close(self) -> None:
        """Ends all: those that wait in vain, too."""
        self._runner.user_greenlets.kill(timeout=_FAREWELL)
        self._runner.user_greenlets.kill(timeout=_FAREWELL)
        ending = gevent.spawn(
            self._environment.events.test_stop.fire, environment=self._environment
        )
        ending.join(_FAREWELL)
        self._runner.greenlet.kill(timeout=_FAREWELL)

    def _beat(self, begin: float, end: float, recorder: Recorder) -> None:
        """Books how late this process looks up: a task that computes holds all others up."""
        alarm, moment = Alarm(), begin
        try:
            while moment < end and not self.interrupted:
                moment += _PULSE
                self.sleep_until(moment, alarm)
                recorder.late(recorder.second(now()), int((now() - moment) * 1e6))
        finally:
            alarm.close()

    def _come(self, planned: list[tuple[float, type[User]]]) -> None:
        for moment, kind in planned:
            gevent.sleep(max(0.0, moment - now()))
            if self._leaving or self.interrupted:
                return
            self._users += self._runner.spawn_users({kind.__name__: 1})
        count = len(self._users)
        self._environment.events.spawning_complete.fire(user_count=count)

    def _ask_to_leave(self) -> None:
        for user in self._users:
            if not user.greenlet.dead and user._state == "running":
                user.stop()
            elif user._state == "waiting":
                gevent.spawn(user.stop)

    def _silent(self) -> list[User]:
        """Users whose clients tell of nothing, and who neither sleep nor have left: they wait."""
        return [
            user
            for user in self._users
            if not user.greenlet.dead and not _is_http(type(user)) and not _sleeps(user.greenlet)
        ]

    def _on_error(self, *, user_instance: Any, exception: BaseException, **_: Any) -> None:
        user = getattr(user_instance, "user", user_instance)
        words = " ".join(f"{type(exception).__name__}: {exception}".split())[:200]
        self._seen.broke(
            f"User {type(user).__name__}", f"{words}{place_of(exception, self._file.path)}"
        )

    def _on_stopping(self, **_: Any) -> None:
        """A locustfile may end the test by itself: `environment.runner.quit()`."""
        if not self._leaving:
            self.faults.append("the locustfile itself ended the test before its time")
            self.stop()


def _invited(classes: list[type[User]], count: int) -> Iterator[type[User]]:
    """Which users come, as Locust would share them out by weight, the kinds evenly mixed."""
    dispatcher = UsersDispatcher([WorkerNode(id="all")], classes)
    dispatcher.new_dispatch(count, count)
    numbers = {name: 0 for name in (kind.__name__ for kind in classes)}
    for dispatched in dispatcher:
        numbers = dispatched["all"]
    places = [
        ((number + 0.5) / numbers[kind.__name__], kind)
        for kind in classes
        for number in range(numbers[kind.__name__])
    ]
    return (kind for _, kind in sorted(places, key=lambda place: place[0]))


def _is_http(kind: type[User]) -> bool:
    return any(parent.__name__ in _HTTP for parent in kind.__mro__)


def _sleeps(waiting: gevent.Greenlet) -> bool:
    frame = waiting.gr_frame
    while frame is not None:
        if frame.f_code is hub.sleep.__code__:
            return True
        frame = frame.f_back
    return False
