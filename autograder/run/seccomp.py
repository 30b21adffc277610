"""A filter in front of the kernel: system calls that no submission needs.

They trace or read other processes, make namespaces in which a user has rights again, hold memory
that no limit counts, open sockets that no namespace holds, or lead to corners of the kernel where
holes are found. The filter is a
program for the kernel's own small machine (classic BPF); it holds for the process, for all that
it starts, and for good.
"""

from __future__ import annotations

import ctypes
import errno
import os
import struct

from autograder.run import linux

# By name as in the kernel's asm/unistd.h: on x86-64, on arm64.
_FORBIDDEN = {
    # other processes
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "pidfd_getfd": (438, 438),
    "kcmp": (312, 272),
    # namespaces and mounts
    "unshare": (272, 97),
    "setns": (308, 268),
    "mount": (165, 40),
    "umount2": (166, 39),
    "pivot_root": (155, 41),
    "chroot": (161, 51),
    "open_tree": (428, 428),
    "move_mount": (429, 429),
    "fsopen": (430, 430),
    "fsconfig": (431, 431),
    "fsmount": (432, 432),
    "fspick": (433, 433),
    "mount_setattr": (442, 442),
    # memory that belongs to no process
    "memfd_create": (319, 279),
    "memfd_secret": (447, 447),
    "shmget": (29, 194),
    "msgget": (68, 186),
    "semget": (64, 190),
    # the kernel's own tools
    "add_key": (248, 217),
    "request_key": (249, 218),
    "keyctl": (250, 219),
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "userfaultfd": (323, 282),
    "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    "init_module": (175, 105),
    "finit_module": (313, 273),
    "delete_module": (176, 106),
    "kexec_load": (246, 104),
    "kexec_file_load": (320, 294),
}
_SOCKET = (41, 198)
# AF_UNIX, AF_INET, AF_INET6, AF_NETLINK: namespaces hold them. Others lead past them, as to the
# host of a virtual machine (AF_VSOCK), or to corners of the kernel (AF_ALG, AF_BLUETOOTH).
_FAMILIES = (1, 2, 10, 16)
_CLONE = (56, 220)
_CLONE3 = 435
_MACHINES = ("x86_64", "aarch64")
_AUDIT = (0xC000003E, 0xC00000B7)  # their names in linux/audit.h
_FOREIGN = 0x40000000  # calls in the x86-64 kernel's 32-bit dress begin here
_NAMESPACES = (
    linux.CLONE_NEWNS
    | linux.CLONE_NEWCGROUP
    | linux.CLONE_NEWUTS
    | linux.CLONE_NEWIPC
    | linux.CLONE_NEWUSER
    | linux.CLONE_NEWPID
    | linux.CLONE_NEWNET
)

_LOAD, _RETURN, _EQUAL, _AT_LEAST, _ANY_BIT = 0x20, 0x06, 0x15, 0x35, 0x45
_NUMBER, _ARCHITECTURE, _FIRST_ARGUMENT = 0, 4, 16  # where they stand in seccomp_data
_ALLOW, _ERROR = 0x7FFF0000, 0x00050000
_PR_SET_SECCOMP, _MODE_FILTER = 22, 2


class _Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("steps", ctypes.c_void_p)]


def available() -> bool:
    """Whether the numbers of this machine's system calls are known here."""
    return os.uname().machine in _MACHINES


def forbid() -> None:
    """Put the filter before this process; only for one that can gain no privileges any more."""
    steps = program(_MACHINES.index(os.uname().machine))
    memory = ctypes.create_string_buffer(steps, len(steps))
    described = _Program(len(steps) // 8, ctypes.addressof(memory))
    linux.prctl(_PR_SET_SECCOMP, _MODE_FILTER, ctypes.addressof(described))


def program(machine: int) -> bytes:
    """Write the filter for one of the machines: a line of (operation, value, skip, skip)."""
    refuse, unknown = (_ERROR | number for number in (errno.EPERM, errno.ENOSYS))
    lines = [
        (_LOAD, _ARCHITECTURE, 0, 0),
        (_EQUAL, _AUDIT[machine], 1, 0),
        (_RETURN, unknown, 0, 0),
        (_LOAD, _NUMBER, 0, 0),
        (_AT_LEAST, _FOREIGN, 0, 1),
        (_RETURN, unknown, 0, 0),
        (_EQUAL, _CLONE3, 0, 1),  # its flags lie out of sight; who is told so takes clone
        (_RETURN, unknown, 0, 0),
    ]
    for numbers in _FORBIDDEN.values():
        lines += [(_EQUAL, numbers[machine], 0, 1), (_RETURN, refuse, 0, 0)]
    lines += [
        (_EQUAL, _SOCKET[machine], 0, len(_FAMILIES) + 3),
        (_LOAD, _FIRST_ARGUMENT, 0, 0),
        *((_EQUAL, family, len(_FAMILIES) - n, 0) for n, family in enumerate(_FAMILIES)),
        (_RETURN, refuse, 0, 0),
        (_RETURN, _ALLOW, 0, 0),
        (_EQUAL, _CLONE[machine], 1, 0),
        (_RETURN, _ALLOW, 0, 0),
        (_LOAD, _FIRST_ARGUMENT, 0, 0),
        (_ANY_BIT, _NAMESPACES, 0, 1),
        (_RETURN, refuse, 0, 0),
        (_RETURN, _ALLOW, 0, 0),
    ]
    return b"".join(struct.pack("=HBBI", code, yes, no, k) for code, k, yes, no in lines)
