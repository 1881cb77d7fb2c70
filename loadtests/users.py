"""The Locust users of the load generating process."""

from collections.abc import Callable
from typing import ClassVar

from locust import User, task
from locust.exception import StopUser


class Conductor(User):
    """The one user Locust starts: it conducts all requests instead of waiting for answers."""

    conduct: ClassVar[Callable[[], None]]

    @task
    def begin(self) -> None:
        type(self).conduct()
        raise StopUser
