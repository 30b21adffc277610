"""One profile for the property tests: the same examples on every run, and no time limit."""

from hypothesis import settings

settings.register_profile("cnnkit", deadline=None, max_examples=40, derandomize=True, database=None)
settings.load_profile("cnnkit")
