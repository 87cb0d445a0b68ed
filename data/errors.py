"""The one error of this package."""


class DataError(RuntimeError):
    """A data set could not be loaded; the text says what happened, where, and what to do."""
