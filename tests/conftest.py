"""What holds for every test."""

import os
import signal
import sys

# Whoever starts the tests in the background of a shell has SIGINT ignored, and so would all that
# they start: programs that are to be interrupted could not be.
signal.signal(signal.SIGINT, signal.default_int_handler)

# Most of a start of Python is compiling what it imports; hundreds are started here.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False
