"""Correct solutions of chapter 07 in different styles: all must get full marks."""

STYLES: dict[str, dict[str, str]] = {}

_GEOMETRY = """
    (kh, kw), (sh, sw) = pair(kernel, "kernel", 1), pair(stride, "stride", 1)
    (ph, pw), (dh, dw) = pair(padding, "padding", 0), pair(dilation, "dilation", 1)
    Ho, Wo = shapes.conv2d_shape(
        H, W, (kh, kw), stride=stride, padding=padding, dilation=dilation)
"""
_IM2COL = (
    """
def im2col(x, kernel, *, stride=1, padding=0, dilation=1):
    N, C, H, W = x.shape
"""
    + _GEOMETRY
    + """
    xp = np.zeros((N, C, H + 2 * ph, W + 2 * pw), x.dtype)
    xp[:, :, ph : ph + H, pw : pw + W] = x
"""
)

STYLES["im2col"] = {
    "window by window": _IM2COL
    + """
    cols = np.empty((N, C * kh * kw, Ho * Wo), x.dtype)
    for i in range(Ho):
        for j in range(Wo):
            window = xp[:, :, i * sh : i * sh + dh * (kh - 1) + 1 : dh,
                        j * sw : j * sw + dw * (kw - 1) + 1 : dw]
            cols[:, :, i * Wo + j] = window.reshape(N, C * kh * kw)
    return cols
""",
    "number by number": '''
def im2col(x, kernel, *, stride=1, padding=0, dilation=1):
    """No padded copy: what is outside stays zero."""
    N, C, H, W = x.shape
'''
    + _GEOMETRY
    + """
    cols = np.zeros((N, C * kh * kw, Ho * Wo), dtype=x.dtype)
    for n, c, a, e, i, j in np.ndindex(N, C, kh, kw, Ho, Wo):
        row, column = i * sh - ph + a * dh, j * sw - pw + e * dw
        if 0 <= row < H and 0 <= column < W:
            cols[n, (c * kh + a) * kw + e, i * Wo + j] = x[n, c, row, column]
    return cols
""",
    "sliding_window_view": _IM2COL
    + """
    reach = (dh * (kh - 1) + 1, dw * (kw - 1) + 1)
    view = np.lib.stride_tricks.sliding_window_view(xp, reach, axis=(2, 3))
    view = view[:, :, ::sh, ::sw, ::dh, ::dw].transpose(0, 1, 4, 5, 2, 3)
    return np.array(view).reshape(N, C * kh * kw, Ho * Wo)
""",
    "as_strided": _IM2COL
    + """
    n, c, h, w = xp.strides
    view = np.lib.stride_tricks.as_strided(
        xp, (N, C, kh, kw, Ho, Wo), (n, c, h * dh, w * dw, h * sh, w * sw), writeable=False)
    return view.copy().reshape(N, C * kh * kw, Ho * Wo)
""",
    "fancy indices": _IM2COL
    + """
    rows = np.arange(kh)[:, None, None, None] * dh + np.arange(Ho)[:, None] * sh
    columns = np.arange(kw)[:, None, None] * dw + np.arange(Wo) * sw
    return xp[:, :, rows, columns].reshape(N, C * kh * kw, Ho * Wo)
""",
    "a list of taps": _IM2COL
    + """
    def seen(a, e):
        lines = xp[:, :, a * dh :: sh, e * dw :: sw][:, :, :Ho, :Wo]
        return lines.reshape(N, C, Ho * Wo)

    taps = [seen(a, e) for a in range(kh) for e in range(kw)]
    return np.stack(taps, axis=2).reshape(N, C * kh * kw, Ho * Wo)
""",
}

_LAYER = """
def conv2d_im2col(x, w, b=None, *, stride=1, padding=0, dilation=1):
    (N, C, H, W), (O, Cw, kh, kw) = x.shape, w.shape
    if C != Cw:
        raise ValueError(f"w has {Cw} channels, x has {C}")
    kinds = [np.float64 if a.dtype.kind in "biu" else a.dtype for a in (x, w, b) if a is not None]
    dtype = np.result_type(*kinds)
    x, w = x.astype(dtype), w.astype(dtype)
    options = dict(stride=stride, padding=padding, dilation=dilation)
    Ho, Wo = shapes.conv2d_shape(H, W, (kh, kw), **options)
"""
_WITH_BIAS = """
    if b is not None:
        y = y + b.astype(dtype).reshape(1, O, 1, 1)
    return y
"""
_FRAME = """
    (sh, sw), (ph, pw) = pair(stride, "stride", 1), pair(padding, "padding", 0)
    dh, dw = pair(dilation, "dilation", 1)
    xp = np.zeros((N, C, H + 2 * ph, W + 2 * pw), dtype)
    xp[:, :, ph : ph + H, pw : pw + W] = x
"""

STYLES["conv2d_im2col"] = {
    "one product for the whole batch": _LAYER
    + """
    cols = ops.im2col(x, (kh, kw), **options).transpose(1, 0, 2).reshape(C * kh * kw, N * Ho * Wo)
    y = (w.reshape(O, -1) @ cols).reshape(O, N, Ho, Wo).swapaxes(0, 1)
"""
    + _WITH_BIAS,
    "image by image, a row of ones for the bias": _LAYER
    + """
    y = np.empty((N, O, Ho, Wo), dtype)
    bias = np.zeros((O, 1), dtype) if b is None else b.astype(dtype)[:, None]
    filters = np.hstack([w.reshape(O, -1), bias])
    for n in range(N):
        cols = ops.im2col(x[n : n + 1], (kh, kw), **options)[0]
        cols = np.vstack([cols, np.ones((1, Ho * Wo), dtype)])
        y[n] = (filters @ cols).reshape(O, Ho, Wo)
    return y
""",
    "einsum over the columns": _LAYER
    + """
    cols = ops.im2col(x, (kh, kw), **options)
    y = np.einsum("ok,nkl->nol", w.reshape(O, -1), cols).reshape(N, O, Ho, Wo)
"""
    + _WITH_BIAS,
    "my own im2col": _LAYER
    + """
    cols = im2col(x, (kh, kw), **options)
    y = np.matmul(w.reshape(1, O, -1), cols).reshape(N, O, Ho, Wo)
"""
    + _WITH_BIAS,
    "windows as rows": _LAYER
    + """
    rows = ops.im2col(x, (kh, kw), **options).transpose(0, 2, 1)
    y = rows @ w.reshape(O, -1).T
    if b is not None:
        y += b
    return y.transpose(0, 2, 1).reshape(N, O, Ho, Wo)
""",
    "sliding windows and tensordot": _LAYER
    + _FRAME
    + """
    reach = (dh * (kh - 1) + 1, dw * (kw - 1) + 1)
    view = np.lib.stride_tricks.sliding_window_view(xp, reach, axis=(2, 3))
    view = view[:, :, ::sh, ::sw, ::dh, ::dw]
    y = np.tensordot(view, w, axes=((1, 4, 5), (1, 2, 3))).transpose(0, 3, 1, 2)
"""
    + _WITH_BIAS,
    "a loop over the taps": _LAYER
    + _FRAME
    + """
    y = np.zeros((N, O, Ho, Wo), dtype)
    for a in range(kh):
        for e in range(kw):
            seen = xp[:, :, a * dh :: sh, e * dw :: sw][:, :, :Ho, :Wo]
            y += np.tensordot(seen, w[:, :, a, e], axes=(1, 1)).transpose(0, 3, 1, 2)
"""
    + _WITH_BIAS,
    "scipy correlate2d": _LAYER
    + _FRAME
    + """
    from scipy.signal import correlate2d

    spread = np.zeros((O, C, dh * (kh - 1) + 1, dw * (kw - 1) + 1), dtype)
    spread[:, :, ::dh, ::dw] = w
    y = np.zeros((N, O, Ho, Wo), dtype)
    for n, o, c in np.ndindex(N, O, C):
        y[n, o] += correlate2d(xp[n, c], spread[o, c], mode="valid")[::sh, ::sw]
"""
    + _WITH_BIAS,
}

_COL2IM = (
    """
def col2im(cols, x_shape, kernel, *, stride=1, padding=0, dilation=1):
    N, C, H, W = x_shape
"""
    + _GEOMETRY
    + """
    if cols.shape != (N, C * kh * kw, Ho * Wo):
        raise ValueError(f"cols has shape {cols.shape}")
    if cols.dtype.kind in "biu":
        cols = cols.astype(float)
"""
)

STYLES["col2im"] = {
    "number by number": _COL2IM
    + """
    x = np.zeros(x_shape, cols.dtype)
    for n, c, a, e, i, j in np.ndindex(N, C, kh, kw, Ho, Wo):
        row, column = i * sh - ph + a * dh, j * sw - pw + e * dw
        if 0 <= row < H and 0 <= column < W:
            x[n, c, row, column] += cols[n, (c * kh + a) * kw + e, i * Wo + j]
    return x
""",
    "window by window": _COL2IM
    + """
    xp = np.zeros((N, C, H + 2 * ph, W + 2 * pw), cols.dtype)
    for i in range(Ho):
        for j in range(Wo):
            xp[:, :, i * sh : i * sh + dh * (kh - 1) + 1 : dh,
               j * sw : j * sw + dw * (kw - 1) + 1 : dw] += cols[:, :, i * Wo + j].reshape(
                   N, C, kh, kw)
    return xp[:, :, ph : ph + H, pw : pw + W].copy()
""",
    "add.at on fancy indices": _COL2IM
    + """
    rows = np.arange(kh)[:, None, None, None] * dh + np.arange(Ho)[:, None] * sh
    columns = np.arange(kw)[:, None, None] * dw + np.arange(Wo) * sw
    xp = np.zeros((N, C, H + 2 * ph, W + 2 * pw), cols.dtype)
    np.add.at(xp, (slice(None), slice(None), rows, columns), cols.reshape(N, C, kh, kw, Ho, Wo))
    return xp[:, :, ph : H + ph, pw : W + pw]
""",
    "im2col of the pixels' numbers, and bincount": '''
def col2im(cols, x_shape, kernel, *, stride=1, padding=0, dilation=1):
    """Let im2col say where each number of the columns comes from."""
    size = int(np.prod(x_shape))
    pixels = np.arange(1, size + 1).reshape(x_shape)
    places = ops.im2col(pixels, kernel, stride=stride, padding=padding, dilation=dilation)
    if places.shape != cols.shape:
        raise ValueError(f"{cols.shape} is not {places.shape}")
    sums = np.bincount(places.ravel(), cols.ravel().astype(float), size + 1)[1:]
    return sums.reshape(x_shape).astype(cols.dtype if cols.dtype.kind == "f" else float)
''',
    "im2col as a matrix, transposed": """
def col2im(cols, x_shape, kernel, *, stride=1, padding=0, dilation=1):
    options = dict(stride=stride, padding=padding, dilation=dilation)
    N, C, H, W = x_shape
    units = np.eye(C * H * W).reshape(C * H * W, C, H, W)
    matrix = ops.im2col(units, kernel, **options)  # what becomes of each pixel alone
    if cols.shape != (N, *matrix.shape[1:]):
        raise ValueError("no columns of such images")
    x = np.tensordot(cols, matrix, axes=((1, 2), (1, 2))).reshape(x_shape)
    return x.astype(cols.dtype) if cols.dtype.kind == "f" else x
""",
}

_BACKWARD = """
def conv2d_backward_im2col(dy, x, w, *, stride=1, padding=0, dilation=1):
    (N, C, H, W), (O, Cw, kh, kw) = x.shape, w.shape
    options = dict(stride=stride, padding=padding, dilation=dilation)
    Ho, Wo = shapes.conv2d_shape(H, W, (kh, kw), **options)
    if C != Cw or dy.shape != (N, O, Ho, Wo):
        raise ValueError("shapes do not go together")
    dtype = np.result_type(*[np.float64 if a.dtype.kind in "biu" else a.dtype for a in (dy, x, w)])
    dy, x, w = dy.astype(dtype), x.astype(dtype), w.astype(dtype)
"""

STYLES["conv2d_backward_im2col"] = {
    "einsum": _BACKWARD
    + """
    cols, maps = ops.im2col(x, (kh, kw), **options), dy.reshape(N, O, Ho * Wo)
    dw = np.einsum("nol,nkl->ok", maps, cols).reshape(w.shape)
    dcols = np.einsum("ok,nol->nkl", w.reshape(O, C * kh * kw), maps)
    dx = ops.col2im(dcols, x.shape, (kh, kw), **options)
    return dx, dw, np.einsum("noij->o", dy)
""",
    "image by image": _BACKWARD
    + """
    dx, dw, db = np.zeros_like(x), np.zeros_like(w), np.zeros(O, dtype)
    filters = w.reshape(O, C * kh * kw)
    for n in range(N):
        maps, cols = dy[n].reshape(O, Ho * Wo), ops.im2col(x[n : n + 1], (kh, kw), **options)[0]
        dw += (maps @ cols.T).reshape(w.shape)
        db += maps.sum(axis=1)
        dx[n : n + 1] = ops.col2im((filters.T @ maps)[None], (1, C, H, W), (kh, kw), **options)
    return dx, dw, db
""",
    "the whole batch as one matrix": _BACKWARD
    + """
    cols = ops.im2col(x, (kh, kw), **options).transpose(1, 0, 2).reshape(C * kh * kw, N * Ho * Wo)
    maps = dy.transpose(1, 0, 2, 3).reshape(O, N * Ho * Wo)
    dcols = (w.reshape(O, C * kh * kw).T @ maps).reshape(C * kh * kw, N, Ho * Wo).swapaxes(0, 1)
    return (ops.col2im(dcols, x.shape, (kh, kw), **options),
            (maps @ cols.T).reshape(w.shape), maps.sum(axis=1))
""",
    "tensordot, with functions of my own": _BACKWARD
    + """
    cols, maps = im2col(x, (kh, kw), **options), dy.reshape(N, O, Ho * Wo)
    dw = np.tensordot(maps, cols, axes=((0, 2), (0, 2)))
    dcols = np.tensordot(w.reshape(O, C * kh * kw), maps, axes=(0, 1)).swapaxes(0, 1)
    return col2im(dcols, x.shape, (kh, kw), **options), dw.reshape(w.shape), dy.sum((0, 2, 3))
""",
    "the layer's matrix for dx": _BACKWARD
    + """
    spread_h, spread_w = pair(dilation, "dilation", 1)
    spread = np.zeros((O, C, spread_h * (kh - 1) + 1, spread_w * (kw - 1) + 1), dtype)
    spread[:, :, ::spread_h, ::spread_w] = w
    matrix = ops.conv_as_matrix(spread, H, W, stride=stride, padding=padding)
    dx = (dy.reshape(N, O * Ho * Wo) @ matrix).reshape(x.shape)
    rows = ops.im2col(x, (kh, kw), **options).transpose(0, 2, 1)
    return dx, np.sum(dy.reshape(N, O, Ho * Wo) @ rows, 0).reshape(w.shape), dy.sum((0, 2, 3))
""",
}

_MATRIX = """
def conv_as_matrix(w, H, W, *, stride=1, padding=0):
    (sh, sw), (ph, pw) = pair(stride, "stride", 1), pair(padding, "padding", 0)
    O, C, kh, kw = w.shape
    Ho, Wo = shapes.conv2d_shape(H, W, (kh, kw), stride=stride, padding=padding)
    w = w if w.dtype.kind == "f" else w.astype(float)
"""

STYLES["conv_as_matrix"] = {
    "entry by entry": _MATRIX
    + """
    matrix = np.zeros((O * Ho * Wo, C * H * W), w.dtype)
    for o, i, j, c, a, e in np.ndindex(O, Ho, Wo, C, kh, kw):
        row, column = i * sh - ph + a, j * sw - pw + e
        if 0 <= row < H and 0 <= column < W:
            matrix[(o * Ho + i) * Wo + j, (c * H + row) * W + column] = w[o, c, a, e]
    return matrix
""",
    "pads each row and cuts": _MATRIX
    + """
    matrix = np.zeros((O, Ho, Wo, C, H + 2 * ph, W + 2 * pw), w.dtype)
    for i in range(Ho):
        for j in range(Wo):
            matrix[:, i, j, :, i * sh : i * sh + kh, j * sw : j * sw + kw] = w
    return matrix[..., ph : ph + H, pw : pw + W].reshape(O * Ho * Wo, C * H * W)
""",
    "the layer on unit images": """
def conv_as_matrix(w, H, W, *, stride=1, padding=0):
    C = w.shape[1]
    units = np.eye(C * H * W, dtype=w.dtype).reshape(-1, C, H, W)
    responses = ops.conv2d(units, w, stride=stride, padding=padding)
    return responses.reshape(C * H * W, -1).T.copy()
""",
    "im2col on unit images": _MATRIX
    + """
    units = np.eye(C * H * W, dtype=w.dtype).reshape(C * H * W, C, H, W)
    cols = ops.im2col(units, (kh, kw), stride=(sh, sw), padding=(ph, pw))
    return np.tensordot(w.reshape(O, -1), cols, axes=(1, 1)).transpose(0, 2, 1).reshape(
        O * Ho * Wo, C * H * W)
""",
    "comparing coordinates": _MATRIX
    + """
    rows = np.arange(H) + ph - sh * np.arange(Ho)[:, None]  # which tap sees which row
    columns = np.arange(W) + pw - sw * np.arange(Wo)[:, None]
    by_row = (rows[..., None] == np.arange(kh)).astype(w.dtype)
    by_column = (columns[..., None] == np.arange(kw)).astype(w.dtype)
    matrix = np.einsum("iha,jwe,ocae->oijchw", by_row, by_column, w)
    return matrix.reshape(O * Ho * Wo, C * H * W)
""",
}
