"""The files by which build servers take cdkit in, made from the options of the steps: one source for all of them."""
