"""The only modules that import docker, kubernetes and git, and talk to the world; one client a port."""
