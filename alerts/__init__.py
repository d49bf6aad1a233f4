"""Who should hear of a late item, and the delivery of what they should hear."""
