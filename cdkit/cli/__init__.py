"""The command line: one file a command. This room alone knows all the others, and wires them together."""
