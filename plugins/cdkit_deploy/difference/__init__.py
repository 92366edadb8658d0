"""What applying manifests would change, field by field: the live objects against a dry run of the server."""

from cdkit_deploy.difference.fields import field_changes
from cdkit_deploy.difference.masking import Fingerprint
from cdkit_deploy.difference.objects import ApplyPolicy, planned_changes

__all__ = ["ApplyPolicy", "Fingerprint", "field_changes", "planned_changes"]
