"""Benchmarks, run by ``scripts/bench NAME``; never as timed tests."""
