"""Tests of the pure kernels."""
