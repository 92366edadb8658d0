"""Python: what packages say of themselves, and what the application is made with."""
