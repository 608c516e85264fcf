"""Tests of what the benchmarks conclude from what they see."""
