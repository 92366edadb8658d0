"""A Helm chart: what people want to set, and what differs between environments, are its values.

https://helm.sh/docs/topics/charts/
"""

from cdkit_manifests.writers.helm.chart import files

__all__ = ["files"]
