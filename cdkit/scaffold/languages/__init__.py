"""One module a language. Each looks into a folder and gives a `Language`, or None where there is nothing of it."""
