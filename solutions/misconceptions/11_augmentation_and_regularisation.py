"""Wrong solutions of chapter 11 that are really handed in: what each does, and a hint.

Each function stands alone: it uses NumPy and the names of the chapter's setup cells. Most are a
right solution with one thing wrong, so that they fail for that thing only.
"""
# ruff: noqa: D101, D102, D103 - what a solution does wrong is said in its diagnosis

import numpy as np

from autograder.misconceptions import misconception
from cnnkit.shapes import pair

# hflip


@misconception(
    replaces="hflip",
    fails="hflip-mirror hflip-chance",
    diagnosis="Pictures are turned upside down: the rows are mirrored, not the columns.",
    hint="Axes are (N, C, H, W). Which of them runs from left to right?",
)
def flips_upside_down(x, p, rng):
    y, mirrored = x.copy(), rng.random(len(x)) < p
    y[mirrored] = x[mirrored, :, ::-1]
    return y


@misconception(
    replaces="hflip",
    fails="hflip-mirror hflip-chance",
    diagnosis="The channels are turned round as well: red becomes blue.",
    hint="Print a picture of one row and three channels before and after.",
)
def flips_the_channels_too(x, p, rng):
    y, mirrored = x.copy(), rng.random(len(x)) < p
    y[mirrored] = x[mirrored, ::-1, :, ::-1]
    return y


@misconception(
    replaces="hflip",
    fails="hflip-mirror hflip-chance",
    diagnosis="Pictures are turned by 180 degrees: rows and columns are mirrored.",
    hint="How many axes does a mirror turn round?",
)
def turns_by_half(x, p, rng):
    y, mirrored = x.copy(), rng.random(len(x)) < p
    y[mirrored] = x[mirrored, :, ::-1, ::-1]
    return y


@misconception(
    replaces="hflip",
    fails="hflip-chance",
    diagnosis="There is one draw for the whole batch: all pictures are mirrored, or none.",
    hint="How many numbers do you draw? How many pictures are there?",
)
def flips_the_whole_batch(x, p, rng):
    return x[..., ::-1].copy() if rng.random() < p else x.copy()


@misconception(
    replaces="hflip",
    fails="hflip-chance",
    diagnosis="Each channel has its own draw, so that the colours of a picture come apart.",
    hint="A picture is mirrored whole. Which axis may the draws have?",
)
def flips_each_channel(x, p, rng):
    y, mirrored = x.copy(), rng.random(x.shape[:2]) < p
    y[mirrored] = x[mirrored][..., ::-1]
    return y


@misconception(
    replaces="hflip",
    fails="hflip-mirror hflip-chance",
    diagnosis="p is taken for the chance to stay as it is.",
    hint="With p = 1 every picture is mirrored. And in yours?",
)
def flips_with_chance_one_minus_p(x, p, rng):
    y, mirrored = x.copy(), rng.random(len(x)) >= p
    y[mirrored] = x[mirrored, :, :, ::-1]
    return y


@misconception(
    replaces="hflip",
    fails="hflip-mirror hflip-chance",
    diagnosis="Half of the pictures are mirrored whatever p is.",
    hint="Where does p come in?",
)
def tosses_a_fair_coin(x, p, rng):
    y, mirrored = x.copy(), rng.integers(0, 2, len(x)) == 1
    y[mirrored] = x[mirrored, :, :, ::-1]
    return y


@misconception(
    replaces="hflip",
    fails="hflip-seed",
    diagnosis=(
        "The rng that is handed over is not used: the function makes its own, always the same."
    ),
    hint="Call it with two different seeds. Should the results differ?",
)
def flips_by_an_rng_of_its_own(x, p, rng):
    y, mirrored = x.copy(), np.random.default_rng(0).random(len(x)) < p
    y[mirrored] = x[mirrored, :, :, ::-1]
    return y


@misconception(
    replaces="hflip",
    fails="hflip-edges",
    diagnosis="The result is made of float64 whatever came in.",
    hint="np.zeros makes float64 unless you say otherwise. Pixels only move here.",
)
def flips_into_floats(x, p, rng):
    y = np.zeros(x.shape)
    for n in range(len(x)):
        y[n] = x[n, :, :, ::-1] if rng.random() < p else x[n]
    return y


@misconception(
    replaces="hflip",
    fails="hflip-edges",
    diagnosis="An empty batch fails: the pictures are stacked, and there are none.",
    hint="Begin with a copy of x: its shape is right for any number of pictures.",
)
def stacks_the_flipped(x, p, rng):
    return np.stack([image[..., ::-1] if rng.random() < p else image for image in x])


@misconception(
    replaces="hflip",
    fails="hflip-contract",
    diagnosis="The mirrored pictures are written into the caller's x.",
    hint="Who else holds x? Begin with a copy.",
)
def flips_in_place(x, p, rng):
    mirrored = rng.random(len(x)) < p
    x[mirrored] = x[mirrored, :, :, ::-1]
    return x


@misconception(
    replaces="hflip",
    fails="hflip-contract",
    diagnosis="With p = 0 the caller's x itself is returned.",
    hint="Somebody writes into the result. What happens to x?",
)
def returns_x_where_nothing_flips(x, p, rng):
    if p == 0:
        return x
    y, mirrored = x.copy(), rng.random(len(x)) < p
    y[mirrored] = x[mirrored, :, :, ::-1]
    return y


# random_crop


@misconception(
    replaces="random_crop",
    fails="random_crop-window random_crop-places random_crop-padding random_crop-contract",
    diagnosis="The last place is left out: a window as large as the picture finds none.",
    hint="rng.integers(0, m) never gives m. How many places has a window of 3 on 5 pixels?",
)
def leaves_out_the_last_place(x, size, padding, rng):
    (height, width), (ph, pw) = pair(size, "size", 1), pair(padding, "padding", 0)
    padded = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    N, C, H, W = padded.shape
    if height > H or width > W:
        raise ValueError("The window does not fit.")
    y = np.zeros((N, C, height, width), x.dtype)
    tops = rng.integers(0, H - height, N)
    lefts = rng.integers(0, W - width, N)
    for n, (top, left) in enumerate(zip(tops, lefts, strict=True)):
        y[n] = padded[n, :, top : top + height, left : left + width]
    return y


@misconception(
    replaces="random_crop",
    fails="random_crop-places",
    diagnosis="There is one place for the whole batch.",
    hint="Draw for each picture.",
)
def crops_all_alike(x, size, padding, rng):
    (height, width), (ph, pw) = pair(size, "size", 1), pair(padding, "padding", 0)
    padded = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    N, C, H, W = padded.shape
    if height > H or width > W:
        raise ValueError("The window does not fit.")
    y = np.zeros((N, C, height, width), x.dtype)
    tops = [rng.integers(0, H - height + 1)] * N
    lefts = [rng.integers(0, W - width + 1)] * N
    for n, (top, left) in enumerate(zip(tops, lefts, strict=True)):
        y[n] = padded[n, :, top : top + height, left : left + width]
    return y


@misconception(
    replaces="random_crop",
    fails="random_crop-places random_crop-seed",
    diagnosis="The window is always cut out of the middle.",
    hint="Where is the chance?",
)
def crops_the_middle(x, size, padding, rng):
    (height, width), (ph, pw) = pair(size, "size", 1), pair(padding, "padding", 0)
    padded = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    N, C, H, W = padded.shape
    if height > H or width > W:
        raise ValueError("The window does not fit.")
    y = np.zeros((N, C, height, width), x.dtype)
    tops = [(H - height) // 2] * N
    lefts = [(W - width) // 2] * N
    for n, (top, left) in enumerate(zip(tops, lefts, strict=True)):
        y[n] = padded[n, :, top : top + height, left : left + width]
    return y


@misconception(
    replaces="random_crop",
    fails="random_crop-places",
    diagnosis="One draw serves for the row and for the column: windows lie on a diagonal only.",
    hint="Is a window at row 0 and column 2 possible in yours?",
)
def crops_along_the_diagonal(x, size, padding, rng):
    (height, width), (ph, pw) = pair(size, "size", 1), pair(padding, "padding", 0)
    padded = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    N, C, H, W = padded.shape
    if height > H or width > W:
        raise ValueError("The window does not fit.")
    y = np.zeros((N, C, height, width), x.dtype)
    tops = rng.integers(0, min(H - height, W - width) + 1, N)
    lefts = tops
    for n, (top, left) in enumerate(zip(tops, lefts, strict=True)):
        y[n] = padded[n, :, top : top + height, left : left + width]
    return y


@misconception(
    replaces="random_crop",
    fails="random_crop-window",
    diagnosis="Each channel has a place of its own, so that the colours come apart.",
    hint="All channels of a picture show the same thing at the same place.",
)
def crops_each_channel(x, size, padding, rng):
    (height, width), (ph, pw) = pair(size, "size", 1), pair(padding, "padding", 0)
    padded = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    N, C, H, W = padded.shape
    if height > H or width > W:
        raise ValueError("The window does not fit.")
    y = np.zeros((N, C, height, width), x.dtype)
    for n, c in np.ndindex(N, C):
        top, left = rng.integers(0, H - height + 1), rng.integers(0, W - width + 1)
        y[n, c] = padded[n, c, top : top + height, left : left + width]
    return y


@misconception(
    replaces="random_crop",
    fails="random_crop-window random_crop-places random_crop-padding",
    diagnosis="The pair is taken for (width, height).",
    hint="The first number of a pair is for rows, as in a shape.",
)
def exchanges_height_and_width(x, size, padding, rng):
    (width, height), (ph, pw) = pair(size, "size", 1), pair(padding, "padding", 0)
    padded = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    N, C, H, W = padded.shape
    if height > H or width > W:
        raise ValueError("The window does not fit.")
    y = np.zeros((N, C, height, width), x.dtype)
    tops = rng.integers(0, H - height + 1, N)
    lefts = rng.integers(0, W - width + 1, N)
    for n, (top, left) in enumerate(zip(tops, lefts, strict=True)):
        y[n] = padded[n, :, top : top + height, left : left + width]
    return y


@misconception(
    replaces="random_crop",
    fails="random_crop-padding",
    diagnosis="The rim holds copies of the outermost pixels, not zeros.",
    hint="Look at a padded picture of ones. Which numbers are at its rim?",
)
def crops_with_edges(x, size, padding, rng):
    (height, width), (ph, pw) = pair(size, "size", 1), pair(padding, "padding", 0)
    padded = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)), mode="edge")
    N, C, H, W = padded.shape
    if height > H or width > W:
        raise ValueError("The window does not fit.")
    y = np.zeros((N, C, height, width), x.dtype)
    tops = rng.integers(0, H - height + 1, N)
    lefts = rng.integers(0, W - width + 1, N)
    for n, (top, left) in enumerate(zip(tops, lefts, strict=True)):
        y[n] = padded[n, :, top : top + height, left : left + width]
    return y


@misconception(
    replaces="random_crop",
    fails="random_crop-padding",
    diagnosis="The padding is put at the end of each axis only.",
    hint="A row above and one below: how many rows are added by padding 1?",
)
def pads_behind_only(x, size, padding, rng):
    (height, width), (ph, pw) = pair(size, "size", 1), pair(padding, "padding", 0)
    padded = np.pad(x, ((0, 0), (0, 0), (0, 2 * ph), (0, 2 * pw)))
    N, C, H, W = padded.shape
    if height > H or width > W:
        raise ValueError("The window does not fit.")
    y = np.zeros((N, C, height, width), x.dtype)
    tops = rng.integers(0, H - height + 1, N)
    lefts = rng.integers(0, W - width + 1, N)
    for n, (top, left) in enumerate(zip(tops, lefts, strict=True)):
        y[n] = padded[n, :, top : top + height, left : left + width]
    return y


@misconception(
    replaces="random_crop",
    fails="random_crop-padding",
    diagnosis="Row and column padding are exchanged.",
    hint="padding=(1, 2) is one row and two columns on each side.",
)
def exchanges_the_crop_paddings(x, size, padding, rng):
    (height, width), (ph, pw) = pair(size, "size", 1), pair(padding, "padding", 0)
    padded = np.pad(x, ((0, 0), (0, 0), (pw, pw), (ph, ph)))
    N, C, H, W = padded.shape
    if height > H or width > W:
        raise ValueError("The window does not fit.")
    y = np.zeros((N, C, height, width), x.dtype)
    tops = rng.integers(0, H - height + 1, N)
    lefts = rng.integers(0, W - width + 1, N)
    for n, (top, left) in enumerate(zip(tops, lefts, strict=True)):
        y[n] = padded[n, :, top : top + height, left : left + width]
    return y


@misconception(
    replaces="random_crop",
    fails="random_crop-padding random_crop-places",
    diagnosis="The padding is ignored.",
    hint="A window as large as the padded picture must fit.",
)
def crops_without_padding(x, size, padding, rng):
    height, width = pair(size, "size", 1)
    padded = x
    N, C, H, W = padded.shape
    if height > H or width > W:
        raise ValueError("The window does not fit.")
    y = np.zeros((N, C, height, width), x.dtype)
    tops = rng.integers(0, H - height + 1, N)
    lefts = rng.integers(0, W - width + 1, N)
    for n, (top, left) in enumerate(zip(tops, lefts, strict=True)):
        y[n] = padded[n, :, top : top + height, left : left + width]
    return y


@misconception(
    replaces="random_crop",
    fails="random_crop-seed",
    diagnosis=(
        "The rng that is handed over is not used: the function makes its own, always the same."
    ),
    hint="Call it with two different seeds. Should the results differ?",
)
def crops_by_an_rng_of_its_own(x, size, padding, rng):
    (height, width), (ph, pw) = pair(size, "size", 1), pair(padding, "padding", 0)
    rng = np.random.default_rng(0)
    padded = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    N, C, H, W = padded.shape
    if height > H or width > W:
        raise ValueError("The window does not fit.")
    y = np.zeros((N, C, height, width), x.dtype)
    tops = rng.integers(0, H - height + 1, N)
    lefts = rng.integers(0, W - width + 1, N)
    for n, (top, left) in enumerate(zip(tops, lefts, strict=True)):
        y[n] = padded[n, :, top : top + height, left : left + width]
    return y


@misconception(
    replaces="random_crop",
    fails="random_crop-edges",
    diagnosis="A window that is too large is cut down to the picture without an error.",
    hint="What do you get for a window of 6 on 5 pixels, and who will notice?",
)
def crops_what_there_is(x, size, padding, rng):
    (height, width), (ph, pw) = pair(size, "size", 1), pair(padding, "padding", 0)
    height, width = min(height, x.shape[2] + 2 * ph), min(width, x.shape[3] + 2 * pw)
    padded = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    N, C, H, W = padded.shape
    y = np.zeros((N, C, height, width), x.dtype)
    tops = rng.integers(0, H - height + 1, N)
    lefts = rng.integers(0, W - width + 1, N)
    for n, (top, left) in enumerate(zip(tops, lefts, strict=True)):
        y[n] = padded[n, :, top : top + height, left : left + width]
    return y


@misconception(
    replaces="random_crop",
    fails="random_crop-edges",
    diagnosis="The result is made of float64 whatever came in.",
    hint="np.zeros makes float64 unless you say otherwise. Pixels only move here.",
)
def crops_into_floats(x, size, padding, rng):
    (height, width), (ph, pw) = pair(size, "size", 1), pair(padding, "padding", 0)
    padded = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    N, C, H, W = padded.shape
    if height > H or width > W:
        raise ValueError("The window does not fit.")
    y = np.zeros((N, C, height, width))
    tops = rng.integers(0, H - height + 1, N)
    lefts = rng.integers(0, W - width + 1, N)
    for n, (top, left) in enumerate(zip(tops, lefts, strict=True)):
        y[n] = padded[n, :, top : top + height, left : left + width]
    return y


@misconception(
    replaces="random_crop",
    fails="random_crop-contract",
    diagnosis="Where nothing is to be cut the caller's x itself is returned.",
    hint="Somebody writes into the result. What happens to x?",
)
def returns_x_where_nothing_is_cut(x, size, padding, rng):
    (height, width), (ph, pw) = pair(size, "size", 1), pair(padding, "padding", 0)
    if (height, width, ph, pw) == (*x.shape[2:], 0, 0):
        return x
    padded = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    N, C, H, W = padded.shape
    if height > H or width > W:
        raise ValueError("The window does not fit.")
    y = np.zeros((N, C, height, width), x.dtype)
    tops = rng.integers(0, H - height + 1, N)
    lefts = rng.integers(0, W - width + 1, N)
    for n, (top, left) in enumerate(zip(tops, lefts, strict=True)):
        y[n] = padded[n, :, top : top + height, left : left + width]
    return y


# affine


@misconception(
    replaces="affine",
    fails="affine-turns affine-angles affine-order",
    diagnosis="The angle goes into sine and cosine as it is, in degrees; they expect radians.",
    hint="What is np.cos(90)?",
)
def turns_in_radians(x, *, angle=0, shear=0, scale=1, translate=(0, 0), fill="zero"):
    if fill not in ("zero", "edge"):
        raise ValueError("fill must be zero or edge.")
    H, W = x.shape[2:]
    a, lean = angle, np.tan(np.deg2rad(shear))
    rows, columns = np.indices((H, W))
    r, c = rows - (H - 1) / 2 - translate[0], columns - (W - 1) / 2 - translate[1]
    r, c = np.cos(a) * r + np.sin(a) * c, np.cos(a) * c - np.sin(a) * r
    r, c = r / scale, (c - lean * r) / scale
    i = np.floor(r + (H - 1) / 2 + 0.5).astype(int)
    j = np.floor(c + (W - 1) / 2 + 0.5).astype(int)
    y = x[:, :, np.clip(i, 0, H - 1), np.clip(j, 0, W - 1)]
    if fill == "zero":
        y[:, :, (i < 0) | (i >= H) | (j < 0) | (j >= W)] = 0
    return y


@misconception(
    replaces="affine",
    fails="affine-turns affine-angles affine-order",
    diagnosis="The picture turns clockwise: the forward turn is used to look up, not its inverse.",
    hint=(
        "A place of the result asks where it came from. Is that a turn to the left or to the right?"
    ),
)
def turns_clockwise(x, *, angle=0, shear=0, scale=1, translate=(0, 0), fill="zero"):
    if fill not in ("zero", "edge"):
        raise ValueError("fill must be zero or edge.")
    H, W = x.shape[2:]
    a, lean = np.deg2rad(angle), np.tan(np.deg2rad(shear))
    rows, columns = np.indices((H, W))
    r, c = rows - (H - 1) / 2 - translate[0], columns - (W - 1) / 2 - translate[1]
    r, c = np.cos(a) * r - np.sin(a) * c, np.cos(a) * c + np.sin(a) * r
    r, c = r / scale, (c - lean * r) / scale
    i = np.floor(r + (H - 1) / 2 + 0.5).astype(int)
    j = np.floor(c + (W - 1) / 2 + 0.5).astype(int)
    y = x[:, :, np.clip(i, 0, H - 1), np.clip(j, 0, W - 1)]
    if fill == "zero":
        y[:, :, (i < 0) | (i >= H) | (j < 0) | (j >= W)] = 0
    return y


@misconception(
    replaces="affine",
    fails=(
        "affine-turns affine-angles affine-scale affine-halves affine-shear affine-order "
        "affine-fill"
    ),
    diagnosis="All is measured from the top left pixel, not from the middle of the picture.",
    hint="Which pixel stays where it is when a 3 x 3 picture is turned?",
)
def turns_about_the_corner(x, *, angle=0, shear=0, scale=1, translate=(0, 0), fill="zero"):
    if fill not in ("zero", "edge"):
        raise ValueError("fill must be zero or edge.")
    H, W = x.shape[2:]
    a, lean = np.deg2rad(angle), np.tan(np.deg2rad(shear))
    rows, columns = np.indices((H, W))
    r, c = rows - translate[0], columns - translate[1]
    r, c = np.cos(a) * r + np.sin(a) * c, np.cos(a) * c - np.sin(a) * r
    r, c = r / scale, (c - lean * r) / scale
    i = np.floor(r + 0.5).astype(int)
    j = np.floor(c + 0.5).astype(int)
    y = x[:, :, np.clip(i, 0, H - 1), np.clip(j, 0, W - 1)]
    if fill == "zero":
        y[:, :, (i < 0) | (i >= H) | (j < 0) | (j >= W)] = 0
    return y


@misconception(
    replaces="affine",
    fails="affine-turns",
    diagnosis=(
        "The middle is taken at (H // 2, W // 2), a pixel; for an even size it lies between pixels."
    ),
    hint="Between which numbers is the middle of 0, 1, 2, 3?",
)
def turns_about_a_pixel(x, *, angle=0, shear=0, scale=1, translate=(0, 0), fill="zero"):
    if fill not in ("zero", "edge"):
        raise ValueError("fill must be zero or edge.")
    H, W = x.shape[2:]
    a, lean = np.deg2rad(angle), np.tan(np.deg2rad(shear))
    rows, columns = np.indices((H, W))
    r, c = rows - H // 2 - translate[0], columns - W // 2 - translate[1]
    r, c = np.cos(a) * r + np.sin(a) * c, np.cos(a) * c - np.sin(a) * r
    r, c = r / scale, (c - lean * r) / scale
    i = np.floor(r + H // 2 + 0.5).astype(int)
    j = np.floor(c + W // 2 + 0.5).astype(int)
    y = x[:, :, np.clip(i, 0, H - 1), np.clip(j, 0, W - 1)]
    if fill == "zero":
        y[:, :, (i < 0) | (i >= H) | (j < 0) | (j >= W)] = 0
    return y


@misconception(
    replaces="affine",
    fails="affine-angles",
    diagnosis="Rows and columns share one middle, that of the rows.",
    hint="Try a picture that is not square: where is its middle column?",
)
def takes_one_middle_for_both(x, *, angle=0, shear=0, scale=1, translate=(0, 0), fill="zero"):
    if fill not in ("zero", "edge"):
        raise ValueError("fill must be zero or edge.")
    H, W = x.shape[2:]
    a, lean = np.deg2rad(angle), np.tan(np.deg2rad(shear))
    rows, columns = np.indices((H, W))
    r, c = rows - (H - 1) / 2 - translate[0], columns - (H - 1) / 2 - translate[1]
    r, c = np.cos(a) * r + np.sin(a) * c, np.cos(a) * c - np.sin(a) * r
    r, c = r / scale, (c - lean * r) / scale
    i = np.floor(r + (H - 1) / 2 + 0.5).astype(int)
    j = np.floor(c + (H - 1) / 2 + 0.5).astype(int)
    y = x[:, :, np.clip(i, 0, H - 1), np.clip(j, 0, W - 1)]
    if fill == "zero":
        y[:, :, (i < 0) | (i >= H) | (j < 0) | (j >= W)] = 0
    return y


@misconception(
    replaces="affine",
    fails="affine-turns affine-angles affine-order",
    diagnosis="The second line of the turn uses the row that the first line has changed already.",
    hint="Compute both new numbers from the old ones, then assign both.",
)
def turns_half_updated(x, *, angle=0, shear=0, scale=1, translate=(0, 0), fill="zero"):
    if fill not in ("zero", "edge"):
        raise ValueError("fill must be zero or edge.")
    H, W = x.shape[2:]
    a, lean = np.deg2rad(angle), np.tan(np.deg2rad(shear))
    rows, columns = np.indices((H, W))
    r, c = rows - (H - 1) / 2 - translate[0], columns - (W - 1) / 2 - translate[1]
    r = np.cos(a) * r + np.sin(a) * c
    c = np.cos(a) * c - np.sin(a) * r
    r, c = r / scale, (c - lean * r) / scale
    i = np.floor(r + (H - 1) / 2 + 0.5).astype(int)
    j = np.floor(c + (W - 1) / 2 + 0.5).astype(int)
    y = x[:, :, np.clip(i, 0, H - 1), np.clip(j, 0, W - 1)]
    if fill == "zero":
        y[:, :, (i < 0) | (i >= H) | (j < 0) | (j >= W)] = 0
    return y


@misconception(
    replaces="affine",
    fails="affine-angles affine-scale",
    diagnosis=(
        "Pixels are carried forward to their new places, so that places where none lands stay "
        "empty."
    ),
    hint="Scale 2 on 4 x 4 pixels: how many of the 16 places get a pixel in yours?",
)
def carries_pixels_forward(x, *, angle=0, shear=0, scale=1, translate=(0, 0), fill="zero"):
    if fill not in ("zero", "edge"):
        raise ValueError("fill must be zero or edge.")
    H, W = x.shape[2:]
    a, lean = np.deg2rad(angle), np.tan(np.deg2rad(shear))
    rows, columns = np.indices((H, W))
    r, c = scale * (rows - (H - 1) / 2), scale * (columns - (W - 1) / 2)
    c = c + lean * r
    r, c = np.cos(a) * r - np.sin(a) * c, np.sin(a) * r + np.cos(a) * c
    i = np.floor(r + translate[0] + (H - 1) / 2 + 0.5).astype(int)
    j = np.floor(c + translate[1] + (W - 1) / 2 + 0.5).astype(int)
    inside = (i >= 0) & (i < H) & (j >= 0) & (j < W)
    y = np.zeros_like(x)
    y[:, :, i[inside], j[inside]] = x[:, :, inside]
    return y


@misconception(
    replaces="affine",
    fails="affine-shift affine-halves affine-order affine-fill",
    diagnosis="The shift has the wrong sign: the picture moves up and to the left.",
    hint="The pixel that is at row 3 after a shift down by one: where was it before?",
)
def shifts_the_wrong_way(x, *, angle=0, shear=0, scale=1, translate=(0, 0), fill="zero"):
    if fill not in ("zero", "edge"):
        raise ValueError("fill must be zero or edge.")
    H, W = x.shape[2:]
    a, lean = np.deg2rad(angle), np.tan(np.deg2rad(shear))
    rows, columns = np.indices((H, W))
    r, c = rows - (H - 1) / 2 + translate[0], columns - (W - 1) / 2 + translate[1]
    r, c = np.cos(a) * r + np.sin(a) * c, np.cos(a) * c - np.sin(a) * r
    r, c = r / scale, (c - lean * r) / scale
    i = np.floor(r + (H - 1) / 2 + 0.5).astype(int)
    j = np.floor(c + (W - 1) / 2 + 0.5).astype(int)
    y = x[:, :, np.clip(i, 0, H - 1), np.clip(j, 0, W - 1)]
    if fill == "zero":
        y[:, :, (i < 0) | (i >= H) | (j < 0) | (j >= W)] = 0
    return y


@misconception(
    replaces="affine",
    fails="affine-shift affine-halves affine-order affine-fill",
    diagnosis="The shift is taken for (right, down).",
    hint="translate is (down, right): rows first, as everywhere.",
)
def exchanges_down_and_right(x, *, angle=0, shear=0, scale=1, translate=(0, 0), fill="zero"):
    if fill not in ("zero", "edge"):
        raise ValueError("fill must be zero or edge.")
    H, W = x.shape[2:]
    a, lean = np.deg2rad(angle), np.tan(np.deg2rad(shear))
    rows, columns = np.indices((H, W))
    r, c = rows - (H - 1) / 2 - translate[1], columns - (W - 1) / 2 - translate[0]
    r, c = np.cos(a) * r + np.sin(a) * c, np.cos(a) * c - np.sin(a) * r
    r, c = r / scale, (c - lean * r) / scale
    i = np.floor(r + (H - 1) / 2 + 0.5).astype(int)
    j = np.floor(c + (W - 1) / 2 + 0.5).astype(int)
    y = x[:, :, np.clip(i, 0, H - 1), np.clip(j, 0, W - 1)]
    if fill == "zero":
        y[:, :, (i < 0) | (i >= H) | (j < 0) | (j >= W)] = 0
    return y


@misconception(
    replaces="affine",
    fails="affine-scale affine-halves affine-order",
    diagnosis="The scale is turned round: above 1 the picture shrinks.",
    hint="Scale 2 enlarges. Are then neighbours in the result farther apart in x, or nearer?",
)
def shrinks_for_enlarges(x, *, angle=0, shear=0, scale=1, translate=(0, 0), fill="zero"):
    if fill not in ("zero", "edge"):
        raise ValueError("fill must be zero or edge.")
    H, W = x.shape[2:]
    a, lean = np.deg2rad(angle), np.tan(np.deg2rad(shear))
    rows, columns = np.indices((H, W))
    r, c = rows - (H - 1) / 2 - translate[0], columns - (W - 1) / 2 - translate[1]
    r, c = np.cos(a) * r + np.sin(a) * c, np.cos(a) * c - np.sin(a) * r
    r, c = r * scale, (c - lean * r) * scale
    i = np.floor(r + (H - 1) / 2 + 0.5).astype(int)
    j = np.floor(c + (W - 1) / 2 + 0.5).astype(int)
    y = x[:, :, np.clip(i, 0, H - 1), np.clip(j, 0, W - 1)]
    if fill == "zero":
        y[:, :, (i < 0) | (i >= H) | (j < 0) | (j >= W)] = 0
    return y


@misconception(
    replaces="affine",
    fails="affine-halves",
    diagnosis="np.round takes a half to the nearest even number, not to the larger one.",
    hint="What are np.round(0.5) and np.round(1.5)? Write a rule that treats both alike.",
)
def rounds_halves_to_even(x, *, angle=0, shear=0, scale=1, translate=(0, 0), fill="zero"):
    if fill not in ("zero", "edge"):
        raise ValueError("fill must be zero or edge.")
    H, W = x.shape[2:]
    a, lean = np.deg2rad(angle), np.tan(np.deg2rad(shear))
    rows, columns = np.indices((H, W))
    r, c = rows - (H - 1) / 2 - translate[0], columns - (W - 1) / 2 - translate[1]
    r, c = np.cos(a) * r + np.sin(a) * c, np.cos(a) * c - np.sin(a) * r
    r, c = r / scale, (c - lean * r) / scale
    i = np.round(r + (H - 1) / 2).astype(int)
    j = np.round(c + (W - 1) / 2).astype(int)
    y = x[:, :, np.clip(i, 0, H - 1), np.clip(j, 0, W - 1)]
    if fill == "zero":
        y[:, :, (i < 0) | (i >= H) | (j < 0) | (j >= W)] = 0
    return y


@misconception(
    replaces="affine",
    fails="affine-angles affine-scale affine-halves affine-shear",
    diagnosis="The places are cut off to whole numbers, not rounded to the nearest pixel.",
    hint="Which pixel is nearest to 1.9?",
)
def cuts_places_off(x, *, angle=0, shear=0, scale=1, translate=(0, 0), fill="zero"):
    if fill not in ("zero", "edge"):
        raise ValueError("fill must be zero or edge.")
    H, W = x.shape[2:]
    a, lean = np.deg2rad(angle), np.tan(np.deg2rad(shear))
    rows, columns = np.indices((H, W))
    r, c = rows - (H - 1) / 2 - translate[0], columns - (W - 1) / 2 - translate[1]
    r, c = np.cos(a) * r + np.sin(a) * c, np.cos(a) * c - np.sin(a) * r
    r, c = r / scale, (c - lean * r) / scale
    i = (r + (H - 1) / 2).astype(int)
    j = (c + (W - 1) / 2).astype(int)
    y = x[:, :, np.clip(i, 0, H - 1), np.clip(j, 0, W - 1)]
    if fill == "zero":
        y[:, :, (i < 0) | (i >= H) | (j < 0) | (j >= W)] = 0
    return y


@misconception(
    replaces="affine",
    fails="affine-shear affine-order",
    diagnosis="The shear is used as a plain factor, in radians; its tangent is missing.",
    hint="A line leans by 45 degrees. How far is its top moved, for each row?",
)
def shears_without_tangent(x, *, angle=0, shear=0, scale=1, translate=(0, 0), fill="zero"):
    if fill not in ("zero", "edge"):
        raise ValueError("fill must be zero or edge.")
    H, W = x.shape[2:]
    a, lean = np.deg2rad(angle), np.deg2rad(shear)
    rows, columns = np.indices((H, W))
    r, c = rows - (H - 1) / 2 - translate[0], columns - (W - 1) / 2 - translate[1]
    r, c = np.cos(a) * r + np.sin(a) * c, np.cos(a) * c - np.sin(a) * r
    r, c = r / scale, (c - lean * r) / scale
    i = np.floor(r + (H - 1) / 2 + 0.5).astype(int)
    j = np.floor(c + (W - 1) / 2 + 0.5).astype(int)
    y = x[:, :, np.clip(i, 0, H - 1), np.clip(j, 0, W - 1)]
    if fill == "zero":
        y[:, :, (i < 0) | (i >= H) | (j < 0) | (j >= W)] = 0
    return y


@misconception(
    replaces="affine",
    fails="affine-shear affine-order",
    diagnosis="Upright lines lean to the other side.",
    hint="Counter-clockwise as seen: to which side goes the top of an upright line?",
)
def leans_the_other_way(x, *, angle=0, shear=0, scale=1, translate=(0, 0), fill="zero"):
    if fill not in ("zero", "edge"):
        raise ValueError("fill must be zero or edge.")
    H, W = x.shape[2:]
    a, lean = np.deg2rad(angle), np.tan(np.deg2rad(shear))
    rows, columns = np.indices((H, W))
    r, c = rows - (H - 1) / 2 - translate[0], columns - (W - 1) / 2 - translate[1]
    r, c = np.cos(a) * r + np.sin(a) * c, np.cos(a) * c - np.sin(a) * r
    r, c = r / scale, (c + lean * r) / scale
    i = np.floor(r + (H - 1) / 2 + 0.5).astype(int)
    j = np.floor(c + (W - 1) / 2 + 0.5).astype(int)
    y = x[:, :, np.clip(i, 0, H - 1), np.clip(j, 0, W - 1)]
    if fill == "zero":
        y[:, :, (i < 0) | (i >= H) | (j < 0) | (j >= W)] = 0
    return y


@misconception(
    replaces="affine",
    fails="affine-shear affine-order",
    diagnosis="Level lines lean, and upright ones stay: columns are moved up and down.",
    hint="In S rows stay as they are. Which of r and c is changed?",
)
def leans_level_lines(x, *, angle=0, shear=0, scale=1, translate=(0, 0), fill="zero"):
    if fill not in ("zero", "edge"):
        raise ValueError("fill must be zero or edge.")
    H, W = x.shape[2:]
    a, lean = np.deg2rad(angle), np.tan(np.deg2rad(shear))
    rows, columns = np.indices((H, W))
    r, c = rows - (H - 1) / 2 - translate[0], columns - (W - 1) / 2 - translate[1]
    r, c = np.cos(a) * r + np.sin(a) * c, np.cos(a) * c - np.sin(a) * r
    r, c = (r - lean * c) / scale, c / scale
    i = np.floor(r + (H - 1) / 2 + 0.5).astype(int)
    j = np.floor(c + (W - 1) / 2 + 0.5).astype(int)
    y = x[:, :, np.clip(i, 0, H - 1), np.clip(j, 0, W - 1)]
    if fill == "zero":
        y[:, :, (i < 0) | (i >= H) | (j < 0) | (j >= W)] = 0
    return y


@misconception(
    replaces="affine",
    fails="affine-order",
    diagnosis="The shift is undone last, as if it had come before the turn.",
    hint="What comes last on the way there is undone first on the way back.",
)
def shifts_before_turning(x, *, angle=0, shear=0, scale=1, translate=(0, 0), fill="zero"):
    if fill not in ("zero", "edge"):
        raise ValueError("fill must be zero or edge.")
    H, W = x.shape[2:]
    a, lean = np.deg2rad(angle), np.tan(np.deg2rad(shear))
    rows, columns = np.indices((H, W))
    r, c = rows - (H - 1) / 2, columns - (W - 1) / 2
    r, c = np.cos(a) * r + np.sin(a) * c, np.cos(a) * c - np.sin(a) * r
    r, c = r / scale - translate[0], (c - lean * r) / scale - translate[1]
    i = np.floor(r + (H - 1) / 2 + 0.5).astype(int)
    j = np.floor(c + (W - 1) / 2 + 0.5).astype(int)
    y = x[:, :, np.clip(i, 0, H - 1), np.clip(j, 0, W - 1)]
    if fill == "zero":
        y[:, :, (i < 0) | (i >= H) | (j < 0) | (j >= W)] = 0
    return y


@misconception(
    replaces="affine",
    fails="affine-order",
    diagnosis="The shear is undone before the turn, as if the picture had been turned first.",
    hint="On the way there: scale, shear, rotate, shift. And on the way back?",
)
def turns_before_shearing(x, *, angle=0, shear=0, scale=1, translate=(0, 0), fill="zero"):
    if fill not in ("zero", "edge"):
        raise ValueError("fill must be zero or edge.")
    H, W = x.shape[2:]
    a, lean = np.deg2rad(angle), np.tan(np.deg2rad(shear))
    rows, columns = np.indices((H, W))
    r, c = rows - (H - 1) / 2 - translate[0], columns - (W - 1) / 2 - translate[1]
    c = c - lean * r
    r, c = np.cos(a) * r + np.sin(a) * c, np.cos(a) * c - np.sin(a) * r
    r, c = r / scale, c / scale
    i = np.floor(r + (H - 1) / 2 + 0.5).astype(int)
    j = np.floor(c + (W - 1) / 2 + 0.5).astype(int)
    y = x[:, :, np.clip(i, 0, H - 1), np.clip(j, 0, W - 1)]
    if fill == "zero":
        y[:, :, (i < 0) | (i >= H) | (j < 0) | (j >= W)] = 0
    return y


@misconception(
    replaces="affine",
    fails="affine-fill",
    diagnosis="fill is ignored: zeros come in whatever it says.",
    hint="Fill a shifted picture of ones from its edge: are there zeros in the result?",
)
def always_fills_with_zeros(x, *, angle=0, shear=0, scale=1, translate=(0, 0), fill="zero"):
    if fill not in ("zero", "edge"):
        raise ValueError("fill must be zero or edge.")
    H, W = x.shape[2:]
    a, lean = np.deg2rad(angle), np.tan(np.deg2rad(shear))
    rows, columns = np.indices((H, W))
    r, c = rows - (H - 1) / 2 - translate[0], columns - (W - 1) / 2 - translate[1]
    r, c = np.cos(a) * r + np.sin(a) * c, np.cos(a) * c - np.sin(a) * r
    r, c = r / scale, (c - lean * r) / scale
    i = np.floor(r + (H - 1) / 2 + 0.5).astype(int)
    j = np.floor(c + (W - 1) / 2 + 0.5).astype(int)
    y = x[:, :, np.clip(i, 0, H - 1), np.clip(j, 0, W - 1)]
    if True:
        y[:, :, (i < 0) | (i >= H) | (j < 0) | (j >= W)] = 0
    return y


@misconception(
    replaces="affine",
    fails="affine-angles affine-shift affine-scale affine-shear affine-order affine-fill",
    diagnosis="fill is ignored: the nearest pixel comes in whatever it says.",
    hint="Without a word about fill zeros come in.",
)
def always_fills_with_edges(x, *, angle=0, shear=0, scale=1, translate=(0, 0), fill="zero"):
    if fill not in ("zero", "edge"):
        raise ValueError("fill must be zero or edge.")
    H, W = x.shape[2:]
    a, lean = np.deg2rad(angle), np.tan(np.deg2rad(shear))
    rows, columns = np.indices((H, W))
    r, c = rows - (H - 1) / 2 - translate[0], columns - (W - 1) / 2 - translate[1]
    r, c = np.cos(a) * r + np.sin(a) * c, np.cos(a) * c - np.sin(a) * r
    r, c = r / scale, (c - lean * r) / scale
    i = np.floor(r + (H - 1) / 2 + 0.5).astype(int)
    j = np.floor(c + (W - 1) / 2 + 0.5).astype(int)
    y = x[:, :, np.clip(i, 0, H - 1), np.clip(j, 0, W - 1)]
    return y


@misconception(
    replaces="affine",
    fails="affine-angles affine-shift affine-halves affine-order affine-fill",
    diagnosis="What leaves on one side comes in on the other: indices wrap round.",
    hint="Negative indices count from the end, and % wraps. Where are your zeros?",
)
def wraps_round(x, *, angle=0, shear=0, scale=1, translate=(0, 0), fill="zero"):
    if fill not in ("zero", "edge"):
        raise ValueError("fill must be zero or edge.")
    H, W = x.shape[2:]
    a, lean = np.deg2rad(angle), np.tan(np.deg2rad(shear))
    rows, columns = np.indices((H, W))
    r, c = rows - (H - 1) / 2 - translate[0], columns - (W - 1) / 2 - translate[1]
    r, c = np.cos(a) * r + np.sin(a) * c, np.cos(a) * c - np.sin(a) * r
    r, c = r / scale, (c - lean * r) / scale
    i = np.floor(r + (H - 1) / 2 + 0.5).astype(int)
    j = np.floor(c + (W - 1) / 2 + 0.5).astype(int)
    y = x[:, :, i % H, j % W]
    return y


@misconception(
    replaces="affine",
    fails=(
        "affine-turns affine-angles affine-shift affine-scale affine-halves affine-shear "
        "affine-order"
    ),
    diagnosis="A place is judged to be outside before it is rounded to a pixel.",
    hint="Row -0.4 is nearest to row 0. Is that one of the picture's?",
)
def judges_outside_before_rounding(x, *, angle=0, shear=0, scale=1, translate=(0, 0), fill="zero"):
    if fill not in ("zero", "edge"):
        raise ValueError("fill must be zero or edge.")
    H, W = x.shape[2:]
    a, lean = np.deg2rad(angle), np.tan(np.deg2rad(shear))
    rows, columns = np.indices((H, W))
    r, c = rows - (H - 1) / 2 - translate[0], columns - (W - 1) / 2 - translate[1]
    r, c = np.cos(a) * r + np.sin(a) * c, np.cos(a) * c - np.sin(a) * r
    r, c = r / scale + (H - 1) / 2, (c - lean * r) / scale + (W - 1) / 2
    i, j = np.floor(r + 0.5).astype(int), np.floor(c + 0.5).astype(int)
    y = x[:, :, np.clip(i, 0, H - 1), np.clip(j, 0, W - 1)]
    if fill == "zero":
        y[:, :, (r < 0) | (r > H - 1) | (c < 0) | (c > W - 1)] = 0
    return y


@misconception(
    replaces="affine",
    fails="affine-edges",
    diagnosis="Any word is accepted as fill.",
    hint="A mistyped word should not pass for one of the two.",
)
def accepts_any_fill(x, *, angle=0, shear=0, scale=1, translate=(0, 0), fill="zero"):
    H, W = x.shape[2:]
    a, lean = np.deg2rad(angle), np.tan(np.deg2rad(shear))
    rows, columns = np.indices((H, W))
    r, c = rows - (H - 1) / 2 - translate[0], columns - (W - 1) / 2 - translate[1]
    r, c = np.cos(a) * r + np.sin(a) * c, np.cos(a) * c - np.sin(a) * r
    r, c = r / scale, (c - lean * r) / scale
    i = np.floor(r + (H - 1) / 2 + 0.5).astype(int)
    j = np.floor(c + (W - 1) / 2 + 0.5).astype(int)
    y = x[:, :, np.clip(i, 0, H - 1), np.clip(j, 0, W - 1)]
    if fill == "zero":
        y[:, :, (i < 0) | (i >= H) | (j < 0) | (j >= W)] = 0
    return y


@misconception(
    replaces="affine",
    fails="affine-edges",
    diagnosis="The result is float64 whatever came in.",
    hint="Pixels only move here: the dtype stays.",
)
def moves_into_floats(x, *, angle=0, shear=0, scale=1, translate=(0, 0), fill="zero"):
    if fill not in ("zero", "edge"):
        raise ValueError("fill must be zero or edge.")
    H, W = x.shape[2:]
    a, lean = np.deg2rad(angle), np.tan(np.deg2rad(shear))
    rows, columns = np.indices((H, W))
    r, c = rows - (H - 1) / 2 - translate[0], columns - (W - 1) / 2 - translate[1]
    r, c = np.cos(a) * r + np.sin(a) * c, np.cos(a) * c - np.sin(a) * r
    r, c = r / scale, (c - lean * r) / scale
    i = np.floor(r + (H - 1) / 2 + 0.5).astype(int)
    j = np.floor(c + (W - 1) / 2 + 0.5).astype(int)
    y = x[:, :, np.clip(i, 0, H - 1), np.clip(j, 0, W - 1)]
    if fill == "zero":
        y[:, :, (i < 0) | (i >= H) | (j < 0) | (j >= W)] = 0
    return y.astype(float)


@misconception(
    replaces="affine",
    fails="affine-contract",
    diagnosis="Where nothing is to be done the caller's x itself is returned.",
    hint="Somebody writes into the result. What happens to x?",
)
def returns_x_where_nothing_moves(x, *, angle=0, shear=0, scale=1, translate=(0, 0), fill="zero"):
    if fill not in ("zero", "edge"):
        raise ValueError("fill must be zero or edge.")
    if (angle, shear, scale, *translate) == (0, 0, 1, 0, 0):
        return x
    H, W = x.shape[2:]
    a, lean = np.deg2rad(angle), np.tan(np.deg2rad(shear))
    rows, columns = np.indices((H, W))
    r, c = rows - (H - 1) / 2 - translate[0], columns - (W - 1) / 2 - translate[1]
    r, c = np.cos(a) * r + np.sin(a) * c, np.cos(a) * c - np.sin(a) * r
    r, c = r / scale, (c - lean * r) / scale
    i = np.floor(r + (H - 1) / 2 + 0.5).astype(int)
    j = np.floor(c + (W - 1) / 2 + 0.5).astype(int)
    y = x[:, :, np.clip(i, 0, H - 1), np.clip(j, 0, W - 1)]
    if fill == "zero":
        y[:, :, (i < 0) | (i >= H) | (j < 0) | (j >= W)] = 0
    return y


# color_jitter


@misconception(
    replaces="color_jitter",
    fails="color_jitter-formula color_jitter-draws color_jitter-range",
    diagnosis="The brightness is added, not multiplied: black becomes grey.",
    hint="What does a factor do to a black pixel? And a sum?",
)
def adds_the_brightness(x, brightness, contrast, rng):
    top = 255 if x.dtype == np.uint8 else 1
    b = rng.uniform(1 - brightness, 1 + brightness, (len(x), 1, 1, 1))
    c = rng.uniform(1 - contrast, 1 + contrast, (len(x), 1, 1, 1))
    light = x.astype(float)
    m = light.mean(axis=(1, 2, 3), keepdims=True)
    y = (b - 1) + m + c * (light - m)
    y = np.clip(y, 0, top)
    y = np.round(y) if top == 255 else y
    return y.astype(x.dtype)


@misconception(
    replaces="color_jitter",
    fails="color_jitter-formula color_jitter-draws",
    diagnosis="Contrast is taken about the middle of the range, not about the mean of the picture.",
    hint="A dark picture with more contrast: does its mean stay?",
)
def contrast_about_middle_grey(x, brightness, contrast, rng):
    top = 255 if x.dtype == np.uint8 else 1
    b = rng.uniform(1 - brightness, 1 + brightness, (len(x), 1, 1, 1))
    c = rng.uniform(1 - contrast, 1 + contrast, (len(x), 1, 1, 1))
    light = x.astype(float)
    m = top / 2
    y = b * (m + c * (light - m))
    y = np.clip(y, 0, top)
    y = np.round(y) if top == 255 else y
    return y.astype(x.dtype)


@misconception(
    replaces="color_jitter",
    fails="color_jitter-formula",
    diagnosis="Each channel has its own mean, so that a colour cast goes as the contrast falls.",
    hint="One mean for each picture: which axes does it go over?",
)
def means_of_each_channel(x, brightness, contrast, rng):
    top = 255 if x.dtype == np.uint8 else 1
    b = rng.uniform(1 - brightness, 1 + brightness, (len(x), 1, 1, 1))
    c = rng.uniform(1 - contrast, 1 + contrast, (len(x), 1, 1, 1))
    light = x.astype(float)
    m = light.mean(axis=(2, 3), keepdims=True)
    y = b * (m + c * (light - m))
    y = np.clip(y, 0, top)
    y = np.round(y) if top == 255 else y
    return y.astype(x.dtype)


@misconception(
    replaces="color_jitter",
    fails="color_jitter-formula",
    diagnosis="One mean is taken over the whole batch.",
    hint="One mean for each picture: which axes does it go over?",
)
def mean_of_the_batch(x, brightness, contrast, rng):
    top = 255 if x.dtype == np.uint8 else 1
    b = rng.uniform(1 - brightness, 1 + brightness, (len(x), 1, 1, 1))
    c = rng.uniform(1 - contrast, 1 + contrast, (len(x), 1, 1, 1))
    light = x.astype(float)
    m = light.mean() if light.size else 0
    y = b * (m + c * (light - m))
    y = np.clip(y, 0, top)
    y = np.round(y) if top == 255 else y
    return y.astype(x.dtype)


@misconception(
    replaces="color_jitter",
    fails="color_jitter-formula",
    diagnosis=(
        "The brightness is changed before the contrast, but the mean is that of the old picture."
    ),
    hint="If the picture has become brighter, so has its mean. Follow the formula from the inside.",
)
def brightens_first(x, brightness, contrast, rng):
    top = 255 if x.dtype == np.uint8 else 1
    b = rng.uniform(1 - brightness, 1 + brightness, (len(x), 1, 1, 1))
    c = rng.uniform(1 - contrast, 1 + contrast, (len(x), 1, 1, 1))
    light = x.astype(float)
    m = light.mean(axis=(1, 2, 3), keepdims=True)
    y = m + c * (b * light - m)
    y = np.clip(y, 0, top)
    y = np.round(y) if top == 255 else y
    return y.astype(x.dtype)


@misconception(
    replaces="color_jitter",
    fails="color_jitter-draws",
    diagnosis="One b and one c are drawn for the whole batch.",
    hint="How many pictures are there, and how many factors?",
)
def same_light_for_all(x, brightness, contrast, rng):
    top = 255 if x.dtype == np.uint8 else 1
    b = rng.uniform(1 - brightness, 1 + brightness)
    c = rng.uniform(1 - contrast, 1 + contrast)
    light = x.astype(float)
    m = light.mean(axis=(1, 2, 3), keepdims=True)
    y = b * (m + c * (light - m))
    y = np.clip(y, 0, top)
    y = np.round(y) if top == 255 else y
    return y.astype(x.dtype)


@misconception(
    replaces="color_jitter",
    fails="color_jitter-draws",
    diagnosis="Pictures only become brighter: b is never below 1.",
    hint="How far may b go to either side of 1?",
)
def only_brightens(x, brightness, contrast, rng):
    top = 255 if x.dtype == np.uint8 else 1
    b = rng.uniform(1, 1 + brightness, (len(x), 1, 1, 1))
    c = rng.uniform(1 - contrast, 1 + contrast, (len(x), 1, 1, 1))
    light = x.astype(float)
    m = light.mean(axis=(1, 2, 3), keepdims=True)
    y = b * (m + c * (light - m))
    y = np.clip(y, 0, top)
    y = np.round(y) if top == 255 else y
    return y.astype(x.dtype)


@misconception(
    replaces="color_jitter",
    fails="color_jitter-draws",
    diagnosis="The factors are drawn from a normal distribution, which has no limits.",
    hint="brightness=0.2 promises 0.8 to 1.2.",
)
def draws_normal_factors(x, brightness, contrast, rng):
    top = 255 if x.dtype == np.uint8 else 1
    b = rng.normal(1, brightness / 3**0.5, (len(x), 1, 1, 1))
    c = rng.uniform(1 - contrast, 1 + contrast, (len(x), 1, 1, 1))
    light = x.astype(float)
    m = light.mean(axis=(1, 2, 3), keepdims=True)
    y = b * (m + c * (light - m))
    y = np.clip(y, 0, top)
    y = np.round(y) if top == 255 else y
    return y.astype(x.dtype)


@misconception(
    replaces="color_jitter",
    fails="color_jitter-draws",
    diagnosis="One draw serves for brightness and for contrast: dark pictures are always pale.",
    hint="Two independent changes need two draws.",
)
def ties_contrast_to_brightness(x, brightness, contrast, rng):
    u = rng.uniform(-1, 1, (len(x), 1, 1, 1))
    top = 255 if x.dtype == np.uint8 else 1
    b = 1 + brightness * u
    c = 1 + contrast * u
    light = x.astype(float)
    m = light.mean(axis=(1, 2, 3), keepdims=True)
    y = b * (m + c * (light - m))
    y = np.clip(y, 0, top)
    y = np.round(y) if top == 255 else y
    return y.astype(x.dtype)


@misconception(
    replaces="color_jitter",
    fails="color_jitter-range",
    diagnosis="What leaves the range is not cut off: in uint8 numbers wrap round.",
    hint="What is 300 in 8 bits? Cut off before you convert.",
)
def wraps_the_light(x, brightness, contrast, rng):
    top = 255 if x.dtype == np.uint8 else 1
    b = rng.uniform(1 - brightness, 1 + brightness, (len(x), 1, 1, 1))
    c = rng.uniform(1 - contrast, 1 + contrast, (len(x), 1, 1, 1))
    light = x.astype(float)
    m = light.mean(axis=(1, 2, 3), keepdims=True)
    y = b * (m + c * (light - m))
    y = np.round(y).astype(int) if top == 255 else y
    return y.astype(x.dtype)


@misconception(
    replaces="color_jitter",
    fails="color_jitter-range",
    diagnosis="Floats are cut off at 255, so that they leave 0 to 1.",
    hint="Where does the range end for floats?",
)
def cuts_floats_at_255(x, brightness, contrast, rng):
    top = 255
    b = rng.uniform(1 - brightness, 1 + brightness, (len(x), 1, 1, 1))
    c = rng.uniform(1 - contrast, 1 + contrast, (len(x), 1, 1, 1))
    light = x.astype(float)
    m = light.mean(axis=(1, 2, 3), keepdims=True)
    y = b * (m + c * (light - m))
    y = np.clip(y, 0, top)
    y = np.round(y) if x.dtype == np.uint8 else y
    return y.astype(x.dtype)


@misconception(
    replaces="color_jitter",
    fails="color_jitter-range color_jitter-levels",
    diagnosis="Pictures of uint8 are cut off at 1, as if they were floats: nearly all becomes 1.",
    hint="Where does the range end for uint8?",
)
def cuts_levels_at_1(x, brightness, contrast, rng):
    top = 1
    b = rng.uniform(1 - brightness, 1 + brightness, (len(x), 1, 1, 1))
    c = rng.uniform(1 - contrast, 1 + contrast, (len(x), 1, 1, 1))
    light = x.astype(float)
    m = light.mean(axis=(1, 2, 3), keepdims=True)
    y = b * (m + c * (light - m))
    y = np.clip(y, 0, top)
    y = np.round(y) if x.dtype == np.uint8 else y
    return y.astype(x.dtype)


@misconception(
    replaces="color_jitter",
    fails="color_jitter-levels",
    diagnosis="Levels are cut off, not rounded: each picture darkens by half a level on average.",
    hint="What is 99.9 as uint8? What should it be?",
)
def cuts_levels_off(x, brightness, contrast, rng):
    top = 255 if x.dtype == np.uint8 else 1
    b = rng.uniform(1 - brightness, 1 + brightness, (len(x), 1, 1, 1))
    c = rng.uniform(1 - contrast, 1 + contrast, (len(x), 1, 1, 1))
    light = x.astype(float)
    m = light.mean(axis=(1, 2, 3), keepdims=True)
    y = b * (m + c * (light - m))
    y = np.clip(y, 0, top)
    return y.astype(x.dtype)


@misconception(
    replaces="color_jitter",
    fails="color_jitter-levels",
    diagnosis="Pictures of uint8 come back as floats.",
    hint="uint8 in, uint8 out.",
)
def returns_float_levels(x, brightness, contrast, rng):
    top = 255 if x.dtype == np.uint8 else 1
    b = rng.uniform(1 - brightness, 1 + brightness, (len(x), 1, 1, 1))
    c = rng.uniform(1 - contrast, 1 + contrast, (len(x), 1, 1, 1))
    light = x.astype(float)
    m = light.mean(axis=(1, 2, 3), keepdims=True)
    y = b * (m + c * (light - m))
    y = np.clip(y, 0, top)
    y = np.round(y) if top == 255 else y
    return y if top == 255 else y.astype(x.dtype)


@misconception(
    replaces="color_jitter",
    fails="color_jitter-edges",
    diagnosis="Floats come back as float64 whatever they were.",
    hint="float32 in, float32 out.",
)
def returns_wide_light(x, brightness, contrast, rng):
    top = 255 if x.dtype == np.uint8 else 1
    b = rng.uniform(1 - brightness, 1 + brightness, (len(x), 1, 1, 1))
    c = rng.uniform(1 - contrast, 1 + contrast, (len(x), 1, 1, 1))
    light = x.astype(float)
    m = light.mean(axis=(1, 2, 3), keepdims=True)
    y = b * (m + c * (light - m))
    y = np.clip(y, 0, top)
    y = np.round(y) if top == 255 else y
    return y.astype(np.uint8 if top == 255 else float)


@misconception(
    replaces="color_jitter",
    fails="color_jitter-seed",
    diagnosis=(
        "The rng that is handed over is not used: the function makes its own, always the same."
    ),
    hint="Call it with two different seeds. Should the results differ?",
)
def jitters_by_an_rng_of_its_own(x, brightness, contrast, rng):
    rng = np.random.default_rng(0)
    top = 255 if x.dtype == np.uint8 else 1
    b = rng.uniform(1 - brightness, 1 + brightness, (len(x), 1, 1, 1))
    c = rng.uniform(1 - contrast, 1 + contrast, (len(x), 1, 1, 1))
    light = x.astype(float)
    m = light.mean(axis=(1, 2, 3), keepdims=True)
    y = b * (m + c * (light - m))
    y = np.clip(y, 0, top)
    y = np.round(y) if top == 255 else y
    return y.astype(x.dtype)


@misconception(
    replaces="color_jitter",
    fails="color_jitter-contract",
    diagnosis="The light is changed in the caller's x.",
    hint="astype(float, copy=False) gives x itself where the dtype is right already.",
)
def jitters_in_place(x, brightness, contrast, rng):
    top = 255 if x.dtype == np.uint8 else 1
    b = rng.uniform(1 - brightness, 1 + brightness, (len(x), 1, 1, 1))
    c = rng.uniform(1 - contrast, 1 + contrast, (len(x), 1, 1, 1))
    light = x.astype(float, copy=False)
    m = light.mean(axis=(1, 2, 3), keepdims=True)
    y = np.multiply(b, m + c * (light - m), out=light)
    y = np.clip(y, 0, top)
    y = np.round(y) if top == 255 else y
    return y.astype(x.dtype)


@misconception(
    replaces="color_jitter",
    fails="color_jitter-contract",
    diagnosis="With both 0 the caller's x itself is returned.",
    hint="Somebody writes into the result. What happens to x?",
)
def returns_x_in_the_same_light(x, brightness, contrast, rng):
    if brightness == contrast == 0:
        return x
    top = 255 if x.dtype == np.uint8 else 1
    b = rng.uniform(1 - brightness, 1 + brightness, (len(x), 1, 1, 1))
    c = rng.uniform(1 - contrast, 1 + contrast, (len(x), 1, 1, 1))
    light = x.astype(float)
    m = light.mean(axis=(1, 2, 3), keepdims=True)
    y = b * (m + c * (light - m))
    y = np.clip(y, 0, top)
    y = np.round(y) if top == 255 else y
    return y.astype(x.dtype)


# cutout


@misconception(
    replaces="cutout",
    fails="cutout-hole",
    diagnosis="Only the first channel is blanked.",
    hint="In a colour picture: what do you see in the square?",
)
def blanks_one_channel(x, size, rng):
    N, _, H, W = x.shape
    y = x.copy()
    rows = rng.integers(0, H, N)
    columns = rng.integers(0, W, N)
    for n, i, j in zip(range(N), rows, columns, strict=True):
        top, left = i - size // 2, j - size // 2
        y[n, 0, max(top, 0) : max(top + size, 0), max(left, 0) : max(left + size, 0)] = 0
    return y


@misconception(
    replaces="cutout",
    fails="cutout-hole",
    diagnosis="The square is filled with the mean of the picture, not with zeros.",
    hint="Which number does a blanked pixel have?",
)
def fills_with_the_mean(x, size, rng):
    N, _, H, W = x.shape
    y = x.copy()
    rows = rng.integers(0, H, N)
    columns = rng.integers(0, W, N)
    for n, i, j in zip(range(N), rows, columns, strict=True):
        top, left = i - size // 2, j - size // 2
        y[n, :, max(top, 0) : max(top + size, 0), max(left, 0) : max(left + size, 0)] = x[n].mean()
    return y


@misconception(
    replaces="cutout",
    fails="cutout-hole cutout-rim cutout-edges",
    diagnosis=(
        "size is taken for the distance from the middle to the side: the square is twice as large."
    ),
    hint="How many rows does your square cover if size is 1?",
)
def blanks_twice_the_size(x, size, rng):
    N, _, H, W = x.shape
    y = x.copy()
    rows = rng.integers(0, H, N)
    columns = rng.integers(0, W, N)
    for n, i, j in zip(range(N), rows, columns, strict=True):
        y[n, :, max(i - size, 0) : i + size + 1, max(j - size, 0) : j + size + 1] = 0
    return y


@misconception(
    replaces="cutout",
    fails="cutout-hole",
    diagnosis="Whole rows and columns are blanked, not the square where they cross.",
    hint="Rows and columns at once: one index with both.",
)
def blanks_a_cross(x, size, rng):
    N, _, H, W = x.shape
    y = x.copy()
    rows = rng.integers(0, H, N)
    columns = rng.integers(0, W, N)
    for n, i, j in zip(range(N), rows, columns, strict=True):
        top, left = i - size // 2, j - size // 2
        y[n, :, max(top, 0) : max(top + size, 0)] = 0
        y[n, :, :, max(left, 0) : max(left + size, 0)] = 0
    return y


@misconception(
    replaces="cutout",
    fails="cutout-places cutout-rim",
    diagnosis="All pictures have the hole at the same place.",
    hint="Draw for each picture.",
)
def blanks_all_alike(x, size, rng):
    N, _, H, W = x.shape
    y = x.copy()
    rows = [rng.integers(0, H)] * N
    columns = [rng.integers(0, W)] * N
    for n, i, j in zip(range(N), rows, columns, strict=True):
        top, left = i - size // 2, j - size // 2
        y[n, :, max(top, 0) : max(top + size, 0), max(left, 0) : max(left + size, 0)] = 0
    return y


@misconception(
    replaces="cutout",
    fails="cutout-places",
    diagnosis="One draw serves for the row and for the column: holes lie on a diagonal.",
    hint="Is the hole ever in the top right corner?",
)
def blanks_the_diagonal(x, size, rng):
    N, _, H, W = x.shape
    y = x.copy()
    rows = rng.integers(0, min(H, W), N)
    columns = rows
    for n, i, j in zip(range(N), rows, columns, strict=True):
        top, left = i - size // 2, j - size // 2
        y[n, :, max(top, 0) : max(top + size, 0), max(left, 0) : max(left + size, 0)] = 0
    return y


@misconception(
    replaces="cutout",
    fails="cutout-places cutout-rim",
    diagnosis="The last row and column are never the middle.",
    hint="rng.integers(0, m) never gives m; the last row is H - 1.",
)
def never_blanks_the_last(x, size, rng):
    N, _, H, W = x.shape
    y = x.copy()
    rows = rng.integers(0, max(H - 1, 1), N)
    columns = rng.integers(0, max(W - 1, 1), N)
    for n, i, j in zip(range(N), rows, columns, strict=True):
        top, left = i - size // 2, j - size // 2
        y[n, :, max(top, 0) : max(top + size, 0), max(left, 0) : max(left + size, 0)] = 0
    return y


@misconception(
    replaces="cutout",
    fails="cutout-rim",
    diagnosis="The square always lies inside the picture, so that the rim is hardly ever blanked.",
    hint="The middle may be any pixel, one in the corner too.",
)
def keeps_the_square_inside(x, size, rng):
    N, _, H, W = x.shape
    y = x.copy()
    rows = rng.integers(0, max(H - size, 0) + 1, N)
    columns = rng.integers(0, max(W - size, 0) + 1, N)
    for n, i, j in zip(range(N), rows, columns, strict=True):
        top, left = i, j
        y[n, :, max(top, 0) : max(top + size, 0), max(left, 0) : max(left + size, 0)] = 0
    return y


@misconception(
    replaces="cutout",
    fails="cutout-rim",
    diagnosis=(
        "At the upper and left rim nothing is blanked: a slice that begins below 0 counts "
        "from the end."
    ),
    hint="What is x[-1:2] of a row of five?",
)
def wraps_at_the_rim(x, size, rng):
    N, _, H, W = x.shape
    y = x.copy()
    rows = rng.integers(0, H, N)
    columns = rng.integers(0, W, N)
    for n, i, j in zip(range(N), rows, columns, strict=True):
        top, left = i - size // 2, j - size // 2
        y[n, :, top : top + size, left : left + size] = 0
    return y


@misconception(
    replaces="cutout",
    fails="cutout-rim",
    diagnosis="A square of even size lies one row and one column too low.",
    hint="Size 2: from i - 1 to i. And yours?",
)
def puts_even_sizes_lower(x, size, rng):
    N, _, H, W = x.shape
    y = x.copy()
    rows = rng.integers(0, H, N)
    columns = rng.integers(0, W, N)
    for n, i, j in zip(range(N), rows, columns, strict=True):
        top, left = i - (size - 1) // 2, j - (size - 1) // 2
        y[n, :, max(top, 0) : max(top + size, 0), max(left, 0) : max(left + size, 0)] = 0
    return y


@misconception(
    replaces="cutout",
    fails="cutout-seed",
    diagnosis=(
        "The rng that is handed over is not used: the function makes its own, always the same."
    ),
    hint="Call it with two different seeds. Should the results differ?",
)
def blanks_by_an_rng_of_its_own(x, size, rng):
    N, _, H, W = x.shape
    rng = np.random.default_rng(0)
    y = x.copy()
    rows = rng.integers(0, H, N)
    columns = rng.integers(0, W, N)
    for n, i, j in zip(range(N), rows, columns, strict=True):
        top, left = i - size // 2, j - size // 2
        y[n, :, max(top, 0) : max(top + size, 0), max(left, 0) : max(left + size, 0)] = 0
    return y


@misconception(
    replaces="cutout",
    fails="cutout-edges",
    diagnosis="The result is float64 whatever came in.",
    hint="x.copy() has the dtype of x.",
)
def blanks_into_floats(x, size, rng):
    N, _, H, W = x.shape
    y = x.astype(float)
    rows = rng.integers(0, H, N)
    columns = rng.integers(0, W, N)
    for n, i, j in zip(range(N), rows, columns, strict=True):
        top, left = i - size // 2, j - size // 2
        y[n, :, max(top, 0) : max(top + size, 0), max(left, 0) : max(left + size, 0)] = 0
    return y


@misconception(
    replaces="cutout",
    fails="cutout-edges",
    diagnosis="With size 0 a pixel is blanked all the same.",
    hint="How many rows has a square of size 0?",
)
def blanks_at_least_a_pixel(x, size, rng):
    N, _, H, W = x.shape
    size = max(size, 1)
    y = x.copy()
    rows = rng.integers(0, H, N)
    columns = rng.integers(0, W, N)
    for n, i, j in zip(range(N), rows, columns, strict=True):
        top, left = i - size // 2, j - size // 2
        y[n, :, max(top, 0) : max(top + size, 0), max(left, 0) : max(left + size, 0)] = 0
    return y


@misconception(
    replaces="cutout",
    fails="cutout-contract",
    diagnosis="The zeros are written into the caller's x.",
    hint="Who else holds x? Begin with a copy.",
)
def blanks_in_place(x, size, rng):
    N, _, H, W = x.shape
    y = x
    rows = rng.integers(0, H, N)
    columns = rng.integers(0, W, N)
    for n, i, j in zip(range(N), rows, columns, strict=True):
        top, left = i - size // 2, j - size // 2
        y[n, :, max(top, 0) : max(top + size, 0), max(left, 0) : max(left + size, 0)] = 0
    return y


# mixup


@misconception(
    replaces="mixup",
    fails="mixup-blend mixup-lambda mixup-partners",
    diagnosis="The labels are not blended: a picture of two things has the label of one.",
    hint="What should the label of half a coat and half a boot say?",
)
def keeps_the_labels(x, y_onehot, alpha, rng):
    if y_onehot.ndim != 2:
        raise ValueError("Give shares, (N, K).")
    lam, perm = float(rng.beta(alpha, alpha)), rng.permutation(len(x))
    x, y = (a.astype(a.dtype if a.dtype.kind == "f" else float) for a in (x, y_onehot))
    return lam * x + (1 - lam) * x[perm], y


@misconception(
    replaces="mixup",
    fails="mixup-blend",
    diagnosis="The labels are blended with the parts exchanged.",
    hint="The picture with the part lambda gives its label the part lambda.",
)
def exchanges_the_parts(x, y_onehot, alpha, rng):
    if y_onehot.ndim != 2:
        raise ValueError("Give shares, (N, K).")
    lam, perm = float(rng.beta(alpha, alpha)), rng.permutation(len(x))
    x, y = (a.astype(a.dtype if a.dtype.kind == "f" else float) for a in (x, y_onehot))
    return lam * x + (1 - lam) * x[perm], (1 - lam) * y + lam * y[perm]


@misconception(
    replaces="mixup",
    fails="mixup-blend",
    diagnosis="Pictures and labels have each their own lambda.",
    hint="How many times do you draw lambda?",
)
def draws_two_lambdas(x, y_onehot, alpha, rng):
    if y_onehot.ndim != 2:
        raise ValueError("Give shares, (N, K).")
    lam, perm = float(rng.beta(alpha, alpha)), rng.permutation(len(x))
    other = float(rng.beta(alpha, alpha))
    x, y = (a.astype(a.dtype if a.dtype.kind == "f" else float) for a in (x, y_onehot))
    return lam * x + (1 - lam) * x[perm], other * y + (1 - other) * y[perm]


@misconception(
    replaces="mixup",
    fails="mixup-blend",
    diagnosis="Pictures and labels have each their own permutation: labels go to other pictures.",
    hint="Which picture was blended into this one? Its label must be too.",
)
def draws_two_permutations(x, y_onehot, alpha, rng):
    if y_onehot.ndim != 2:
        raise ValueError("Give shares, (N, K).")
    lam, perm = float(rng.beta(alpha, alpha)), rng.permutation(len(x))
    other = rng.permutation(len(x))
    x, y = (a.astype(a.dtype if a.dtype.kind == "f" else float) for a in (x, y_onehot))
    return lam * x + (1 - lam) * x[perm], lam * y + (1 - lam) * y[other]


@misconception(
    replaces="mixup",
    fails="mixup-blend",
    diagnosis="The labels are blended half and half, whatever lambda is.",
    hint="A picture that is nine tenths coat: what is its label?",
)
def blends_labels_evenly(x, y_onehot, alpha, rng):
    if y_onehot.ndim != 2:
        raise ValueError("Give shares, (N, K).")
    lam, perm = float(rng.beta(alpha, alpha)), rng.permutation(len(x))
    x, y = (a.astype(a.dtype if a.dtype.kind == "f" else float) for a in (x, y_onehot))
    return lam * x + (1 - lam) * x[perm], (y + y[perm]) / 2


@misconception(
    replaces="mixup",
    fails="mixup-lambda",
    diagnosis="Every picture has its own lambda.",
    hint="One lambda for the batch. How many numbers does your rng.beta give?",
)
def draws_a_lambda_each(x, y_onehot, alpha, rng):
    if y_onehot.ndim != 2:
        raise ValueError("Give shares, (N, K).")
    lam, perm = rng.beta(alpha, alpha, len(x)), rng.permutation(len(x))
    mixed = []
    for a in (x, y_onehot):
        own = lam.reshape(-1, *[1] * (a.ndim - 1))
        blended = own * a + (1 - own) * a[perm]
        mixed.append(blended.astype(a.dtype if a.dtype.kind == "f" else float))
    return tuple(mixed)


@misconception(
    replaces="mixup",
    fails="mixup-lambda",
    diagnosis="alpha is ignored: every lambda is equally likely.",
    hint="Which distribution does alpha belong to?",
)
def draws_lambda_evenly(x, y_onehot, alpha, rng):
    if y_onehot.ndim != 2:
        raise ValueError("Give shares, (N, K).")
    lam, perm = float(rng.random()), rng.permutation(len(x))
    x, y = (a.astype(a.dtype if a.dtype.kind == "f" else float) for a in (x, y_onehot))
    return lam * x + (1 - lam) * x[perm], lam * y + (1 - lam) * y[perm]


@misconception(
    replaces="mixup",
    fails="mixup-lambda",
    diagnosis="Lambda is drawn from Beta(alpha, 1), which is not symmetric.",
    hint="Both numbers of the distribution are alpha.",
)
def draws_from_a_lopsided_beta(x, y_onehot, alpha, rng):
    if y_onehot.ndim != 2:
        raise ValueError("Give shares, (N, K).")
    lam, perm = float(rng.beta(alpha, 1)), rng.permutation(len(x))
    x, y = (a.astype(a.dtype if a.dtype.kind == "f" else float) for a in (x, y_onehot))
    return lam * x + (1 - lam) * x[perm], lam * y + (1 - lam) * y[perm]


@misconception(
    replaces="mixup",
    fails="mixup-partners",
    diagnosis=(
        "Every picture is blended with its mirror place in the batch, always the same partner."
    ),
    hint="Where is the chance in who meets whom?",
)
def blends_with_the_reversed(x, y_onehot, alpha, rng):
    if y_onehot.ndim != 2:
        raise ValueError("Give shares, (N, K).")
    lam, perm = float(rng.beta(alpha, alpha)), np.arange(len(x))[::-1]
    x, y = (a.astype(a.dtype if a.dtype.kind == "f" else float) for a in (x, y_onehot))
    return lam * x + (1 - lam) * x[perm], lam * y + (1 - lam) * y[perm]


@misconception(
    replaces="mixup",
    fails="mixup-partners",
    diagnosis=(
        "Partners are drawn independently, so that some pictures serve twice and others not at all."
    ),
    hint="A permutation has every number once. What does rng.integers give?",
)
def draws_partners_twice(x, y_onehot, alpha, rng):
    if y_onehot.ndim != 2:
        raise ValueError("Give shares, (N, K).")
    lam, perm = float(rng.beta(alpha, alpha)), rng.integers(0, max(len(x), 1), len(x))
    x, y = (a.astype(a.dtype if a.dtype.kind == "f" else float) for a in (x, y_onehot))
    return lam * x + (1 - lam) * x[perm], lam * y + (1 - lam) * y[perm]


@misconception(
    replaces="mixup",
    fails="mixup-dtype",
    diagnosis="The results go back to the dtype of the operands: in integers the blend is cut off.",
    hint="What is a third of 255 in whole numbers? And a third of 1?",
)
def blends_into_integers(x, y_onehot, alpha, rng):
    if y_onehot.ndim != 2:
        raise ValueError("Give shares, (N, K).")
    lam, perm = float(rng.beta(alpha, alpha)), rng.permutation(len(x))
    blended = lam * x + (1 - lam) * x[perm]
    shares = lam * y_onehot + (1 - lam) * y_onehot[perm]
    return blended.astype(x.dtype), shares.astype(y_onehot.dtype)


@misconception(
    replaces="mixup",
    fails="mixup-dtype",
    diagnosis="The results are float64 whatever came in.",
    hint="float32 in, float32 out.",
)
def blends_into_float64(x, y_onehot, alpha, rng):
    if y_onehot.ndim != 2:
        raise ValueError("Give shares, (N, K).")
    lam, perm = float(rng.beta(alpha, alpha)), rng.permutation(len(x))
    x, y = (a.astype(float) for a in (x, y_onehot))
    return lam * x + (1 - lam) * x[perm], lam * y + (1 - lam) * y[perm]


@misconception(
    replaces="mixup",
    fails="mixup-labels",
    diagnosis=(
        "Class numbers are blended like numbers: half of a 2 and half of a 4 is taken for a 3."
    ),
    hint="What does class 2.7 mean? Refuse labels without a column for each class.",
)
def blends_class_numbers(x, y_onehot, alpha, rng):
    lam, perm = float(rng.beta(alpha, alpha)), rng.permutation(len(x))
    x, y = (a.astype(a.dtype if a.dtype.kind == "f" else float) for a in (x, y_onehot))
    return lam * x + (1 - lam) * x[perm], lam * y + (1 - lam) * y[perm]


@misconception(
    replaces="mixup",
    fails="mixup-labels",
    diagnosis="Shares that are no one-hot row are rounded to one class.",
    hint="Shares such as (0.5, 0.5, 0) are fine: mix-up itself makes them.",
)
def makes_shares_one_hot(x, y_onehot, alpha, rng):
    if y_onehot.ndim != 2:
        raise ValueError("Give shares, (N, K).")
    y_onehot = np.eye(y_onehot.shape[1], dtype=y_onehot.dtype)[y_onehot.argmax(axis=1)]
    lam, perm = float(rng.beta(alpha, alpha)), rng.permutation(len(x))
    x, y = (a.astype(a.dtype if a.dtype.kind == "f" else float) for a in (x, y_onehot))
    return lam * x + (1 - lam) * x[perm], lam * y + (1 - lam) * y[perm]


@misconception(
    replaces="mixup",
    fails="mixup-contract",
    diagnosis="The pictures are scaled in place: the caller's x is changed.",
    hint="x *= lam writes into the caller's array.",
)
def blends_in_place(x, y_onehot, alpha, rng):
    if y_onehot.ndim != 2:
        raise ValueError("Give shares, (N, K).")
    lam, perm = float(rng.beta(alpha, alpha)), rng.permutation(len(x))
    x, y = (a.astype(a.dtype if a.dtype.kind == "f" else float, copy=False) for a in (x, y_onehot))
    partner = x[perm]
    x *= lam
    x += (1 - lam) * partner
    return x, lam * y + (1 - lam) * y[perm]


# dropout


@misconception(
    replaces="dropout",
    fails="dropout-scale",
    diagnosis="The numbers that stay are not scaled, so that the sum shrinks in training.",
    hint="What is the mean of y on average, if a quarter of the numbers is gone?",
)
def drops_without_scaling(x, p, train, rng):
    if not 0 <= p < 1:
        raise ValueError("p must be in 0 <= p < 1.")
    kind = x.dtype if x.dtype.kind == "f" else np.float64
    if not train:
        return x.astype(kind), np.ones(x.shape, kind)
    mask = (rng.random(x.shape) >= p).astype(kind)
    return x * mask, mask


@misconception(
    replaces="dropout",
    fails="dropout-scale",
    diagnosis="y is scaled, but the mask that is returned is not: the gradient will be too small.",
    hint="dropout_backward gets nothing but the mask. Where is the scale?",
)
def returns_a_plain_mask(x, p, train, rng):
    if not 0 <= p < 1:
        raise ValueError("p must be in 0 <= p < 1.")
    kind = x.dtype if x.dtype.kind == "f" else np.float64
    if not train:
        return x.astype(kind), np.ones(x.shape, kind)
    mask = (rng.random(x.shape) >= p).astype(kind)
    return x * mask / (1 - p), mask


@misconception(
    replaces="dropout",
    fails="dropout-scale dropout-rate dropout-edges",
    diagnosis="p is taken for the chance to keep a number.",
    hint="With p = 0 nothing is dropped. And in yours?",
)
def takes_p_for_keeping(x, p, train, rng):
    if not 0 <= p < 1:
        raise ValueError("p must be in 0 <= p < 1.")
    p = 1 - p
    kind = x.dtype if x.dtype.kind == "f" else np.float64
    if not train:
        return x.astype(kind), np.ones(x.shape, kind)
    mask = (rng.random(x.shape) >= p).astype(kind) / max(1 - p, 1e-12)
    return x * mask, mask


@misconception(
    replaces="dropout",
    fails="dropout-scale",
    diagnosis="The numbers that stay are divided by p.",
    hint="With p = 0.1 nearly all stay. How large must they become?",
)
def divides_by_p(x, p, train, rng):
    if not 0 <= p < 1:
        raise ValueError("p must be in 0 <= p < 1.")
    kind = x.dtype if x.dtype.kind == "f" else np.float64
    if not train:
        return x.astype(kind), np.ones(x.shape, kind)
    mask = (rng.random(x.shape) >= p).astype(kind) / (p or 1)
    return x * mask, mask


@misconception(
    replaces="dropout",
    fails="dropout-rate",
    diagnosis="Whole rows are dropped: there is one draw for each picture.",
    hint="Each number has its own draw: what shape have your draws?",
)
def drops_whole_pictures(x, p, train, rng):
    if not 0 <= p < 1:
        raise ValueError("p must be in 0 <= p < 1.")
    kind = x.dtype if x.dtype.kind == "f" else np.float64
    if not train:
        return x.astype(kind), np.ones(x.shape, kind)
    mask = np.ones(x.shape, kind) / (1 - p)
    mask[rng.random(len(x)) < p] = 0
    return x * mask, mask


@misconception(
    replaces="dropout",
    fails="dropout-rate",
    diagnosis="All pictures of the batch lose the same numbers.",
    hint="Each number has its own draw: what shape have your draws?",
)
def drops_alike_in_all_pictures(x, p, train, rng):
    if not 0 <= p < 1:
        raise ValueError("p must be in 0 <= p < 1.")
    kind = x.dtype if x.dtype.kind == "f" else np.float64
    if not train:
        return x.astype(kind), np.ones(x.shape, kind)
    mask = np.ones(x.shape, kind) / (1 - p)
    mask[..., rng.random(x.shape[1:] if x.ndim > 1 else x.shape) < p] = 0
    return x * mask, mask


@misconception(
    replaces="dropout",
    fails="dropout-after_training",
    diagnosis="Numbers are dropped after training as well.",
    hint="train=False is for measuring: no chance may be left.",
)
def drops_for_ever(x, p, train, rng):
    if not 0 <= p < 1:
        raise ValueError("p must be in 0 <= p < 1.")
    rng = rng or np.random.default_rng(0)
    kind = x.dtype if x.dtype.kind == "f" else np.float64
    mask = (rng.random(x.shape) >= p).astype(kind) / (1 - p)
    return x * mask, mask


@misconception(
    replaces="dropout",
    fails="dropout-after_training",
    diagnosis="After training all is multiplied by 1 - p, though training has scaled already.",
    hint="With inverted dropout, what is left to do after training?",
)
def scales_after_training(x, p, train, rng):
    if not 0 <= p < 1:
        raise ValueError("p must be in 0 <= p < 1.")
    kind = x.dtype if x.dtype.kind == "f" else np.float64
    if not train:
        return x.astype(kind) * (1 - p), np.ones(x.shape, kind)
    mask = (rng.random(x.shape) >= p).astype(kind) / (1 - p)
    return x * mask, mask


@misconception(
    replaces="dropout",
    fails="dropout-edges",
    diagnosis="A p of 1 or more is accepted: 1 / (1 - p) is then no sensible number.",
    hint="What would be left with p = 1, and by what would you divide?",
)
def accepts_any_p(x, p, train, rng):
    kind = x.dtype if x.dtype.kind == "f" else np.float64
    if not train:
        return x.astype(kind), np.ones(x.shape, kind)
    mask = (rng.random(x.shape) >= p).astype(kind) / (1 - p if p != 1 else 1)
    return x * mask, mask


@misconception(
    replaces="dropout",
    fails="dropout-edges",
    diagnosis="The result is float64 whatever came in.",
    hint="float32 in, float32 out.",
)
def drops_into_float64(x, p, train, rng):
    if not 0 <= p < 1:
        raise ValueError("p must be in 0 <= p < 1.")
    kind = np.float64
    if not train:
        return x.astype(kind), np.ones(x.shape, kind)
    mask = (rng.random(x.shape) >= p).astype(kind) / (1 - p)
    return x * mask, mask


@misconception(
    replaces="dropout",
    fails="dropout-seed",
    diagnosis=(
        "The rng that is handed over is not used: the function makes its own, always the same."
    ),
    hint="Call it with two different seeds. Should the masks differ?",
)
def drops_by_an_rng_of_its_own(x, p, train, rng):
    if not 0 <= p < 1:
        raise ValueError("p must be in 0 <= p < 1.")
    rng = np.random.default_rng(0)
    kind = x.dtype if x.dtype.kind == "f" else np.float64
    if not train:
        return x.astype(kind), np.ones(x.shape, kind)
    mask = (rng.random(x.shape) >= p).astype(kind) / (1 - p)
    return x * mask, mask


@misconception(
    replaces="dropout",
    fails="dropout-contract",
    diagnosis="After training the caller's x itself is returned.",
    hint="Somebody writes into y. What happens to x?",
)
def returns_x_after_training(x, p, train, rng):
    if not 0 <= p < 1:
        raise ValueError("p must be in 0 <= p < 1.")
    kind = x.dtype if x.dtype.kind == "f" else np.float64
    if not train:
        return x if x.dtype == kind else x.astype(kind), np.ones(x.shape, kind)
    mask = (rng.random(x.shape) >= p).astype(kind) / (1 - p)
    return x * mask, mask


@misconception(
    replaces="dropout",
    fails="dropout-contract",
    diagnosis="The zeros are written into the caller's x.",
    hint="x[dropped] = 0 changes what the caller holds.",
)
def drops_in_place(x, p, train, rng):
    if not 0 <= p < 1:
        raise ValueError("p must be in 0 <= p < 1.")
    kind = x.dtype if x.dtype.kind == "f" else np.float64
    if not train:
        return x.astype(kind), np.ones(x.shape, kind)
    mask = (rng.random(x.shape) >= p).astype(kind) / (1 - p)
    x = x.astype(kind, copy=False)
    x *= mask
    return x, mask


@misconception(
    replaces="dropout_backward",
    fails="dropout-backward",
    diagnosis="The gradient is scaled again, though the scale is in the mask.",
    hint="What is in the mask: ones, or 1 / (1 - p)?",
)
def scales_the_gradient_twice(dy, mask):
    return dy * mask * mask.max(initial=0)


@misconception(
    replaces="dropout_backward",
    fails="dropout-backward",
    diagnosis="The gradient goes through unscaled where the number was kept.",
    hint="y = x * mask. What is the slope of y with respect to x?",
)
def forgets_the_scale_backward(dy, mask):
    return np.where(mask != 0, dy, 0)


@misconception(
    replaces="dropout_backward",
    fails="dropout-backward",
    diagnosis="The gradient is let through everywhere.",
    hint="A number that was dropped has no influence on the loss. What is its gradient?",
)
def lets_all_gradients_through(dy, mask):
    return dy * mask.max(initial=0)


# EarlyStopping


@misconception(
    replaces="EarlyStopping",
    fails="EarlyStopping-stop",
    diagnosis="It stops at the first step without a gain, whatever the patience.",
    hint="One bad epoch says nothing. What is patience for?",
)
class stops_at_the_first_rise:
    def __init__(self, patience, *, min_delta=0, mode="min"):
        self.patience, self.min_delta, self.mode = patience, min_delta, mode
        self.best, self.best_params = (np.inf if mode == "min" else -np.inf), None
        self.waited = 0

    def step(self, value, params):
        gain = self.best - value if self.mode == "min" else value - self.best
        if gain > self.min_delta:
            self.best, self.waited = value, 0
            self.best_params = {name: np.copy(array) for name, array in params.items()}
        else:
            self.waited += 1
        return self.waited > 0


@misconception(
    replaces="EarlyStopping",
    fails="EarlyStopping-stop EarlyStopping-mode EarlyStopping-nan",
    diagnosis="It stops one step too late: after patience + 1 steps without a gain.",
    hint="Patience 1: does the first step without a gain stop it?",
)
class waits_one_step_more:
    def __init__(self, patience, *, min_delta=0, mode="min"):
        self.patience, self.min_delta, self.mode = patience, min_delta, mode
        self.best, self.best_params = (np.inf if mode == "min" else -np.inf), None
        self.waited = 0

    def step(self, value, params):
        gain = self.best - value if self.mode == "min" else value - self.best
        if gain > self.min_delta:
            self.best, self.waited = value, 0
            self.best_params = {name: np.copy(array) for name, array in params.items()}
        else:
            self.waited += 1
        return self.waited > self.patience


@misconception(
    replaces="EarlyStopping",
    fails="EarlyStopping-stop",
    diagnosis="Steps without a gain are added up; a gain does not begin the count anew.",
    hint="In a row, says the task. What does a gain do to the count?",
)
class never_forgets_a_bad_step:
    def __init__(self, patience, *, min_delta=0, mode="min"):
        self.patience, self.min_delta, self.mode = patience, min_delta, mode
        self.best, self.best_params = (np.inf if mode == "min" else -np.inf), None
        self.waited = 0

    def step(self, value, params):
        gain = self.best - value if self.mode == "min" else value - self.best
        if gain > self.min_delta:
            self.best = value
            self.best_params = {name: np.copy(array) for name, array in params.items()}
        else:
            self.waited += 1
        return self.waited >= self.patience


@misconception(
    replaces="EarlyStopping",
    fails="EarlyStopping-stop EarlyStopping-best",
    diagnosis="Each figure is compared with the one before, not with the best.",
    hint="0.5, then 0.9, then 0.8: is 0.8 a gain?",
)
class compares_with_the_last:
    def __init__(self, patience, *, min_delta=0, mode="min"):
        self.patience, self.min_delta, self.mode = patience, min_delta, mode
        self.best, self.best_params = (np.inf if mode == "min" else -np.inf), None
        self.last = self.best
        self.waited = 0

    def step(self, value, params):
        gain = self.last - value if self.mode == "min" else value - self.last
        self.last = value
        if gain > self.min_delta:
            self.best, self.waited = value, 0
            self.best_params = {name: np.copy(array) for name, array in params.items()}
        else:
            self.waited += 1
        return self.waited >= self.patience


@misconception(
    replaces="EarlyStopping",
    fails="EarlyStopping-stop EarlyStopping-best EarlyStopping-mode EarlyStopping-nan",
    diagnosis="Where training should go on, step returns nothing, and that is None, not False.",
    hint="Which value does step return when it should go on?",
)
class returns_none_to_go_on:
    def __init__(self, patience, *, min_delta=0, mode="min"):
        self.patience, self.min_delta, self.mode = patience, min_delta, mode
        self.best, self.best_params = (np.inf if mode == "min" else -np.inf), None
        self.waited = 0

    def step(self, value, params):
        gain = self.best - value if self.mode == "min" else value - self.best
        if gain > self.min_delta:
            self.best, self.waited = value, 0
            self.best_params = {name: np.copy(array) for name, array in params.items()}
        else:
            self.waited += 1
        if self.waited >= self.patience:
            return True


@misconception(
    replaces="EarlyStopping",
    fails="EarlyStopping-best",
    diagnosis="The same figure again counts as a gain.",
    hint="A gain must be larger than min_delta, not as large.",
)
class takes_a_tie_for_a_gain:
    def __init__(self, patience, *, min_delta=0, mode="min"):
        self.patience, self.min_delta, self.mode = patience, min_delta, mode
        self.best, self.best_params = (np.inf if mode == "min" else -np.inf), None
        self.waited = 0

    def step(self, value, params):
        gain = self.best - value if self.mode == "min" else value - self.best
        if gain >= self.min_delta:
            self.best, self.waited = value, 0
            self.best_params = {name: np.copy(array) for name, array in params.items()}
        else:
            self.waited += 1
        return self.waited >= self.patience


@misconception(
    replaces="EarlyStopping",
    fails="EarlyStopping-best",
    diagnosis="min_delta is ignored: any improvement counts.",
    hint="From 1 to 0.95 with min_delta 0.1: a gain?",
)
class ignores_min_delta:
    def __init__(self, patience, *, min_delta=0, mode="min"):
        self.patience, self.min_delta, self.mode = patience, min_delta, mode
        self.best, self.best_params = (np.inf if mode == "min" else -np.inf), None
        self.waited = 0

    def step(self, value, params):
        gain = self.best - value if self.mode == "min" else value - self.best
        if gain > 0:
            self.best, self.waited = value, 0
            self.best_params = {name: np.copy(array) for name, array in params.items()}
        else:
            self.waited += 1
        return self.waited >= self.patience


@misconception(
    replaces="EarlyStopping",
    fails="EarlyStopping-best",
    diagnosis="Small improvements change the best, though they do not count as gains.",
    hint=(
        "If the best creeps along, a slow improvement never becomes a gain. From where are "
        "gains measured?"
    ),
)
class lets_the_best_creep:
    def __init__(self, patience, *, min_delta=0, mode="min"):
        self.patience, self.min_delta, self.mode = patience, min_delta, mode
        self.best, self.best_params = (np.inf if mode == "min" else -np.inf), None
        self.waited = 0

    def step(self, value, params):
        gain = self.best - value if self.mode == "min" else value - self.best
        if gain > 0:
            self.best = value
            self.best_params = {name: np.copy(array) for name, array in params.items()}
        if gain > self.min_delta:
            self.waited = 0
        else:
            self.waited += 1
        return self.waited >= self.patience


@misconception(
    replaces="EarlyStopping",
    fails="EarlyStopping-mode EarlyStopping-nan",
    diagnosis="The mode is ignored: less is always better.",
    hint="An accuracy rises from 0.5 to 0.7. Is that a gain?",
)
class always_wants_less:
    def __init__(self, patience, *, min_delta=0, mode="min"):
        self.patience, self.min_delta, self.mode = patience, min_delta, "min"
        self.best, self.best_params = np.inf, None
        self.waited = 0

    def step(self, value, params):
        gain = self.best - value if self.mode == "min" else value - self.best
        if gain > self.min_delta:
            self.best, self.waited = value, 0
            self.best_params = {name: np.copy(array) for name, array in params.items()}
        else:
            self.waited += 1
        return self.waited >= self.patience


@misconception(
    replaces="EarlyStopping",
    fails="EarlyStopping-mode EarlyStopping-nan",
    diagnosis="With mode max the best begins at 0, so that figures below 0 never count.",
    hint="Which number is worse than any figure?",
)
class begins_at_zero:
    def __init__(self, patience, *, min_delta=0, mode="min"):
        self.patience, self.min_delta, self.mode = patience, min_delta, mode
        self.best, self.best_params = (np.inf if mode == "min" else 0.0), None
        self.waited = 0

    def step(self, value, params):
        gain = self.best - value if self.mode == "min" else value - self.best
        if gain > self.min_delta:
            self.best, self.waited = value, 0
            self.best_params = {name: np.copy(array) for name, array in params.items()}
        else:
            self.waited += 1
        return self.waited >= self.patience


@misconception(
    replaces="EarlyStopping",
    fails="EarlyStopping-nan",
    diagnosis=(
        "NaN becomes the best: it is asked whether the figure is no loss, and NaN is neither."
    ),
    hint="All comparisons with NaN are False. Which question should that answer with no?",
)
class takes_nan_for_a_gain:
    def __init__(self, patience, *, min_delta=0, mode="min"):
        self.patience, self.min_delta, self.mode = patience, min_delta, mode
        self.best, self.best_params = (np.inf if mode == "min" else -np.inf), None
        self.waited = 0

    def step(self, value, params):
        gain = self.best - value if self.mode == "min" else value - self.best
        if not gain <= self.min_delta:
            self.best, self.waited = value, 0
            self.best_params = {name: np.copy(array) for name, array in params.items()}
        else:
            self.waited += 1
        return self.waited >= self.patience


@misconception(
    replaces="EarlyStopping",
    fails="EarlyStopping-nan",
    diagnosis="NaN is left out: it does not count as a step without a gain.",
    hint="A training that gives NaN for ever: when does yours stop?",
)
class skips_nan:
    def __init__(self, patience, *, min_delta=0, mode="min"):
        self.patience, self.min_delta, self.mode = patience, min_delta, mode
        self.best, self.best_params = (np.inf if mode == "min" else -np.inf), None
        self.waited = 0

    def step(self, value, params):
        gain = self.best - value if self.mode == "min" else value - self.best
        if np.isnan(value):
            return False
        if gain > self.min_delta:
            self.best, self.waited = value, 0
            self.best_params = {name: np.copy(array) for name, array in params.items()}
        else:
            self.waited += 1
        return self.waited >= self.patience


@misconception(
    replaces="EarlyStopping",
    fails="EarlyStopping-copy",
    diagnosis="The dict of the best weights is kept, not a copy: it changes with the training.",
    hint="Training writes into the same arrays. Is best_params another dict, with other arrays?",
)
class keeps_the_dict_itself:
    def __init__(self, patience, *, min_delta=0, mode="min"):
        self.patience, self.min_delta, self.mode = patience, min_delta, mode
        self.best, self.best_params = (np.inf if mode == "min" else -np.inf), None
        self.waited = 0

    def step(self, value, params):
        gain = self.best - value if self.mode == "min" else value - self.best
        if gain > self.min_delta:
            self.best, self.waited = value, 0
            self.best_params = params
        else:
            self.waited += 1
        return self.waited >= self.patience


@misconception(
    replaces="EarlyStopping",
    fails="EarlyStopping-copy",
    diagnosis="The copy is shallow: a new dict with the same arrays, which training writes into.",
    hint="dict(params) and params.copy() hold the same arrays. Copy these too.",
)
class copies_the_dict_alone:
    def __init__(self, patience, *, min_delta=0, mode="min"):
        self.patience, self.min_delta, self.mode = patience, min_delta, mode
        self.best, self.best_params = (np.inf if mode == "min" else -np.inf), None
        self.waited = 0

    def step(self, value, params):
        gain = self.best - value if self.mode == "min" else value - self.best
        if gain > self.min_delta:
            self.best, self.waited = value, 0
            self.best_params = dict(params)
        else:
            self.waited += 1
        return self.waited >= self.patience


@misconception(
    replaces="EarlyStopping",
    fails="EarlyStopping-best EarlyStopping-nan EarlyStopping-copy",
    diagnosis="The weights of the last step are kept, whether it was the best or not.",
    hint="When do you write best_params?",
)
class keeps_the_last_weights:
    def __init__(self, patience, *, min_delta=0, mode="min"):
        self.patience, self.min_delta, self.mode = patience, min_delta, mode
        self.best, self.best_params = (np.inf if mode == "min" else -np.inf), None
        self.waited = 0

    def step(self, value, params):
        gain = self.best - value if self.mode == "min" else value - self.best
        self.best_params = {name: np.copy(array) for name, array in params.items()}
        if gain > self.min_delta:
            self.best, self.waited = value, 0
        else:
            self.waited += 1
        return self.waited >= self.patience
