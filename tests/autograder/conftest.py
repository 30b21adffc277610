"""Pupils for the tests of what they can and cannot do."""

import pytest
from nurseries import Nursery

from autograder.run.limits import Limits
from autograder.run.remote import Pupil


@pytest.fixture(scope="module")
def connect(tmp_path_factory):
    nursery = Nursery(tmp_path_factory.mktemp("nursery"))
    yield nursery
    nursery.stop()


@pytest.fixture
def pupil(connect):
    pupil = Pupil(connect, Limits())
    yield pupil
    pupil.stop()
