"""What holds for every test."""

import signal

# Whoever starts the tests in the background of a shell has SIGINT ignored, and so would all that
# they start: programs that are to be interrupted could not be.
signal.signal(signal.SIGINT, signal.default_int_handler)
