"""Networks that can be trained: those in NumPy here, those in torch in their own module.

Layers and sizes are those of the tables in :mod:`cnnkit.architectures`, where a net has one there.
Importing this loads NumPy alone; :mod:`cnnkit.models.torch_nets` loads torch.
"""

from cnnkit.models.configured import build_model
from cnnkit.models.numpy_nets import LeNet5, LeNetLike, NormNet

__all__ = ["LeNet5", "LeNetLike", "NormNet", "build_model"]
