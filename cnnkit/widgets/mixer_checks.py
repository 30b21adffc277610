"""What must hold of each augmentation's result, whatever it drew: the slips that can be seen."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cnnkit.widgets import student

SAME = {"rtol": 1e-6, "atol": 1e-8}


@dataclass(frozen=True)
class Blend:
    """How a batch was blended: the first picture's share, and whose partner each one is."""

    share: float
    partners: tuple[int, ...]


def shape(name: str, got: object, expected: tuple[int, ...]) -> str:
    """Say what keeps a result from being shown; empty where nothing does."""
    if not isinstance(got, np.ndarray) or got.dtype.kind not in "biuf":
        is_array = isinstance(got, np.ndarray)
        kind = f"an array of {got.dtype}" if is_array else student.kind_of(got)
        return f"{name} returned {kind}; it should return an array of numbers."
    if got.shape != expected:
        return f"{name} returned shape {got.shape}; it should be {expected}."
    if not np.isfinite(got).all():
        return f"{name} returned numbers that are not finite."
    return ""


def hflip(name: str, x: np.ndarray, y: np.ndarray, options: dict) -> str:
    """Each picture is as it was, or its mirror image."""
    for n, (old, new) in enumerate(zip(x, y, strict=True), 1):
        if not (np.allclose(new, old, **SAME) or np.allclose(new, old[..., ::-1], **SAME)):
            upside = np.allclose(new, old[..., ::-1, :], **SAME)
            how = "it stands on its head" if upside else "it has other pixels"
            return f"{name}: picture {n} is neither as it was nor its mirror image; {how}."
    return ""


def random_crop(name: str, x: np.ndarray, y: np.ndarray, options: dict) -> str:
    """Each picture is a window of its padded original, all channels at the same place."""
    p, (H, W) = options["padding"], x.shape[2:]
    padded = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)))
    for n, (old, new) in enumerate(zip(padded, y, strict=True), 1):
        windows = np.lib.stride_tricks.sliding_window_view(old, (H, W), axis=(1, 2))
        differ = np.abs(windows - new[:, None, None]).max(axis=(0, 3, 4))
        if differ.min() > 1e-6:
            return f"{name}: picture {n} is no window of itself with {p} zeros around."
    return ""


def color_jitter(name: str, x: np.ndarray, y: np.ndarray, options: dict) -> str:
    """Light stays between black and white, and brighter pixels stay the brighter ones."""
    if y.min() < -1e-9 or y.max() > 1 + 1e-9:
        return f"{name} gives {y.min():.3g} to {y.max():.3g}; light must stay in 0..1: clip it."
    for n, (old, new) in enumerate(zip(x, y, strict=True), 1):
        order = np.argsort(old, axis=None, kind="stable")
        if (np.diff(new.ravel()[order]) < -1e-6).any():
            return f"{name}: in picture {n} a brighter pixel became darker than a darker one."
    return ""


def cutout(name: str, x: np.ndarray, y: np.ndarray, options: dict) -> str:
    """What differs is 0 and lies in a square, in all channels."""
    side = options["size"]
    for n, (old, new) in enumerate(zip(x, y, strict=True), 1):
        changed = ~np.isclose(old, new, **SAME)
        if new[changed].any():
            return f"{name}: in picture {n} pixels have changed and are not 0."
        rows, columns = (np.flatnonzero(changed.any(axis=axes)) for axes in ((0, 2), (0, 1)))
        spans = [int(at[-1] - at[0]) + 1 if at.size else 0 for at in (rows, columns)]
        if max(spans) > side:
            return (
                f"{name}: in picture {n} the hole is {spans[0]} × {spans[1]} pixels, not {side} × "
                f"{side}."
            )
    return ""


def own(name: str, x: np.ndarray, y: np.ndarray, options: dict) -> str:
    """Nothing is asked of a function of one's own but pictures of 0..1."""
    if y.min() < -1e-9 or y.max() > 1 + 1e-9:
        return f"{name} gives {y.min():.3g} to {y.max():.3g}; what is outside 0..1 is cut off here."
    return ""


def mixup(
    name: str, x: np.ndarray, y: np.ndarray, new_x: np.ndarray, new_y: np.ndarray
) -> tuple[Blend | None, str]:
    """Find by which share and with whom each picture was blended, and whether its label agrees.

    The blend is read from the labels where all pictures have labels of their own.
    """
    sums = new_y.sum(axis=1)
    if not np.allclose(sums, 1, atol=1e-6):
        n = int(np.argmax(np.abs(sums - 1)))
        return None, f"{name}: the shares of picture {n + 1} sum to {sums[n]:.3g}, not to 1."
    kinds = y.argmax(axis=1)
    if len(set(kinds)) < len(kinds):
        return None, ""
    blended = not np.allclose(new_x, x, **SAME)
    if np.allclose(new_y, y, **SAME) and blended:
        return None, f"{name} blends the pictures and leaves their labels as they were."
    partners, shares = [], []
    for n, row in enumerate(new_y):
        others = [(row[kind], m) for m, kind in enumerate(kinds) if m != n]
        rest, partner = max(others)
        partners.append(partner if rest > 1e-9 else n)
        shares.append(row[kinds[n]])
    mixed = [n for n, partner in enumerate(partners) if partner != n]
    if not mixed:
        return None, ""
    share = float(shares[mixed[0]])
    if not np.allclose([shares[n] for n in mixed], share, atol=1e-6):
        return None, f"{name} draws a share for each picture; it should draw one for the batch."
    expected = share * x + (1 - share) * x[partners]
    off = [n for n in range(len(x)) if not np.allclose(new_x[n], expected[n], rtol=1e-5, atol=1e-6)]
    if off:
        return None, (
            f"{name}: the label of picture {off[0] + 1} says {share:.2f} of itself and "
            f"{1 - share:.2f} of picture {partners[off[0]] + 1}; its pixels are not blended so."
        )
    return Blend(share, tuple(partners)), ""


CHECKS = {check.__name__: check for check in (hflip, random_crop, color_jitter, cutout, own)}
