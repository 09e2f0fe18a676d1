"""Becomes the given command, bound to its parent: when the parent dies, however it dies, the kernel ends the command.

Usage: guard.py PARENT_PID SIGNAL UID GROUP TURN COMMAND [ARG...]

UID '-' keeps the user. GROUP 'own' is a process group of its own: Ctrl-C reaches the launcher alone, which then stops everything in order. It is
no session of its own, since Linux (autogroup) gives every session the same share of the processors, however many of them do little and one a
lot, and lets niceness mean nothing between them.

TURN is for what somebody waits for. 'short' asks for short turns of the processor, and with that for being let in at once, in the middle of the
longer turns of others (Linux 6.12 and later; earlier ones take no notice). 'first' lets the command's first thread run whenever it has something
to do (real-time, round robin, and leaves it a priority below that for a second thread), what it starts as usual; 'all-first' all of them. That
takes a right (root, CAP_SYS_NICE or a limit for real-time priority) and a second processor, so that the others have one; without
them it is 'short'.

The death signal is set after the change of user, because the kernel forgets it at a change. A server that refuses to
run as root (PostgreSQL) gets another user but keeps CAP_DAC_OVERRIDE, so that it may still pass through a home folder
that is closed to others on its way to its own files.
"""

import ctypes
import os
import struct
import sys

PR_SET_PDEATHSIG, PR_SET_SECUREBITS, PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE = 1, 28, 47, 2
SECBIT_NO_SETUID_FIXUP = 4
CAP_DAC_OVERRIDE, CAPABILITY_VERSION_3 = 1, 0x20080522
SYS_SCHED_SETATTR, SHORTEST_TURN_NS, REAL_TIME_PRIORITY = 314, 100_000, 2
libc = ctypes.CDLL(None, use_errno=True)


def prctl(*numbers):
    arguments = [ctypes.c_ulong(number) for number in numbers] + [ctypes.c_ulong(0)] * (5 - len(numbers))
    return libc.prctl(ctypes.c_int(numbers[0]), *arguments[1:])


def become(uid):
    # Keeps the capabilities through setresuid, and makes access() judge by them as open() does.
    prctl(PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP)
    os.setgroups([])
    os.setresgid(uid, uid, uid)
    os.setresuid(uid, uid, uid)
    header = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION_3, 0)
    mask = 1 << CAP_DAC_OVERRIDE
    data = (ctypes.c_uint32 * 6)(mask, mask, mask, 0, 0, 0)
    if libc.capset(header, data) == 0:
        prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_DAC_OVERRIDE)


def take_short_turns():
    # struct sched_attr of sched_setattr(2): size, policy, flags, nice, priority, runtime, deadline, period.
    nice = os.getpriority(os.PRIO_PROCESS, 0)
    attributes = struct.pack("=IIQiIQQQ", 48, os.SCHED_OTHER, 0, nice, 0, SHORTEST_TURN_NS, 0, 0)
    libc.syscall(SYS_SCHED_SETATTR, 0, ctypes.create_string_buffer(attributes, 48), 0)


def go_first(policy):
    if len(os.sched_getaffinity(0)) < 2:
        return take_short_turns()
    try:
        os.sched_setscheduler(0, policy, os.sched_param(REAL_TIME_PRIORITY))
    except OSError:
        take_short_turns()


parent, signal = int(sys.argv[1]), int(sys.argv[2])
user, group, turn, *command = sys.argv[3:]
if group == "own":
    os.setpgrp()
if turn == "short":
    take_short_turns()
elif turn == "first":
    go_first(os.SCHED_RR | os.SCHED_RESET_ON_FORK)
elif turn == "all-first":
    go_first(os.SCHED_RR)
if user != "-":
    become(int(user))
prctl(PR_SET_PDEATHSIG, signal)
if os.getppid() != parent:
    sys.exit("the process that started this one is gone")
os.execvp(command[0], command)
