"""Correct solutions of chapter 00 in different styles: all must get full marks."""

STYLES = {
    "mirror": {
        "loop over columns": """
def mirror(image):
    result = image.copy()
    for column in range(image.shape[2]):
        result[:, :, column] = image[:, :, image.shape[2] - 1 - column]
    return result
""",
        "list of columns": """
def mirror(image):
    return image[..., list(range(image.shape[2]))[::-1]]
""",
        "take": """
def mirror(image):
    return np.take(image, np.arange(image.shape[2])[::-1], axis=2)
""",
        "rows as lists": """
def mirror(image):
    return np.array([[row[::-1] for row in colour] for colour in image], image.dtype)
""",
        "stack": """
def mirror(image):
    return np.stack([image[..., -1 - j] for j in range(image.shape[2])], axis=2)
""",
    }
}
