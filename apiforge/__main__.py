"""`python -m apiforge`, and the console script."""

import sys


def main() -> int:
    """Run the command line; the exit code."""
    if sys.argv[1:] == ["--version"]:
        # Answered before the command line's own imports, which take longer than the answer.
        from apiforge import __version__

        print(f"apiforge {__version__}")
        return 0
    from apiforge.cli.main import run

    return run(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
