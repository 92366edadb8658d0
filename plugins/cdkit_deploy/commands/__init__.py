"""The commands `history`, `status` and `rollback`, on the records in the cluster."""
