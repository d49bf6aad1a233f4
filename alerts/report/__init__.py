"""The weekly report: figures (pure) and the forms they are shown in."""
