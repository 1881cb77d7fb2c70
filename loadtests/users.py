"""The Locust users of the load generating process."""

from typing import ClassVar

import gevent.event
from locust import User, task
from locust.exception import StopUser
from session import Session


class OpenModelUser(User):
    """The one user of the open model: it keeps to a schedule instead of waiting for answers."""

    session: ClassVar[Session]
    finished: ClassVar[gevent.event.Event]

    @task
    def keep_to_schedule(self) -> None:
        try:
            self.session.run()
        finally:
            self.finished.set()
        raise StopUser
