"""Who runs us: one file a build server, and `detect`, which finds the one."""
