"""Logistic regression of a few features, with a normal prior on some of their weights."""

import numpy as np
import torch
from numpy.typing import NDArray

__all__ = ["fit_logistic"]


def fit_logistic(
    features: NDArray[np.float64], target: NDArray[np.bool_], precision: NDArray[np.float64]
) -> NDArray[np.float64]:
    """The likeliest weights, (n_features,), under a normal prior of mean 0 and this precision; 0 for none.

    features: (n, n_features), with a column of ones for a bias; target: (n,); precision: (n_features,).

    >>> rows = np.array([[-1.0, 1.0], [1.0, 1.0], [-1.0, 1.0], [1.0, 1.0]])
    >>> slope, bias = fit_logistic(rows, np.array([False, True, True, True]), np.array([1.0, 0.0]))
    >>> bool(0 < slope < bias)
    True
    """
    rows = torch.from_numpy(np.ascontiguousarray(features, dtype=np.float64))
    wanted, prior = torch.from_numpy(target.astype(np.float64)), torch.from_numpy(precision)
    weights = torch.zeros(rows.shape[1], dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.LBFGS([weights], max_iter=500, line_search_fn="strong_wolfe")

    def closure() -> torch.Tensor:  # what is ignored in it, and behind it, torch has no types for
        optimizer.zero_grad()
        loss = torch.nn.functional.binary_cross_entropy_with_logits(rows @ weights, wanted, reduction="sum")
        loss = (loss + (prior * weights.square()).sum() / 2) / max(len(rows), 1)
        loss.backward()  # type: ignore[no-untyped-call]
        return loss

    optimizer.step(closure)  # type: ignore[no-untyped-call]
    return weights.detach().numpy()
