"""A Kustomize base, and an overlay for each environment that says only what is different there.

https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/
"""

from cdkit_manifests.writers.kustomize.tree import files

__all__ = ["files"]
