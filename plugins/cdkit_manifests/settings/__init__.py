"""What the manifests shall say: the settings, where they can stand, and which of several stands."""
