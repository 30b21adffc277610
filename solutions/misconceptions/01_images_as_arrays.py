"""Wrong solutions of chapter 01 that are really handed in: what each does, and a hint.

Each function stands alone: it uses NumPy and the names of the chapter's setup cells. Most are a
right solution with one thing wrong, so that they fail for that thing only.
"""
# ruff: noqa: D103 - what a function does wrong is said in its diagnosis

import numpy as np

from autograder.misconceptions import misconception

# quantize


@misconception(
    replaces="quantize",
    fails="quantize-values quantize-levels quantize-halves",
    diagnosis="Digits behind the point are cut off, so that every value is rounded down.",
    hint="0.996 · 255 is 253.98. Which whole number is nearest, and which one do you return?",
)
def cuts_off_instead_of_rounding(img, *, levels=256):
    if not 2 <= levels <= 256:
        raise ValueError(f"levels is {levels}.")
    if np.isnan(img).any():
        raise ValueError("img holds a NaN.")
    k = np.floor(np.clip(img, 0, 1) * (levels - 1))
    return np.floor(255 * k / (levels - 1)).astype(np.uint8)


@misconception(
    replaces="quantize",
    fails="quantize-values",
    diagnosis=(
        "The brightness is multiplied by 256, and 256 does not fit into 8 bits: white becomes 0."
    ),
    hint=(
        "256 levels are numbered 0 to 255. How many steps are there between the first and the last?"
    ),
)
def lets_white_wrap_to_black(img, *, levels=256):
    if not 2 <= levels <= 256:
        raise ValueError(f"levels is {levels}.")
    if np.isnan(img).any():
        raise ValueError("img holds a NaN.")
    k = np.clip(img, 0, 1) * levels
    return np.floor(256 * k / levels + 0.5).astype(np.int64).astype(np.uint8)


@misconception(
    replaces="quantize",
    fails="quantize-values quantize-levels",
    diagnosis=(
        "The range 0 … 1 is cut into equally wide bins; that is not rounding to the nearest level."
    ),
    hint=(
        "With four levels, at which brightness does the value change from 0 to 85? Half-way to 1/3."
    ),
)
def cuts_brightness_into_equal_bins(img, *, levels=256):
    if not 2 <= levels <= 256:
        raise ValueError(f"levels is {levels}.")
    if np.isnan(img).any():
        raise ValueError("img holds a NaN.")
    k = np.minimum(np.floor(np.clip(img, 0, 1) * levels), levels - 1)
    return np.floor(255 * k / (levels - 1) + 0.5).astype(np.uint8)


@misconception(
    replaces="quantize",
    fails="quantize-halves",
    diagnosis="np.round and np.rint take a half to the nearest even number, not up.",
    hint="Try np.round on 0.5, 1.5 and 2.5. What does the formula with ⌊ ⌋ say?",
)
def takes_a_half_to_the_even_neighbour(img, *, levels=256):
    if not 2 <= levels <= 256:
        raise ValueError(f"levels is {levels}.")
    if np.isnan(img).any():
        raise ValueError("img holds a NaN.")
    k = np.rint(np.clip(img, 0, 1) * (levels - 1))
    return np.rint(255 * k / (levels - 1)).astype(np.uint8)


@misconception(
    replaces="quantize",
    fails="quantize-levels quantize-halves",
    diagnosis="The number of the level is rounded, but its value is cut off.",
    hint="There are two roundings in the exercise. 255 · 3 / 6 is 127.5: what becomes of it?",
)
def cuts_off_when_spreading_the_levels(img, *, levels=256):
    if not 2 <= levels <= 256:
        raise ValueError(f"levels is {levels}.")
    if np.isnan(img).any():
        raise ValueError("img holds a NaN.")
    k = np.floor(np.clip(img, 0, 1) * (levels - 1) + 0.5)
    return np.floor(255 * k / (levels - 1)).astype(np.uint8)


@misconception(
    replaces="quantize",
    fails="quantize-levels",
    diagnosis="The number k of the level is returned; it is not spread over 0 … 255.",
    hint="With two levels your white is 1 of 255: black to the eye. Which formula is missing?",
)
def returns_the_number_of_the_level(img, *, levels=256):
    if not 2 <= levels <= 256:
        raise ValueError(f"levels is {levels}.")
    if np.isnan(img).any():
        raise ValueError("img holds a NaN.")
    k = np.floor(np.clip(img, 0, 1) * (levels - 1) + 0.5)
    return k.astype(np.uint8)


@misconception(
    replaces="quantize",
    fails="quantize-levels",
    diagnosis="The levels are spread in steps of 256 // levels, so that the brightest is not 255.",
    hint=(
        "With four levels yours are 0, 64, 128, 192. Four levels have how many steps between them?"
    ),
)
def never_reaches_white(img, *, levels=256):
    if not 2 <= levels <= 256:
        raise ValueError(f"levels is {levels}.")
    if np.isnan(img).any():
        raise ValueError("img holds a NaN.")
    k = np.floor(np.clip(img, 0, 1) * (levels - 1) + 0.5)
    return (k * (256 // levels if levels < 256 else 1)).astype(np.uint8)


@misconception(
    replaces="quantize",
    fails="quantize-values",
    diagnosis="The values are right, but they are floats.",
    hint="An 8-bit picture has a dtype of its own: ask the array for its dtype.",
)
def returns_floats(img, *, levels=256):
    if not 2 <= levels <= 256:
        raise ValueError(f"levels is {levels}.")
    if np.isnan(img).any():
        raise ValueError("img holds a NaN.")
    k = np.floor(np.clip(img, 0, 1) * (levels - 1) + 0.5)
    return np.floor(255 * k / (levels - 1) + 0.5)


@misconception(
    replaces="quantize",
    fails="quantize-outside",
    diagnosis=(
        "Brightness outside 0 … 1 is not limited, so that 8 bits wrap: too bright becomes dark."
    ),
    hint=(
        "What should a pixel of brightness 1.3 look like, and what does it look like in your "
        "result?"
    ),
)
def lets_the_outside_wrap(img, *, levels=256):
    if not 2 <= levels <= 256:
        raise ValueError(f"levels is {levels}.")
    if np.isnan(img).any():
        raise ValueError("img holds a NaN.")
    k = np.floor(img * (levels - 1) + 0.5)
    return np.floor(255 * k / (levels - 1) + 0.5).astype(np.int64).astype(np.uint8)


@misconception(
    replaces="quantize",
    fails="quantize-errors",
    diagnosis="A NaN passes without an error and becomes some level.",
    hint="NaN is not smaller and not larger than anything. Which function of NumPy recognises it?",
)
def takes_nan_for_black(img, *, levels=256):
    if not 2 <= levels <= 256:
        raise ValueError(f"levels is {levels}.")
    img = np.nan_to_num(img)
    k = np.floor(np.clip(img, 0, 1) * (levels - 1) + 0.5)
    return np.floor(255 * k / (levels - 1) + 0.5).astype(np.uint8)


@misconception(
    replaces="quantize",
    fails="quantize-errors",
    diagnosis="The number of levels is not checked.",
    hint="What could one level mean? And which number would the 257th have?",
)
def takes_any_number_of_levels(img, *, levels=256):
    levels = min(max(levels, 2), 256)
    if np.isnan(img).any():
        raise ValueError("img holds a NaN.")
    k = np.floor(np.clip(img, 0, 1) * (levels - 1) + 0.5)
    return np.floor(255 * k / (levels - 1) + 0.5).astype(np.uint8)


@misconception(
    replaces="quantize",
    fails="quantize-contract",
    diagnosis="The caller's image is limited to 0 … 1 in place.",
    hint="out=, += and img[...] = write into the array that was handed in. Who else holds it?",
)
def clips_the_callers_image(img, *, levels=256):
    if not 2 <= levels <= 256:
        raise ValueError(f"levels is {levels}.")
    if np.isnan(img).any():
        raise ValueError("img holds a NaN.")
    np.clip(img, 0, 1, out=img)
    k = np.floor(img * (levels - 1) + 0.5)
    return np.floor(255 * k / (levels - 1) + 0.5).astype(np.uint8)


# validate_image


@misconception(
    replaces="validate_image",
    fails="validate_image-range validate_image-together",
    diagnosis="Only values that are too large are found; those below the lower limit pass.",
    hint="Your check lets −1 pass. How dark would that be?",
)
def checks_the_upper_limit_only(rows, *, low=0, high=255):
    lengths = [len(row) for row in rows]
    width = max(lengths, key=lengths.count)
    found = []
    for i, row in enumerate(rows):
        if len(row) != width:
            found.append((i, -1, "ragged"))
        for j, value in enumerate(row):
            if isinstance(value, bool) or not isinstance(value, (int, np.integer)):
                found.append((i, j, "type"))
            elif value > high:
                found.append((i, j, "range"))
    return found


@misconception(
    replaces="validate_image",
    fails="validate_image-range validate_image-ragged validate_image-type validate_image-together",
    diagnosis="Only the shape is looked at: a table with equal rows passes, whatever stands in it.",
    hint="A table of twelve times twelve 999s has a fine shape. Is it a picture?",
)
def checks_the_shape_only(rows, *, low=0, high=255):
    lengths = [len(row) for row in rows]
    return [] if len(set(lengths)) == 1 else [(0, -1, "ragged")]


@misconception(
    replaces="validate_image",
    fails="validate_image-range",
    diagnosis="The limits themselves are reported, though they are allowed.",
    hint="Are black, 0, and white, 255, colours that a picture may have?",
)
def takes_the_limits_for_wrong(rows, *, low=0, high=255):
    lengths = [len(row) for row in rows]
    width = max(lengths, key=lengths.count)
    found = []
    for i, row in enumerate(rows):
        if len(row) != width:
            found.append((i, -1, "ragged"))
        for j, value in enumerate(row):
            if isinstance(value, bool) or not isinstance(value, (int, np.integer)):
                found.append((i, j, "type"))
            elif not low < value < high:
                found.append((i, j, "range"))
    return found


@misconception(
    replaces="validate_image",
    fails="validate_image-range validate_image-together",
    diagnosis="The limits 0 and 255 are written into the code; the arguments are ignored.",
    hint="Call your function with high=8. Which line should notice?",
)
def knows_only_0_to_255(rows, *, low=0, high=255):
    lengths = [len(row) for row in rows]
    width = max(lengths, key=lengths.count)
    found = []
    for i, row in enumerate(rows):
        if len(row) != width:
            found.append((i, -1, "ragged"))
        for j, value in enumerate(row):
            if isinstance(value, bool) or not isinstance(value, (int, np.integer)):
                found.append((i, j, "type"))
            elif not 0 <= value <= 255:
                found.append((i, j, "range"))
    return found


@misconception(
    replaces="validate_image",
    fails="validate_image-ragged",
    diagnosis="The first row is taken for the right one, though it may be the broken one.",
    hint="Rows of 1, 2 and 2 values: which one would you mend?",
)
def measures_by_the_first_row(rows, *, low=0, high=255):
    lengths = [len(row) for row in rows]
    width = lengths[0]
    found = []
    for i, row in enumerate(rows):
        if len(row) != width:
            found.append((i, -1, "ragged"))
        for j, value in enumerate(row):
            if isinstance(value, bool) or not isinstance(value, (int, np.integer)):
                found.append((i, j, "type"))
            elif not low <= value <= high:
                found.append((i, j, "range"))
    return found


@misconception(
    replaces="validate_image",
    fails="validate_image-ragged",
    diagnosis="The longest row is taken for the right one.",
    hint="Rows of 3, 3 and 4 values: is one too long, or are two too short?",
)
def measures_by_the_longest_row(rows, *, low=0, high=255):
    lengths = [len(row) for row in rows]
    width = max(lengths)
    found = []
    for i, row in enumerate(rows):
        if len(row) != width:
            found.append((i, -1, "ragged"))
        for j, value in enumerate(row):
            if isinstance(value, bool) or not isinstance(value, (int, np.integer)):
                found.append((i, j, "type"))
            elif not low <= value <= high:
                found.append((i, j, "range"))
    return found


@misconception(
    replaces="validate_image",
    fails="validate_image-ragged",
    diagnosis="Where two lengths are equally frequent the later one is taken for right.",
    hint=(
        "Lengths 4 and 2, each twice: which does the exercise call right? In which order do "
        "you count?"
    ),
)
def takes_the_last_of_equal_lengths(rows, *, low=0, high=255):
    lengths = [len(row) for row in rows]
    width = max(reversed(lengths), key=lengths.count)
    found = []
    for i, row in enumerate(rows):
        if len(row) != width:
            found.append((i, -1, "ragged"))
        for j, value in enumerate(row):
            if isinstance(value, bool) or not isinstance(value, (int, np.integer)):
                found.append((i, j, "type"))
            elif not low <= value <= high:
                found.append((i, j, "range"))
    return found


@misconception(
    replaces="validate_image",
    fails="validate_image-ragged validate_image-together",
    diagnosis="A ragged row is reported with a column; it belongs to none.",
    hint=(
        "Which value was lost can't be seen from the row's length. What does the task say instead?"
    ),
)
def reports_the_place_of_the_gap(rows, *, low=0, high=255):
    lengths = [len(row) for row in rows]
    width = max(lengths, key=lengths.count)
    found = []
    for i, row in enumerate(rows):
        if len(row) != width:
            found.append((i, min(len(row), width), "ragged"))
        for j, value in enumerate(row):
            if isinstance(value, bool) or not isinstance(value, (int, np.integer)):
                found.append((i, j, "type"))
            elif not low <= value <= high:
                found.append((i, j, "range"))
    return found


@misconception(
    replaces="validate_image",
    fails="validate_image-together",
    diagnosis="The values of a ragged row are not checked any more.",
    hint="Can a row be too short and hold a −5 as well? Look for a continue or an else.",
)
def skips_the_values_of_a_ragged_row(rows, *, low=0, high=255):
    lengths = [len(row) for row in rows]
    width = max(lengths, key=lengths.count)
    found = []
    for i, row in enumerate(rows):
        if len(row) != width:
            found.append((i, -1, "ragged"))
            continue
        for j, value in enumerate(row):
            if isinstance(value, bool) or not isinstance(value, (int, np.integer)):
                found.append((i, j, "type"))
            elif not low <= value <= high:
                found.append((i, j, "range"))
    return found


@misconception(
    replaces="validate_image",
    fails="validate_image-type",
    diagnosis="True and False pass for whole numbers, since Python counts bool among the ints.",
    hint="What is isinstance(True, int)?",
)
def takes_a_bool_for_a_number(rows, *, low=0, high=255):
    lengths = [len(row) for row in rows]
    width = max(lengths, key=lengths.count)
    found = []
    for i, row in enumerate(rows):
        if len(row) != width:
            found.append((i, -1, "ragged"))
        for j, value in enumerate(row):
            if not isinstance(value, (int, np.integer)):
                found.append((i, j, "type"))
            elif not low <= value <= high:
                found.append((i, j, "range"))
    return found


@misconception(
    replaces="validate_image",
    fails="validate_image-type",
    diagnosis="A float with nothing behind the point, such as 7.0, passes for a whole number.",
    hint="7.0 equals 7, but is it an int? Ask for the type, not for the value.",
)
def takes_whole_floats_for_ints(rows, *, low=0, high=255):
    lengths = [len(row) for row in rows]
    width = max(lengths, key=lengths.count)
    found = []
    for i, row in enumerate(rows):
        if len(row) != width:
            found.append((i, -1, "ragged"))
        for j, value in enumerate(row):
            if isinstance(value, bool) or not (
                isinstance(value, (int, np.integer))
                or isinstance(value, float)
                and value.is_integer()
            ):
                found.append((i, j, "type"))
            elif not low <= value <= high:
                found.append((i, j, "range"))
    return found


@misconception(
    replaces="validate_image",
    fails="validate_image-type",
    diagnosis="NumPy's integers, such as np.int64(3), are reported as no whole numbers.",
    hint="Of which type is a number out of a uint8 array? Is that type Python's int?",
)
def knows_only_pythons_int(rows, *, low=0, high=255):
    lengths = [len(row) for row in rows]
    width = max(lengths, key=lengths.count)
    found = []
    for i, row in enumerate(rows):
        if len(row) != width:
            found.append((i, -1, "ragged"))
        for j, value in enumerate(row):
            if isinstance(value, bool) or not isinstance(value, int):
                found.append((i, j, "type"))
            elif not low <= value <= high:
                found.append((i, j, "range"))
    return found


@misconception(
    replaces="validate_image",
    fails="validate_image-type validate_image-together",
    diagnosis=(
        "Values are compared with the limits before their type is known: text raises an error."
    ),
    hint="What does Python say to '12' < 0? Which of the two questions must come first?",
)
def compares_before_it_asks_for_the_type(rows, *, low=0, high=255):
    lengths = [len(row) for row in rows]
    width = max(lengths, key=lengths.count)
    found = []
    for i, row in enumerate(rows):
        if len(row) != width:
            found.append((i, -1, "ragged"))
        for j, value in enumerate(row):
            if not low <= value <= high:
                found.append((i, j, "range"))
            elif isinstance(value, bool) or not isinstance(value, (int, np.integer)):
                found.append((i, j, "type"))
    return found


@misconception(
    replaces="validate_image",
    fails="validate_image-range validate_image-ragged validate_image-type validate_image-together",
    diagnosis="Only the first defect is reported.",
    hint="A return inside the loop ends it. When is the list complete?",
)
def stops_at_the_first_defect(rows, *, low=0, high=255):
    lengths = [len(row) for row in rows]
    width = max(lengths, key=lengths.count)
    found = []
    for i, row in enumerate(rows):
        if len(row) != width:
            found.append((i, -1, "ragged"))
        for j, value in enumerate(row):
            if isinstance(value, bool) or not isinstance(value, (int, np.integer)):
                found.append((i, j, "type"))
            elif not low <= value <= high:
                found.append((i, j, "range"))
    return found[:1]


@misconception(
    replaces="validate_image",
    fails="validate_image-together",
    diagnosis="All defects are found, but they stand in order of their kind, not of their place.",
    hint=(
        "Who mends a table goes through it row by row. Which function brings tuples into that "
        "order?"
    ),
)
def lists_kind_by_kind(rows, *, low=0, high=255):
    lengths = [len(row) for row in rows]
    width = max(lengths, key=lengths.count)
    found = []
    for i, row in enumerate(rows):
        if len(row) != width:
            found.append((i, -1, "ragged"))
        for j, value in enumerate(row):
            if isinstance(value, bool) or not isinstance(value, (int, np.integer)):
                found.append((i, j, "type"))
            elif not low <= value <= high:
                found.append((i, j, "range"))
    return sorted(found, key=lambda defect: defect[2] != "ragged")


# rescale


@misconception(
    replaces="rescale",
    fails="rescale-unit",
    diagnosis="The numbers are divided by 256, so that white is not quite 1.",
    hint="256 is how many 8-bit numbers there are. Which one is the largest?",
)
def divides_by_256(x, mode, *, mean=None, std=None):
    if x.dtype != np.uint8:
        raise TypeError("x is not uint8.")
    unit = x / 256
    if mode == "unit":
        return unit.astype(np.float32)
    if mode == "signed":
        return (x / 127.5 - 1).astype(np.float32)
    if mode != "standard":
        raise ValueError(f"mode is {mode!r}.")
    mean = np.asarray(x.mean() / 256 if mean is None else mean)
    std = np.asarray(x.std() / 256 if std is None else std)
    std = np.where(std == 0, 1, std)
    mean, std = (a[:, None, None] if a.ndim else a for a in (mean, std))
    return ((unit - mean) / std).astype(np.float32)


@misconception(
    replaces="rescale",
    fails="rescale-unit rescale-standard",
    diagnosis="The division drops what is behind the point: nearly all pixels become 0.",
    hint="Compare 51 // 255 with 51 / 255.",
)
def divides_without_a_rest(x, mode, *, mean=None, std=None):
    if x.dtype != np.uint8:
        raise TypeError("x is not uint8.")
    unit = (x // 255).astype(np.float64)
    if mode == "unit":
        return unit.astype(np.float32)
    if mode == "signed":
        return (x / 127.5 - 1).astype(np.float32)
    if mode != "standard":
        raise ValueError(f"mode is {mode!r}.")
    mean = np.asarray(unit.mean() if mean is None else mean)
    std = np.asarray(unit.std() if std is None else std)
    std = np.where(std == 0, 1, std)
    mean, std = (a[:, None, None] if a.ndim else a for a in (mean, std))
    return ((unit - mean) / std).astype(np.float32)


@misconception(
    replaces="rescale",
    fails="rescale-unit",
    diagnosis="The darkest pixel becomes 0 and the brightest 1, whatever they are.",
    hint="A picture of a grey wall has no black and no white. What should its 51 become?",
)
def stretches_to_the_pictures_own_range(x, mode, *, mean=None, std=None):
    if x.dtype != np.uint8:
        raise TypeError("x is not uint8.")
    unit = x / 255
    if mode == "unit":
        low, high = int(x.min()), int(x.max())
        return ((x - float(low)) / max(high - low, 1)).astype(np.float32)
    if mode == "signed":
        return (x / 127.5 - 1).astype(np.float32)
    if mode != "standard":
        raise ValueError(f"mode is {mode!r}.")
    mean = np.asarray(x.mean() / 255 if mean is None else mean)
    std = np.asarray(x.std() / 255 if std is None else std)
    std = np.where(std == 0, 1, std)
    mean, std = (a[:, None, None] if a.ndim else a for a in (mean, std))
    return ((unit - mean) / std).astype(np.float32)


@misconception(
    replaces="rescale",
    fails="rescale-signed",
    diagnosis="The pixels are doubled while they are still 8-bit numbers, and wrap after 255.",
    hint="What is np.array([192], np.uint8) * 2? At which point do yours become floats?",
)
def doubles_before_it_makes_floats(x, mode, *, mean=None, std=None):
    if x.dtype != np.uint8:
        raise TypeError("x is not uint8.")
    unit = x / 255
    if mode == "unit":
        return unit.astype(np.float32)
    if mode == "signed":
        return (2 * x / 255 - 1).astype(np.float32)
    if mode != "standard":
        raise ValueError(f"mode is {mode!r}.")
    mean = np.asarray(x.mean() / 255 if mean is None else mean)
    std = np.asarray(x.std() / 255 if std is None else std)
    std = np.where(std == 0, 1, std)
    mean, std = (a[:, None, None] if a.ndim else a for a in (mean, std))
    return ((unit - mean) / std).astype(np.float32)


@misconception(
    replaces="rescale",
    fails="rescale-signed",
    diagnosis="One half is taken off the unit values: they lie in −0.5 … 0.5.",
    hint="Where does your white lie, and where should it?",
)
def moves_without_stretching(x, mode, *, mean=None, std=None):
    if x.dtype != np.uint8:
        raise TypeError("x is not uint8.")
    unit = x / 255
    if mode == "unit":
        return unit.astype(np.float32)
    if mode == "signed":
        return (unit - 0.5).astype(np.float32)
    if mode != "standard":
        raise ValueError(f"mode is {mode!r}.")
    mean = np.asarray(x.mean() / 255 if mean is None else mean)
    std = np.asarray(x.std() / 255 if std is None else std)
    std = np.where(std == 0, 1, std)
    mean, std = (a[:, None, None] if a.ndim else a for a in (mean, std))
    return ((unit - mean) / std).astype(np.float32)


@misconception(
    replaces="rescale",
    fails="rescale-signed",
    diagnosis="The numbers are divided by 128, so that white is 0.992 and not 1.",
    hint="The line goes through (0, −1) and (255, 1). What is half of 255?",
)
def divides_by_128_for_signed(x, mode, *, mean=None, std=None):
    if x.dtype != np.uint8:
        raise TypeError("x is not uint8.")
    unit = x / 255
    if mode == "unit":
        return unit.astype(np.float32)
    if mode == "signed":
        return (x / 128 - 1).astype(np.float32)
    if mode != "standard":
        raise ValueError(f"mode is {mode!r}.")
    mean = np.asarray(x.mean() / 255 if mean is None else mean)
    std = np.asarray(x.std() / 255 if std is None else std)
    std = np.where(std == 0, 1, std)
    mean, std = (a[:, None, None] if a.ndim else a for a in (mean, std))
    return ((unit - mean) / std).astype(np.float32)


@misconception(
    replaces="rescale",
    fails="rescale-standard",
    diagnosis=(
        "Each plane gets its own mean and deviation; asked for is one of each for the whole array."
    ),
    hint=(
        "After your rescaling a dark and a bright picture look alike. Which axes should the "
        "mean take?"
    ),
)
def standardises_each_picture_by_itself(x, mode, *, mean=None, std=None):
    if x.dtype != np.uint8:
        raise TypeError("x is not uint8.")
    unit = x / 255
    if mode == "unit":
        return unit.astype(np.float32)
    if mode == "signed":
        return (x / 127.5 - 1).astype(np.float32)
    if mode != "standard":
        raise ValueError(f"mode is {mode!r}.")
    mean = np.asarray(x.mean(axis=(-2, -1), keepdims=True) / 255 if mean is None else mean)
    std = np.asarray(x.std(axis=(-2, -1), keepdims=True) / 255 if std is None else std)
    std = np.where(std == 0, 1, std)
    mean, std = (a[:, None, None] if a.ndim == 1 else a for a in (mean, std))
    return ((unit - mean) / std).astype(np.float32)


@misconception(
    replaces="rescale",
    fails="rescale-standard",
    diagnosis="The standard deviation divides by n − 1; asked for is NumPy's, which divides by n.",
    hint="Of 0 and 1 the mean is 1/2, and both are 1/2 away. What is the standard deviation?",
)
def divides_by_n_minus_1(x, mode, *, mean=None, std=None):
    if x.dtype != np.uint8:
        raise TypeError("x is not uint8.")
    unit = x / 255
    if mode == "unit":
        return unit.astype(np.float32)
    if mode == "signed":
        return (x / 127.5 - 1).astype(np.float32)
    if mode != "standard":
        raise ValueError(f"mode is {mode!r}.")
    mean = np.asarray(x.mean() / 255 if mean is None else mean)
    std = np.asarray(x.std(ddof=1) / 255 if std is None else std)
    std = np.where(std == 0, 1, std)
    mean, std = (a[:, None, None] if a.ndim else a for a in (mean, std))
    return ((unit - mean) / std).astype(np.float32)


@misconception(
    replaces="rescale",
    fails="rescale-standard",
    diagnosis="It is divided by the variance, not by its square root.",
    hint="The result should have deviation 1. Compute it: what has yours?",
)
def divides_by_the_variance(x, mode, *, mean=None, std=None):
    if x.dtype != np.uint8:
        raise TypeError("x is not uint8.")
    unit = x / 255
    if mode == "unit":
        return unit.astype(np.float32)
    if mode == "signed":
        return (x / 127.5 - 1).astype(np.float32)
    if mode != "standard":
        raise ValueError(f"mode is {mode!r}.")
    mean = np.asarray(x.mean() / 255 if mean is None else mean)
    std = np.asarray(x.var() / 255**2 if std is None else std)
    std = np.where(std == 0, 1, std)
    mean, std = (a[:, None, None] if a.ndim else a for a in (mean, std))
    return ((unit - mean) / std).astype(np.float32)


@misconception(
    replaces="rescale",
    fails="rescale-standard rescale-channels",
    diagnosis="A deviation of 0 is divided by, which gives NaN or infinity.",
    hint="What is the deviation of a picture of one level? The task says what it counts as.",
)
def divides_by_zero(x, mode, *, mean=None, std=None):
    if x.dtype != np.uint8:
        raise TypeError("x is not uint8.")
    unit = x / 255
    if mode == "unit":
        return unit.astype(np.float32)
    if mode == "signed":
        return (x / 127.5 - 1).astype(np.float32)
    if mode != "standard":
        raise ValueError(f"mode is {mode!r}.")
    mean = np.asarray(x.mean() / 255 if mean is None else mean)
    std = np.asarray(x.std() / 255 if std is None else std)
    mean, std = (a[:, None, None] if a.ndim else a for a in (mean, std))
    return ((unit - mean) / std).astype(np.float32)


@misconception(
    replaces="rescale",
    fails="rescale-standard",
    diagnosis=(
        "Of a picture of one level the deviation is taken from rounded fractions: it comes out as "
        "about 1e-17 instead of 0, and is divided by."
    ),
    hint="Print the deviation of 63 times 100/255, and that of 63 times 100. Which one is exact?",
)
def divides_by_what_rounding_leaves(x, mode, *, mean=None, std=None):
    if x.dtype != np.uint8:
        raise TypeError("x is not uint8.")
    unit = x / 255
    if mode == "unit":
        return unit.astype(np.float32)
    if mode == "signed":
        return (x / 127.5 - 1).astype(np.float32)
    if mode != "standard":
        raise ValueError(f"mode is {mode!r}.")
    mean = np.asarray(unit.mean() if mean is None else mean)
    std = np.asarray(unit.std() if std is None else std)
    std = np.where(std == 0, 1, std)
    mean, std = (a[:, None, None] if a.ndim else a for a in (mean, std))
    return ((unit - mean) / std).astype(np.float32)


@misconception(
    replaces="rescale",
    fails="rescale-channels",
    diagnosis="The given mean and deviation are applied to 0 … 255; they are in units of x / 255.",
    hint="With mean 0.5 and deviation 0.25 white should become 2. What does it become with you?",
)
def takes_mean_and_std_for_8_bit(x, mode, *, mean=None, std=None):
    if x.dtype != np.uint8:
        raise TypeError("x is not uint8.")
    unit = x / 255
    if mode == "unit":
        return unit.astype(np.float32)
    if mode == "signed":
        return (x / 127.5 - 1).astype(np.float32)
    if mode != "standard":
        raise ValueError(f"mode is {mode!r}.")
    mean = np.asarray(x.mean() if mean is None else mean)
    std = np.asarray(x.std() if std is None else std)
    std = np.where(std == 0, 1, std)
    mean, std = (a[:, None, None] if a.ndim else a for a in (mean, std))
    return ((x - mean) / std).astype(np.float32)


@misconception(
    replaces="rescale",
    fails="rescale-channels",
    diagnosis="One number for each channel meets the last axis, the columns, not the channels.",
    hint="Shapes line up at their ends. What stands at the end of (N, C, H, W)?",
)
def lines_channels_up_with_the_columns(x, mode, *, mean=None, std=None):
    if x.dtype != np.uint8:
        raise TypeError("x is not uint8.")
    unit = x / 255
    if mode == "unit":
        return unit.astype(np.float32)
    if mode == "signed":
        return (x / 127.5 - 1).astype(np.float32)
    if mode != "standard":
        raise ValueError(f"mode is {mode!r}.")
    mean = np.asarray(x.mean() / 255 if mean is None else mean)
    std = np.asarray(x.std() / 255 if std is None else std)
    std = np.where(std == 0, 1, std)
    return ((unit - mean) / std).astype(np.float32)


@misconception(
    replaces="rescale",
    fails="rescale-channels",
    diagnosis="mean and std are only used if both are given.",
    hint="std=0.5 alone is a request as well. Treat the two one by one.",
)
def ignores_a_mean_without_a_std(x, mode, *, mean=None, std=None):
    if x.dtype != np.uint8:
        raise TypeError("x is not uint8.")
    unit = x / 255
    if mode == "unit":
        return unit.astype(np.float32)
    if mode == "signed":
        return (x / 127.5 - 1).astype(np.float32)
    if mode != "standard":
        raise ValueError(f"mode is {mode!r}.")
    given = None if mean is None or std is None else True
    mean = np.asarray(x.mean() / 255 if given is None else mean)
    std = np.asarray(x.std() / 255 if given is None else std)
    std = np.where(std == 0, 1, std)
    mean, std = (a[:, None, None] if a.ndim else a for a in (mean, std))
    return ((unit - mean) / std).astype(np.float32)


@misconception(
    replaces="rescale",
    fails="rescale-unit rescale-signed rescale-standard",
    diagnosis="The values are right, but their dtype is float64.",
    hint="Dividing an array of whole numbers gives float64. What does the docstring promise?",
)
def returns_float64(x, mode, *, mean=None, std=None):
    if x.dtype != np.uint8:
        raise TypeError("x is not uint8.")
    unit = x / 255
    if mode == "unit":
        return unit
    if mode == "signed":
        return x / 127.5 - 1
    if mode != "standard":
        raise ValueError(f"mode is {mode!r}.")
    mean = np.asarray(x.mean() / 255 if mean is None else mean)
    std = np.asarray(x.std() / 255 if std is None else std)
    std = np.where(std == 0, 1, std)
    mean, std = (a[:, None, None] if a.ndim else a for a in (mean, std))
    return (unit - mean) / std


@misconception(
    replaces="rescale",
    fails="rescale-errors",
    diagnosis="Arrays of another dtype are taken as well, so that one can rescale twice.",
    hint="What becomes of a picture in 0 … 1 if it is divided by 255 once more?",
)
def rescales_floats_again(x, mode, *, mean=None, std=None):
    unit = x / 255
    if mode == "unit":
        return unit.astype(np.float32)
    if mode == "signed":
        return (x / 127.5 - 1).astype(np.float32)
    if mode != "standard":
        raise ValueError(f"mode is {mode!r}.")
    mean = np.asarray(x.mean() / 255 if mean is None else mean)
    std = np.asarray(x.std() / 255 if std is None else std)
    std = np.where(std == 0, 1, std)
    mean, std = (a[:, None, None] if a.ndim else a for a in (mean, std))
    return ((unit - mean) / std).astype(np.float32)


@misconception(
    replaces="rescale",
    fails="rescale-errors",
    diagnosis="Every mode that is not known counts as 'standard'.",
    hint="Who misspells 'signed' would like to hear of it. What happens in your last branch?",
)
def takes_any_word_for_standard(x, mode, *, mean=None, std=None):
    if x.dtype != np.uint8:
        raise TypeError("x is not uint8.")
    unit = x / 255
    if mode == "unit":
        return unit.astype(np.float32)
    if mode == "signed":
        return (x / 127.5 - 1).astype(np.float32)
    mean = np.asarray(x.mean() / 255 if mean is None else mean)
    std = np.asarray(x.std() / 255 if std is None else std)
    std = np.where(std == 0, 1, std)
    mean, std = (a[:, None, None] if a.ndim else a for a in (mean, std))
    return ((unit - mean) / std).astype(np.float32)


@misconception(
    replaces="rescale",
    fails="rescale-contract",
    diagnosis="The zeros in the caller's std are overwritten by ones.",
    hint="np.asarray does not copy. Whose array does std[std == 0] = 1 write into?",
)
def writes_into_the_callers_std(x, mode, *, mean=None, std=None):
    if x.dtype != np.uint8:
        raise TypeError("x is not uint8.")
    unit = x / 255
    if mode == "unit":
        return unit.astype(np.float32)
    if mode == "signed":
        return (x / 127.5 - 1).astype(np.float32)
    if mode != "standard":
        raise ValueError(f"mode is {mode!r}.")
    mean = np.asarray(x.mean() / 255 if mean is None else mean)
    std = np.asarray(x.std() / 255 if std is None else std)
    std[std == 0] = 1
    mean, std = (a[:, None, None] if a.ndim else a for a in (mean, std))
    return ((unit - mean) / std).astype(np.float32)


# to_nchw, to_nhwc


@misconception(
    replaces="to_nchw",
    fails="to_nchw-batch to_nchw-layouts",
    diagnosis="reshape gives the right shape, but leaves the numbers in their order in memory.",
    hint="Show your result as a picture. Which function moves axes and takes the numbers along?",
)
def cuts_up_instead_of_moving(x, *, layout="NHWC"):
    if layout not in ("NHWC", "HWC", "NHW"):
        raise ValueError(f"layout is {layout!r}.")
    if x.ndim != len(layout):
        raise ValueError(f"x has shape {x.shape}, which is not {layout}.")
    if layout == "HWC":
        x = x[None]
    elif layout == "NHW":
        x = x[..., None]
    return x.reshape(x.shape[0], x.shape[3], x.shape[1], x.shape[2]).copy()


@misconception(
    replaces="to_nchw",
    fails="to_nchw-batch to_nchw-layouts",
    diagnosis="Height and width are exchanged: every picture lies on its side.",
    hint=(
        "An image of 2 rows and 4 columns still has 2 rows afterwards. Which old axis are the rows?"
    ),
)
def swaps_rows_and_columns(x, *, layout="NHWC"):
    if layout not in ("NHWC", "HWC", "NHW"):
        raise ValueError(f"layout is {layout!r}.")
    if x.ndim != len(layout):
        raise ValueError(f"x has shape {x.shape}, which is not {layout}.")
    if layout == "HWC":
        x = x[None]
    elif layout == "NHW":
        x = x[..., None]
    return x.transpose(0, 3, 2, 1).copy()


@misconception(
    replaces="to_nchw",
    fails="to_nchw-batch to_nchw-layouts",
    diagnosis="The axes are moved the other way: the height becomes the last axis.",
    hint="transpose asks for each new axis which old one it is. What should stand at place 1?",
)
def moves_the_wrong_way(x, *, layout="NHWC"):
    if layout not in ("NHWC", "HWC", "NHW"):
        raise ValueError(f"layout is {layout!r}.")
    if x.ndim != len(layout):
        raise ValueError(f"x has shape {x.shape}, which is not {layout}.")
    if layout == "HWC":
        x = x[None]
    elif layout == "NHW":
        x = x[..., None]
    return x.transpose(0, 2, 3, 1).copy()


@misconception(
    replaces="to_nchw",
    fails="to_nchw-layouts to_nchw-errors",
    diagnosis=(
        "Three axes are read as one colour image if the last has length 3, as grey ones otherwise."
    ),
    hint="A batch of grey images may be 3 columns wide. What does the argument say?",
)
def guesses_the_layout_from_the_shape(x, *, layout="NHWC"):
    if layout not in ("NHWC", "HWC", "NHW"):
        raise ValueError(f"layout is {layout!r}.")
    if x.ndim == 3 and x.shape[-1] == 3:
        x = x[None]
    elif x.ndim == 3:
        x = x[..., None]
    return x.transpose(0, 3, 1, 2).copy()


@misconception(
    replaces="to_nchw",
    fails="to_nchw-layouts",
    diagnosis="A batch of grey images is read as the channels of one image: (1, N, H, W).",
    hint="Seven grey images are seven samples. Which of the four letters should be 7?",
)
def takes_grey_images_for_channels(x, *, layout="NHWC"):
    if layout not in ("NHWC", "HWC", "NHW"):
        raise ValueError(f"layout is {layout!r}.")
    if x.ndim != len(layout):
        raise ValueError(f"x has shape {x.shape}, which is not {layout}.")
    if layout == "HWC":
        x = x[None]
    elif layout == "NHW":
        return x[None].copy()
    return x.transpose(0, 3, 1, 2).copy()


@misconception(
    replaces="to_nchw",
    fails="to_nchw-layouts",
    diagnosis="One colour image comes back with three axes: that of the batch is missing.",
    hint="A batch of one image is a batch as well. What is its shape?",
)
def forgets_the_axis_of_one_image(x, *, layout="NHWC"):
    if layout not in ("NHWC", "HWC", "NHW"):
        raise ValueError(f"layout is {layout!r}.")
    if x.ndim != len(layout):
        raise ValueError(f"x has shape {x.shape}, which is not {layout}.")
    if layout == "HWC":
        return x.transpose(2, 0, 1).copy()
    elif layout == "NHW":
        x = x[..., None]
    return x.transpose(0, 3, 1, 2).copy()


@misconception(
    replaces="to_nchw",
    fails="to_nchw-dtype",
    diagnosis="The numbers are turned into floats while they are moved.",
    hint="np.zeros makes float64 if it is not told otherwise. Which dtype had the input?",
)
def makes_floats_on_the_way(x, *, layout="NHWC"):
    if layout not in ("NHWC", "HWC", "NHW"):
        raise ValueError(f"layout is {layout!r}.")
    if x.ndim != len(layout):
        raise ValueError(f"x has shape {x.shape}, which is not {layout}.")
    if layout == "HWC":
        x = x[None]
    elif layout == "NHW":
        x = x[..., None]
    return x.transpose(0, 3, 1, 2).astype(np.float64)


@misconception(
    replaces="to_nchw",
    fails="to_nchw-errors",
    diagnosis="An unknown layout, or too many axes, passes without an error.",
    hint="What should happen to layout='NCHW', and to a batch that is called 'HWC'?",
)
def takes_any_layout(x, *, layout="NHWC"):
    while x.ndim > 4:
        x = x[0]
    if layout == "HWC" and x.ndim == 3:
        x = x[None]
    elif layout == "NHW" and x.ndim == 3:
        x = x[..., None]
    return x.transpose(0, 3, 1, 2).copy()


@misconception(
    replaces="to_nchw",
    fails="to_nchw-contract",
    diagnosis="The result is a view: whoever writes into it changes the image that was handed in.",
    hint="Transposing copies nothing. How does one get numbers of one's own?",
)
def returns_a_view(x, *, layout="NHWC"):
    if layout not in ("NHWC", "HWC", "NHW"):
        raise ValueError(f"layout is {layout!r}.")
    if x.ndim != len(layout):
        raise ValueError(f"x has shape {x.shape}, which is not {layout}.")
    if layout == "HWC":
        x = x[None]
    elif layout == "NHW":
        x = x[..., None]
    return x.transpose(0, 3, 1, 2)


@misconception(
    replaces="to_nhwc",
    fails="to_nchw-back",
    diagnosis="to_nhwc moves the axes as to_nchw does; the way back has another order.",
    hint="Where do the channels stand in NCHW? That number belongs at the last place.",
)
def uses_the_same_order_for_the_way_back(x):
    if x.ndim != 4:
        raise ValueError(f"x has shape {x.shape}.")
    return x.transpose(0, 3, 1, 2).copy()


@misconception(
    replaces="to_nhwc",
    fails="to_nchw-back",
    diagnosis="to_nhwc uses reshape, which leaves the numbers in their order in memory.",
    hint="Take one pixel by hand: where do its three numbers stand before, and where after?",
)
def cuts_up_on_the_way_back(x):
    if x.ndim != 4:
        raise ValueError(f"x has shape {x.shape}.")
    return x.reshape(len(x), *x.shape[2:], x.shape[1]).copy()


@misconception(
    replaces="to_nhwc",
    fails="to_nchw-back",
    diagnosis="to_nhwc exchanges height and width as well.",
    hint="Swapping the first and the last of C, H, W brings the channels to the end. And the rows?",
)
def turns_the_picture_on_the_way_back(x):
    if x.ndim != 4:
        raise ValueError(f"x has shape {x.shape}.")
    return x.transpose(0, 3, 2, 1).copy()


@misconception(
    replaces="to_nhwc",
    fails="to_nchw-contract",
    diagnosis="to_nhwc returns a view of the input.",
    hint="Transposing copies nothing, in this direction either.",
)
def returns_a_view_on_the_way_back(x):
    if x.ndim != 4:
        raise ValueError(f"x has shape {x.shape}.")
    return x.transpose(0, 2, 3, 1)


# flatten_batch


@misconception(
    replaces="flatten_batch",
    fails="flatten_batch-values flatten_batch-empty",
    diagnosis="All samples are laid out in one row together.",
    hint="How many rows should a batch of 60 pictures have?",
)
def flattens_the_batch_as_well(x):
    if x.ndim < 2:
        raise ValueError(f"x has shape {x.shape}.")
    return x.reshape(-1).copy()


@misconception(
    replaces="flatten_batch",
    fails="flatten_batch-empty",
    diagnosis=(
        "reshape(N, -1) can't find the length of the rows of an empty batch, and raises an error."
    ),
    hint="0 times what is 0? The shape knows how long the rows would be.",
)
def lets_numpy_find_the_length(x):
    if x.ndim < 2:
        raise ValueError(f"x has shape {x.shape}.")
    return x.reshape(len(x), -1).copy()


@misconception(
    replaces="flatten_batch",
    fails="flatten_batch-values",
    diagnosis="The numbers stand column by column (Fortran's order), not row by row.",
    hint="Of 1 2 / 3 4 / 5 6 the row begins 1 2 3. Look at the order argument.",
)
def lets_the_first_axis_run_fastest(x):
    if x.ndim < 2:
        raise ValueError(f"x has shape {x.shape}.")
    return x.reshape(len(x), int(np.prod(x.shape[1:])), order="F").copy()


@misconception(
    replaces="flatten_batch",
    fails="flatten_batch-values",
    diagnosis="The order of the numbers depends on how they stand in memory: order 'A' or 'K'.",
    hint="A transposed picture and its copy are equal. Are your two results?",
)
def follows_the_memory(x):
    if x.ndim < 2:
        raise ValueError(f"x has shape {x.shape}.")
    return x.reshape(len(x), int(np.prod(x.shape[1:])), order="A").copy()


@misconception(
    replaces="flatten_batch",
    fails="flatten_batch-values",
    diagnosis="Samples are the columns of the result; they should be its rows.",
    hint="The shape should be (N, D).",
)
def makes_a_column_of_each_sample(x):
    if x.ndim < 2:
        raise ValueError(f"x has shape {x.shape}.")
    return x.reshape(len(x), int(np.prod(x.shape[1:]))).T.copy()


@misconception(
    replaces="flatten_batch",
    fails="flatten_batch-values flatten_batch-empty",
    diagnosis=(
        "Only the axes before the last are laid out together: the rows are those of the pictures."
    ),
    hint="28 rows of 28 pixels are one sample with how many numbers?",
)
def keeps_the_last_axis(x):
    if x.ndim < 2:
        raise ValueError(f"x has shape {x.shape}.")
    return x.reshape(int(np.prod(x.shape[:-1])), x.shape[-1]).copy()


@misconception(
    replaces="flatten_batch",
    fails="flatten_batch-errors",
    diagnosis="An array with one axis passes, as samples of one number each.",
    hint="Is shape (4,) a batch of four, or one sample of four numbers? The task says what to do.",
)
def makes_columns_of_single_numbers(x):
    return x.reshape(len(x), int(np.prod(x.shape[1:]))).copy()


@misconception(
    replaces="flatten_batch",
    fails="flatten_batch-contract",
    diagnosis="The result shares its numbers with the input.",
    hint="reshape copies only where it must. How does one make sure?",
)
def returns_a_view_of_the_batch(x):
    if x.ndim < 2:
        raise ValueError(f"x has shape {x.shape}.")
    return x.reshape(len(x), int(np.prod(x.shape[1:])))


# linear_scores, predict


@misconception(
    replaces="linear_scores",
    fails="linear_scores-scores",
    diagnosis="W is used as it is, as if its columns were the templates.",
    hint="W has shape (K, D). Which axis of it meets the D numbers of a picture?",
)
def takes_templates_for_columns(X, W, b=None):
    if X.shape[1] != W.shape[1]:
        raise ValueError(f"W has shape {W.shape}, X has shape {X.shape}.")
    if b is not None and b.shape != (len(W),):
        raise ValueError(f"b has shape {b.shape}.")
    operands = [X, W] if b is None else [X, W, b]
    dtype = np.result_type(*(a.dtype if a.dtype.kind == "f" else np.float64 for a in operands))
    scores = X.astype(dtype) @ W.astype(dtype)
    return scores if b is None else scores + b.astype(dtype)


@misconception(
    replaces="linear_scores",
    fails="linear_scores-scores",
    diagnosis="The result is transposed: a row for each class, not for each image.",
    hint="Which shape has your result for 3 images and 2 classes?",
)
def makes_a_row_of_each_class(X, W, b=None):
    if X.shape[1] != W.shape[1]:
        raise ValueError(f"W has shape {W.shape}, X has shape {X.shape}.")
    if b is not None and b.shape != (len(W),):
        raise ValueError(f"b has shape {b.shape}.")
    operands = [X, W] if b is None else [X, W, b]
    dtype = np.result_type(*(a.dtype if a.dtype.kind == "f" else np.float64 for a in operands))
    scores = X.astype(dtype) @ W.astype(dtype).T
    return (scores if b is None else scores + b.astype(dtype)).T


@misconception(
    replaces="linear_scores",
    fails="linear_scores-scores linear_scores-predict",
    diagnosis="The bias is not added.",
    hint="Give class 0 a bias of 10. Do its scores change?",
)
def forgets_the_bias(X, W, b=None):
    if X.shape[1] != W.shape[1]:
        raise ValueError(f"W has shape {W.shape}, X has shape {X.shape}.")
    if b is not None and b.shape != (len(W),):
        raise ValueError(f"b has shape {b.shape}.")
    operands = [X, W] if b is None else [X, W, b]
    dtype = np.result_type(*(a.dtype if a.dtype.kind == "f" else np.float64 for a in operands))
    scores = X.astype(dtype) @ W.astype(dtype).T
    return scores


@misconception(
    replaces="linear_scores",
    fails="linear_scores-scores linear_scores-predict",
    diagnosis="The sum of all biases is added to every score.",
    hint="b has one number for each class. Whose scores does b[0] change?",
)
def adds_all_biases_to_each_score(X, W, b=None):
    if X.shape[1] != W.shape[1]:
        raise ValueError(f"W has shape {W.shape}, X has shape {X.shape}.")
    if b is not None and b.shape != (len(W),):
        raise ValueError(f"b has shape {b.shape}.")
    operands = [X, W] if b is None else [X, W, b]
    dtype = np.result_type(*(a.dtype if a.dtype.kind == "f" else np.float64 for a in operands))
    scores = X.astype(dtype) @ W.astype(dtype).T
    return scores if b is None else scores + b.astype(dtype).sum()


@misconception(
    replaces="linear_scores",
    fails="linear_scores-dtype",
    diagnosis=(
        "Pixels and weights are multiplied in their own dtype, and 8-bit numbers wrap after 255."
    ),
    hint="2 · 200 does not fit into 8 bits. When do your numbers become floats?",
)
def multiplies_in_8_bit(X, W, b=None):
    if X.shape[1] != W.shape[1]:
        raise ValueError(f"W has shape {W.shape}, X has shape {X.shape}.")
    if b is not None and b.shape != (len(W),):
        raise ValueError(f"b has shape {b.shape}.")
    operands = [X, W] if b is None else [X, W, b]
    dtype = np.result_type(*(a.dtype if a.dtype.kind == "f" else np.float64 for a in operands))
    scores = (X @ W.T).astype(dtype)
    return scores if b is None else scores + b.astype(dtype)


@misconception(
    replaces="linear_scores",
    fails="linear_scores-dtype",
    diagnosis="np.result_type gets the operands as they are: uint8 with float32 is then float32.",
    hint="The rule counts whole numbers as float64. Which dtypes do you hand to np.result_type?",
)
def asks_numpys_rule_alone(X, W, b=None):
    if X.shape[1] != W.shape[1]:
        raise ValueError(f"W has shape {W.shape}, X has shape {X.shape}.")
    if b is not None and b.shape != (len(W),):
        raise ValueError(f"b has shape {b.shape}.")
    operands = [X, W] if b is None else [X, W, b]
    dtype = np.result_type(*operands)
    scores = X.astype(dtype) @ W.astype(dtype).T
    return scores if b is None else scores + b.astype(dtype)


@misconception(
    replaces="linear_scores",
    fails="linear_scores-dtype",
    diagnosis="float32 pictures and weights give float64 scores.",
    hint="Which dtype does np.result_type give for two float32?",
)
def always_computes_in_float64(X, W, b=None):
    if X.shape[1] != W.shape[1]:
        raise ValueError(f"W has shape {W.shape}, X has shape {X.shape}.")
    if b is not None and b.shape != (len(W),):
        raise ValueError(f"b has shape {b.shape}.")
    operands = [X, W] if b is None else [X, W, b]
    dtype = np.result_type(np.float64, *operands)
    scores = X.astype(dtype) @ W.astype(dtype).T
    return scores if b is None else scores + b.astype(dtype)


@misconception(
    replaces="linear_scores",
    fails="linear_scores-errors",
    diagnosis="A bias of shape (1,) is spread over all classes without an error.",
    hint="NumPy stretches axes of length 1. Does each class have its own bias?",
)
def spreads_one_bias_over_all_classes(X, W, b=None):
    if X.shape[1] != W.shape[1]:
        raise ValueError(f"W has shape {W.shape}, X has shape {X.shape}.")
    if b is not None and b.shape not in [(len(W),), (1,)]:
        raise ValueError(f"b has shape {b.shape}.")
    operands = [X, W] if b is None else [X, W, b]
    dtype = np.result_type(*(a.dtype if a.dtype.kind == "f" else np.float64 for a in operands))
    scores = X.astype(dtype) @ W.astype(dtype).T
    return scores if b is None else scores + b.astype(dtype)


@misconception(
    replaces="linear_scores",
    fails="linear_scores-errors",
    diagnosis="Images and templates of different length are cut to the shorter, without an error.",
    hint="A template for 3 pixels on an image of 5: whose mistake is that, and who hears of it?",
)
def cuts_what_does_not_fit(X, W, b=None):
    D = min(X.shape[1], W.shape[1])
    X, W = X[:, :D], W[:, :D]
    if b is not None and b.shape != (len(W),):
        raise ValueError(f"b has shape {b.shape}.")
    operands = [X, W] if b is None else [X, W, b]
    dtype = np.result_type(*(a.dtype if a.dtype.kind == "f" else np.float64 for a in operands))
    scores = X.astype(dtype) @ W.astype(dtype).T
    return scores if b is None else scores + b.astype(dtype)


@misconception(
    replaces="predict",
    fails="linear_scores-predict",
    diagnosis="The largest score is looked for down the columns: the best image of each class.",
    hint="How many classes do you return for 3 images? Which axis of the scores counts classes?",
)
def takes_the_best_image_for_each_class(X, W, b=None):
    scores = X.astype(float) @ W.astype(float).T
    if b is not None:
        scores = scores + b
    return scores.argmax(axis=0).astype(np.int64)


@misconception(
    replaces="predict",
    fails="linear_scores-predict",
    diagnosis="The largest weight of the best template is looked for, not the template itself.",
    hint="The classes are numbered by the rows of W. Which numbers can your result have?",
)
def looks_for_the_largest_weight(X, W, b=None):
    scores = X.astype(float) @ W.astype(float).T
    if b is not None:
        scores = scores + b
    return W[scores.argmax(axis=1)].argmax(axis=1).astype(np.int64)


@misconception(
    replaces="predict",
    fails="linear_scores-predict",
    diagnosis="predict leaves the bias out, though the scores have it.",
    hint="Give one class a bias of a million. Does it win?",
)
def predicts_without_the_bias(X, W, b=None):
    scores = X.astype(float) @ W.astype(float).T
    if b is not None:
        scores = scores + 0 * b
    return scores.argmax(axis=1).astype(np.int64)


@misconception(
    replaces="predict",
    fails="linear_scores-predict",
    diagnosis=(
        "The score with the largest absolute value wins: a very low score passes for a high one."
    ),
    hint="Scores of −9 and 2: which class fits better?",
)
def takes_the_largest_distance_from_zero(X, W, b=None):
    scores = X.astype(float) @ W.astype(float).T
    if b is not None:
        scores = scores + b
    return np.abs(scores).argmax(axis=1).astype(np.int64)


@misconception(
    replaces="predict",
    fails="linear_scores-predict linear_scores-ties",
    diagnosis="The highest score is returned, not the class that has it.",
    hint="max and argmax are two questions. Which one asks for the place?",
)
def returns_the_score_itself(X, W, b=None):
    scores = X.astype(float) @ W.astype(float).T
    if b is not None:
        scores = scores + b
    return scores.max(axis=1)


@misconception(
    replaces="predict",
    fails="linear_scores-ties",
    diagnosis="Of equal scores the last class wins.",
    hint="Four classes with equal scores: which should be taken? In which direction do you look?",
)
def takes_the_last_of_equal_scores(X, W, b=None):
    scores = X.astype(float) @ W.astype(float).T
    if b is not None:
        scores = scores + b
    return (scores.shape[1] - 1 - scores[:, ::-1].argmax(axis=1)).astype(np.int64)
