"""The error of this package."""


class DataError(RuntimeError):
    """A failure to load a data set; the text names the failure, its place and a remedy."""
