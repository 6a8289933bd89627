"""Work in several processes."""

import pytest

from kgbuild.errors import OntologyError
from kgbuild.link.processes import in_processes


def test_results_come_in_the_order_of_the_names():
    assert in_processes(len, ["a", "bbb", "cc"], 2) == [1, 3, 2]


def test_a_process_that_dies_is_one_clear_error():
    with pytest.raises(OntologyError, match="most likely for want of memory"):
        in_processes(eval, ["__import__('os')._exit(1)"], 1)
