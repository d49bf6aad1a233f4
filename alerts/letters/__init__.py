"""Formal letters (督办通知单, 督办函): their facts, words and numbers, how they are set, and the register they stand in."""
