"""The errors of this package."""


class DataError(RuntimeError):
    """A failure to load a data set; the text names the failure, its place and a remedy."""


class UnknownSet(DataError, ValueError):
    """A name that is neither that of a set nor a path."""
