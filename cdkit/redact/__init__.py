"""Secret values become `***` before anybody sees them: whole, per line, and in the forms that tools give them."""

from cdkit.redact.redactor import MASK, Redactor
from cdkit.redact.urls import without_login

__all__ = ["MASK", "Redactor", "without_login"]
