"""JavaScript and TypeScript: package.json, and what the program shows."""
