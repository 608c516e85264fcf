"""Other booking systems from PyPI under the same workload, each in an environment of its own."""
