"""The console script as a module, so that a test can start it with the interpreter it runs on."""

from monitor.cli import main

if __name__ == "__main__":
    main()
