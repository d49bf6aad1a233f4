"""Formal letters (督办通知单, 督办函): facts, words, numbers, how they are set, and their register."""
