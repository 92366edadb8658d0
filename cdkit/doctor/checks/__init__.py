"""What is looked at: each a function of the place, which gives findings and changes nothing."""
