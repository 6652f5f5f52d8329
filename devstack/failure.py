"""The one way a command of this package ends badly: a sentence on standard error and exit 1."""


class Failed(SystemExit):
    """Ends the process with its sentence; Python prints it and exits 1."""
