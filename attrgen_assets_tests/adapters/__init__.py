"""Tests of everything that does input and output, against real files and real servers."""
