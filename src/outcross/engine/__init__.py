"""Runs measures over shards, here: in this thread, in threads, or in processes.

    run_task(shard, plan) -> Result, its states       Merged.take(result), in the order of the corpus

Work is cut into the corpus's shards and merged in their order, so every layout gives the same digits.
"""

from outcross.engine.local import Layout, run_tasks
from outcross.engine.merging import Merged
from outcross.engine.task import Plan, Result, run_task

__all__ = ["Layout", "Merged", "Plan", "Result", "run_task", "run_tasks"]
