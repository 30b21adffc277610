"""Archives as other systems, and those who mean harm, make them."""

import io
import json
import tarfile
import zipfile


def text(notebook):
    """Give a notebook's bytes; anything else as it is."""
    if isinstance(notebook, dict):
        return json.dumps(notebook).encode()
    return notebook.encode() if isinstance(notebook, str) else notebook


def zipped(path, members, **options):
    """Write a zip; a member is (name or ZipInfo, content)."""
    pairs = members.items() if isinstance(members, dict) else members
    if hasattr(path, "parent"):
        path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, **options) as archive:
        for name, content in pairs:
            archive.writestr(name, text(content))
    return path


def tarred(path, members, mode="w:gz"):
    """Write a tar; a member is (name or TarInfo, content)."""
    pairs = members.items() if isinstance(members, dict) else members
    path.parent.mkdir(parents=True, exist_ok=True)
    with tarfile.open(path, mode) as archive:
        for name, content in pairs:
            data = text(content)
            info = name if isinstance(name, tarfile.TarInfo) else tarfile.TarInfo(name)
            if info.isreg():
                info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return path


def bytes_of(make, members):
    """Give the bytes of an archive that lies in another one."""
    file = io.BytesIO()
    if make is tarred:
        with tarfile.open(fileobj=file, mode="w:gz") as archive:
            for name, content in members.items():
                info = tarfile.TarInfo(name)
                info.size = len(text(content))
                archive.addfile(info, io.BytesIO(text(content)))
    else:
        make(file, members)
    return file.getvalue()


def special(name, kind, target=""):
    """Make a tar member that is a link or a device."""
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info


def zip_special(name, mode):
    """Make a zip member of this file mode."""
    info = zipfile.ZipInfo(name)
    info.create_system, info.external_attr = 3, mode << 16
    return info


def encrypted(data, name):
    """Mark a zip's member as protected by a password, in both its headers."""
    data = bytearray(data)
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = 0
        while (start := data.find(mark, start)) >= 0:
            size = int.from_bytes(data[start + offset + 20 :][:2], "little")
            begin = start + (30 if mark == b"PK\x03\x04" else 46)
            if data[begin : begin + size] == name.encode():
                data[start + offset] |= 1
            start += 4
    return bytes(data)
