"""Runs one load test in processes of its own and brings the recording home."""

import secrets
from dataclasses import replace

from apiforge.loadtest.child import Hire, hire_here
from apiforge.loadtest.crew import OnProgress, Warn, open_crew
from apiforge.loadtest.outlook import Outlook
from apiforge.loadtest.progress import Progress
from apiforge.loadtest.recording import Recording
from apiforge.loadtest.workload import Workload


def ignore_progress(_progress: Progress) -> None:
    """For those who only want the result."""


def ignore_warning(_text: str) -> None:
    """For those who read it in the result."""


def run(
    workload: Workload,
    *,
    on_progress: OnProgress = ignore_progress,
    warn: Warn = ignore_warning,
    outlook: Outlook | None = None,
    hire: Hire = hire_here,
) -> Recording:
    """Runs a load test to its end and returns what was measured.

    `warn` is told, before it begins, what will probably make it invalid. With an `outlook` it ends
    early, `aborted`, when that says that the test is lost. `hire` brings the workers.

    On KeyboardInterrupt (in the calling thread) it ends early with what there is, `interrupted`;
    on a second one it is raised. A worker that dies ends it too, and is among `lost_workers`.
    Raises TargetUnreachable if the target does not answer or let us log in, UsageError if the
    scenario is wrong.
    """
    if workload.seed is None:
        workload = replace(workload, seed=secrets.randbelow(2**31))
    with open_crew(workload, on_progress, warn, outlook=outlook, hire=hire) as crew:
        return crew.measure(workload)
