"""Importing this module makes a process deaf to Ctrl-C.

For workers, and first of all for the server that they are forked from: a terminal interrupts every process,
and only the one that the user started should say so.
"""

import signal

signal.signal(signal.SIGINT, signal.SIG_IGN)
if hasattr(signal, "pthread_sigmask"):  # held back by whoever has started this process, until now
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
