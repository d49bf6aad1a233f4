"""The jobs of the daemon: plain functions of the app and a moment, run once a slot by whichever engine there is."""
