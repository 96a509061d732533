"""A place without a network, where the system has one: who is in it reaches only what is in it.

The engine asks other servers when a query says so, and would answer any page that finds its port. The guard refuses
such queries, and nobody knows the port; behind the fence there is nothing to reach, and no way in. What listened before
goes on to hear the world outside. Linux: unshare(2), network_namespaces(7), user_namespaces(7), netdevice(7).
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import socket
import struct
from pathlib import Path

NEW_USERS, NEW_NETWORK = 0x10000000, 0x40000000
GET_FLAGS, SET_FLAGS, UP = 0x8913, 0x8914, 0x1
INTERFACE = "16sh22x"
"""struct ifreq: the name of an interface and its flags."""


def enter() -> bool:
    """Leave the network for the rest of this process and for those that it begins; false where that cannot be done.

    To be called before there is a second thread. The loopback addresses go on to work, among those within.
    """
    if not _can_leave():
        return False
    _leave()
    return True


def _can_leave() -> bool:
    """Tried by a process of its own: half a way out would be worse than none."""
    trying = os.fork()
    if trying == 0:
        try:
            _leave()
        except BaseException:  # noqa: BLE001 - whatever it is, it is told by the exit code and must not go on
            os._exit(1)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(trying, 0)[1]) == 0


def _leave() -> None:
    unshare = ctypes.CDLL(None, use_errno=True).unshare
    user, group = os.getuid(), os.getgid()
    if unshare(NEW_NETWORK):
        if unshare(NEW_NETWORK | NEW_USERS):
            raise OSError(ctypes.get_errno(), "unshare")
        _stay(user, group)
    _loopback()


def _stay(user: int, group: int) -> None:
    """Keep the user's own number among the new users: files that are made would have no owner otherwise."""
    own = Path("/proc/self")
    (own / "setgroups").write_text("deny")
    (own / "uid_map").write_text(f"{user} {user} 1")
    (own / "gid_map").write_text(f"{group} {group} 1")


def _loopback() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        found = fcntl.ioctl(asking, GET_FLAGS, struct.pack(INTERFACE, b"lo", 0))
        name, flags = struct.unpack(INTERFACE, found)
        fcntl.ioctl(asking, SET_FLAGS, struct.pack(INTERFACE, name, flags | UP))
