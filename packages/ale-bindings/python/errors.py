"""Errors that the parent process turns into its own."""


class RequestError(Exception):
    """A request that cannot be met: `code` and `argument` are the parent's."""

    def __init__(self, code, message, argument=None):
        super().__init__(message)
        self.code = code
        self.argument = argument
