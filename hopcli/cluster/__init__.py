"""Several machines: dask.distributed lives here and nowhere else."""
