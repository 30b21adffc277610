"""Pack files so that the archive is the same byte for byte on every machine."""

from __future__ import annotations

import io
import stat
import zipfile
from collections.abc import Mapping

EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest that zip knows
UNIX = 3
PLAIN_FILE = stat.S_IFREG | 0o644


def archive(members: Mapping[str, bytes], top: str) -> bytes:
    """Pack members into a zip, in one folder.

    They are stored as they are: what a compressor makes of them depends on its version.
    """
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as packed:
        for name in sorted(members):
            info = zipfile.ZipInfo(f"{top}/{name}", EPOCH)
            info.create_system, info.external_attr = UNIX, PLAIN_FILE << 16
            packed.writestr(info, members[name])
    return file.getvalue()
