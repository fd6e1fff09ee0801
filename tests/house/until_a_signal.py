"""How the programs that these tests start wait for a signal."""

UNTIL_A_SIGNAL = """
import os
import select
import signal

_read, _write = os.pipe()
os.set_blocking(_write, False)
signal.set_wakeup_fd(_write)


def until_a_signal():
    # signal.pause sleeps on where the signal came just before it, and Python had no turn in between to handle it
    select.select([_read], [], [])
"""
