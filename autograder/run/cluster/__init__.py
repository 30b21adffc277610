"""The pool of a cluster: a batch on the workers of a dask.distributed scheduler."""

from autograder.run.cluster.connect import scheduler_of
from autograder.run.cluster.pool import ClusterPool

__all__ = ["ClusterPool", "scheduler_of"]
