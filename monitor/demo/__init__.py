"""What the demonstration needs instead of the outside world: a platform, its HTTP interface, and a catcher of mails."""
