"""A client of a dask cluster. Not to be imported where distributed may be missing."""

from distributed import Client


class PatientClient(Client):
    """One that leaves in silence where it has never been connected."""

    def __del__(self) -> None:
        # Of an address that is none, distributed leaves a client that is still about to connect.
        # To close it takes 20 s, and ends in a traceback.
        if self.status != "connecting":
            super().__del__()
