"""Reading a project's files safely, and putting together what the readers find in them."""
