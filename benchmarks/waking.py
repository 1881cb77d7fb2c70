"""How late this machine wakes who sleeps, alone and with its processors kept awake.

On a machine of its own both are the same; where a busy host wakes it late, see
`apiforge.loadtest.awake`. Each round sleeps so often without and then with, in turn.
"""

import statistics
import time

from apiforge.loadtest.awake import kept_awake, share, stolen

ROUNDS, NAPS, NAP = 5, 400, 0.005
SHOWN = {"p50": 0.50, "p90": 0.90, "p99": 0.99}


def lateness() -> dict[str, float]:
    """Milliseconds by which naps were too long."""
    late = []
    for _ in range(NAPS):
        begun = time.monotonic()
        time.sleep(NAP)
        late.append(1000 * (time.monotonic() - begun - NAP))
    late.sort()
    return {name: late[int(part * NAPS)] for name, part in SHOWN.items()}


def main() -> int:
    """Prints both rows, and the median ratio of their p99s with its range."""
    before = stolen()
    rounds = []
    for _ in range(ROUNDS):
        with kept_awake(wanted=False):
            asleep = lateness()
        with kept_awake(wanted=True) as is_awake:
            rounds.append((asleep, lateness()))
    print(f"lateness of {NAPS} naps of {1000 * NAP:.0f} ms, medians of {ROUNDS} rounds")
    for row, label in enumerate(("left to sleep", "kept awake" if is_awake else "as before")):
        figures = [statistics.median(one[row][name] for one in rounds) for name in SHOWN]
        told = "  ".join(f"{name} {it:.2f} ms" for name, it in zip(SHOWN, figures, strict=True))
        print(f"{label:14} {told}")
    ratios = [asleep["p99"] / awake["p99"] for asleep, awake in rounds]
    print(
        f"p99 {statistics.median(ratios):.1f} times ({min(ratios):.1f} to {max(ratios):.1f}); "
        f"the host held up {share(before, stolen()):.1%} of this machine's work meanwhile"
    )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
