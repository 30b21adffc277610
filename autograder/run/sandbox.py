"""The sandbox around pupils: Linux namespaces, an allow-list of files, no network, limits.

Two steps. :func:`enter_jail` is taken once, by the process that pupils are forked from: it moves
into a root folder that holds the interpreter, the libraries and cnnkit, all read-only, and
nothing else. :func:`enter_cell` is taken by every pupil: namespaces of its own, a scratch folder
of its own, an unprivileged user, limits, no capabilities, and a filter before the kernel.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import resource
import select
import signal
import sys
import sysconfig
from pathlib import Path

from autograder.run import linux, seccomp
from autograder.run.limits import Limits, limit_memory

_FIRST_USER = 2_000_000_000  # ids that no real account has
USERS = 10_000
_INSIDE_USER = 1000  # what an ordinary user's pupils are called inside
_CELL_NAMESPACES = (
    linux.CLONE_NEWNS
    | linux.CLONE_NEWPID
    | linux.CLONE_NEWNET
    | linux.CLONE_NEWIPC
    | linux.CLONE_NEWUTS
    | linux.CLONE_NEWCGROUP
)
SCRATCH = "/scratch"  # a pupil's own folder; also /tmp, unless the course itself lies below /tmp
_DEVICES = ("null", "zero", "full", "random", "urandom")
_SYSTEM = ("/usr", "/bin", "/lib", "/lib64", "/etc/ld.so.cache", "/etc/localtime")
_SHARED = "/usr/local/share"  # nbgrader's exchange, others' submissions in it, lies below


class NoSandbox(Exception):
    """The sandbox is not to be had on this machine; the message says why and what to do."""


def enter_jail(new_root: Path) -> None:
    """Move this process into the read-only allow-listed root built at ``new_root``."""
    if not sys.platform.startswith("linux"):
        raise NoSandbox(sentence("this system is not Linux"))
    if not seccomp.available():
        raise NoSandbox(sentence("this processor is neither x86-64 nor arm64"))
    allowed = visible_paths()
    os.umask(0o022)  # the folders made below must be open to pupils
    try:
        if os.geteuid() != 0 or not _has_users():
            _unshare_user()
        linux.unshare(linux.CLONE_NEWNS)
        linux.mount("none", "/", "", linux.MS_REC | linux.MS_PRIVATE)
        _build_root(new_root, allowed)
        linux.pivot_root(str(new_root))
    except OSError as error:
        raise NoSandbox(sentence(str(error))) from error


def enter_cell(number: int, limits: Limits) -> None:
    """Close the sandbox around one pupil; called in a fork that became its first process."""
    os.setsid()
    options = f"size={limits.scratch},nr_inodes=4096,mode=0777"
    linux.mount("scratch", SCRATCH, "tmpfs", linux.MS_NOSUID | linux.MS_NODEV, options)
    set_limits(limits)
    flags = linux.MS_RDONLY | linux.MS_NOSUID | linux.MS_NODEV | linux.MS_NOEXEC
    linux.mount("proc", "/proc", "proc", flags)
    linux.drop_bounding_set()  # before the user changes: it takes a capability itself
    if os.geteuid() == 0:
        user = _FIRST_USER + number % USERS
        os.setgroups([])
        os.setresgid(user, user, user)
        os.setresuid(user, user, user)
    linux.drop_privileges()
    seccomp.forbid()


def guard(child: int, parent: int) -> None:
    """Be the first process of a pupil's namespaces: reap, and end with the pupil.

    When this process ends, the kernel ends every other one in its namespaces. It runs no code of
    the student's, so the student cannot take back that it dies with the grader. ``parent`` is a
    handle on the process outside.
    """
    linux.set_traceable(False)
    linux.die_with_parent(signal.SIGKILL)  # only now: a change of user takes the wish back
    if select.select([parent], [], [], 0)[0]:
        return  # the parent was gone before the wish was made
    while os.wait()[0] != child:
        pass


def unshare_cell() -> None:
    """Leave every shared namespace; the next fork is process 1 of the pupil's own."""
    if os.geteuid() == 0:
        linux.unshare(_CELL_NAMESPACES)
    else:
        _unshare_user(_CELL_NAMESPACES)


def set_limits(limits: Limits) -> None:
    """Bound memory, processes, file sizes and open files of this process and its children."""
    limit_memory(limits.memory)
    with contextlib.suppress(OSError):  # where all memory is taken they end, not the grader
        Path("/proc/self/oom_score_adj").write_text("1000")
    for what, most in (
        (resource.RLIMIT_NPROC, limits.processes),
        (resource.RLIMIT_FSIZE, limits.scratch),
        (resource.RLIMIT_NOFILE, 256),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))


def sentence(why: str) -> str:
    """Say why there is no sandbox, and what to do."""
    return (
        f"No sandbox can be made here ({why}), and submissions are not run without one. "
        "Grade on Linux (WSL or a virtual machine elsewhere), as root or with unprivileged user "
        "namespaces allowed (sysctl kernel.apparmor_restrict_unprivileged_userns=0 on Ubuntu; "
        "'--privileged' for a container), or decide for '--isolation none'."
    )


def _has_users() -> bool:
    """Whether pupils' ids exist here; in a container without root outside there are fewer."""
    for path in ("/proc/self/uid_map", "/proc/self/gid_map"):
        ranges = (map(int, line.split()) for line in Path(path).read_text().splitlines())
        if not any(first <= _FIRST_USER < first + count - USERS for first, _, count in ranges):
            return False
    return True


def hidden_path(path: Path) -> bool:
    """Whether a path below what pupils see is covered up for them."""
    return path.is_relative_to(_SHARED)


def _unshare_user(others: int = 0) -> None:
    """Enter a new user namespace in which this user is _INSIDE_USER, with all capabilities."""
    user, group = os.geteuid(), os.getegid()
    linux.unshare(linux.CLONE_NEWUSER | others)
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{_INSIDE_USER} {user} 1")
    Path("/proc/self/gid_map").write_text(f"{_INSIDE_USER} {group} 1")


def visible_paths() -> list[str]:
    """What a pupil may read: the system's programs, the interpreter, libraries, cnnkit, data."""
    paths = [path for path in _SYSTEM if os.path.exists(path)]
    paths += [sys.base_prefix, sys.prefix, sysconfig.get_path("purelib")]
    cnnkit = importlib.util.find_spec("cnnkit")
    paths.append(os.path.dirname(cnnkit.origin))
    if data := os.environ.get("CNNKIT_DATA_DIR"):
        paths.append(os.path.abspath(data))
    return [path for path in dict.fromkeys(paths) if os.path.exists(path)]


def _build_root(root: Path, allowed: list[str]) -> None:
    linux.mount("root", str(root), "tmpfs", linux.MS_NOSUID | linux.MS_NODEV, "mode=0755")
    for path in sorted(allowed):  # a parent comes before what lies below it
        _show(root, path)
        if path == "/usr" and os.path.isdir(_SHARED):
            linux.mount("nothing", f"{root}{_SHARED}", "tmpfs", linux.MS_NOSUID, "mode=0755")
    for name in (SCRATCH[1:], "etc", "dev", "proc"):
        (root / name).mkdir(exist_ok=True)
    if not (root / "tmp").exists():
        (root / "tmp").symlink_to(SCRATCH)
    (root / "etc/passwd").write_text(
        f"pupil:x:{_INSIDE_USER}:{_INSIDE_USER}:pupil:{SCRATCH}:/usr/sbin/nologin\n"
    )
    for device in _DEVICES:
        _show(root, f"/dev/{device}")
    (root / "dev/shm").symlink_to(SCRATCH)
    linux.make_read_only(str(root))
    # A fresh /proc may only be mounted where another is in sight: pupils mount theirs over this
    # one, which stays writable because an ordinary user's namespaces are named through it.
    linux.mount("/proc", str(root / "proc"), "", linux.MS_BIND | linux.MS_REC)


def _show(root: Path, path: str) -> None:
    """Make ``path`` visible below ``root``, at the same place."""
    target = root / path.lstrip("/")
    if os.path.islink(path) and path in _SYSTEM and os.path.isdir(path):
        target.symlink_to(os.readlink(path))  # /bin -> usr/bin
        return
    if target.exists():
        return  # lies below a path that is already visible
    if os.path.isdir(path):
        target.mkdir(parents=True)
    else:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.touch()
    linux.mount(os.path.realpath(path), str(target), "", linux.MS_BIND | linux.MS_REC)
