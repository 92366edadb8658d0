"""Writers: one module a form in which manifests can be written down."""
