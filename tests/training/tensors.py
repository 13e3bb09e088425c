"""What tests of tensors share; a module that imports this one is skipped where torch is not installed."""

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="needs the extra 'train'")
torch.set_num_threads(1)  # tests run side by side


def tensor(values, *, grad: bool = False):
    """The same numbers in the same precision, in memory of their own."""
    return torch.tensor(values).requires_grad_(grad)


def agree(found, wanted: np.ndarray) -> None:
    """They are the same but for rounding."""
    assert found.shape == wanted.shape
    np.testing.assert_allclose(found.detach().numpy(), wanted, rtol=1e-9, atol=1e-9)
