"""Training, for models in NumPy and in torch alike.

:func:`fit` is the loop that the chapters go on with; torch is loaded only where a model is torch's.
"""

from cnnkit.training.ablation import run_ablation
from cnnkit.training.early_stopping import EarlyStopping
from cnnkit.training.fitting import fit
from cnnkit.training.measures import confusion_matrix, evaluate, predict
from cnnkit.training.plain import train
from cnnkit.training.saliency import occlusion_map

__all__ = [
    "EarlyStopping",
    "confusion_matrix",
    "evaluate",
    "fit",
    "occlusion_map",
    "predict",
    "run_ablation",
    "train",
]
