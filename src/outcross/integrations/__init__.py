"""Where generations come from and go to: plain Python, a training loop, an experiment tracker.

recording       `outcross.record_generation`, `outcross.track_lineage`: paths, or texts in memory
transformers    `RecordGeneration`, a callback of transformers' Trainer (extra `trainer`)
mlflow          `log_track`, `log_generation` (extra `mlflow`)
"""
