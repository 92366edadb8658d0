"""What was deployed, kept in the cluster itself: one record a revision, so that any build server can read on."""
