"""What a mix's sources show: records, manifests and lineage of a workspace, as evidence for the gate."""
