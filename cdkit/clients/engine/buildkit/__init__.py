"""BuildKit, through a Docker client that speaks it: its sessions are gRPC, which the `docker` package does not know."""
