"""Runs measures over shards, here: in this thread, in threads, or in processes.

    Task(shard, plan) -> Result, states on disk       merge(states, states) -> states

Work is cut into the corpus's shards and merged in their order, so every layout gives the same digits.
"""

from outcross.engine.local import Layout, run_tasks
from outcross.engine.merging import Merged, merge_results
from outcross.engine.task import Plan, Result, run_task

__all__ = ["Layout", "Merged", "Plan", "Result", "merge_results", "run_task", "run_tasks"]
