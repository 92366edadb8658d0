"""What the API server shows, judged: Kubernetes objects and events in, a verdict with its causes out. Pure."""
