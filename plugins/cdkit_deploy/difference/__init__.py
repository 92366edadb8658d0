"""What applying manifests would change, field by field: the live objects against a dry run of the server."""

from cdkit_deploy.difference.fields import field_changes
from cdkit_deploy.difference.masking import Fingerprint

__all__ = ["Fingerprint", "field_changes"]
