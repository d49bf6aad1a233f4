"""Benchmarks: each figure stands next to its limit, the same work done bare in the same run.

Times differ from machine to machine, ratios much less; so an aim is a ratio where there is a bare way to compare with.
"""
