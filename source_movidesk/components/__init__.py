"""What the manifest cannot say in YAML: one module per concern, each opening with the quirk it exists for."""
