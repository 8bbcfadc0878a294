"""A client of a dask cluster; imported only where distributed is installed."""

from distributed import Client


class PatientClient(Client):
    """A client that is deleted silently where it has never been connected."""

    def __del__(self) -> None:
        # For an invalid address, distributed leaves a client that is still about to connect. To
        # close it takes 20 s, and ends in a traceback.
        if self.status != "connecting":
            super().__del__()
