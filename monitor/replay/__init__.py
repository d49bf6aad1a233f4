"""The recorded history walked again with the present configuration: what would have been sent, before it is."""
