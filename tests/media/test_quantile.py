"""The worker's own quantile is numpy's."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from autocut_tray.core.media.worker_quantile import quantile

shares = st.floats(0, 1)


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=40), shares)
def test_of_a_list(values: list[float], share: float) -> None:
    assert quantile(values, share) == pytest.approx(float(np.quantile(values, share)), rel=1e-9, abs=1e-9)


@given(arrays.arrays(np.uint8, st.tuples(st.integers(1, 6), st.integers(1, 6))), shares)
def test_of_a_picture(luma: np.ndarray, share: float) -> None:
    assert quantile(luma, share) == pytest.approx(float(np.quantile(luma, share)), abs=1e-6)


def test_it_reads_nothing_more() -> None:
    program = (
        "import sys; from autocut_tray.core.media.worker_quantile import quantile; "
        "before = set(sys.modules); quantile([3, 1, 2], 0.4); sys.exit(str(set(sys.modules) - before))"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert ran.stderr.strip() == "set()"
