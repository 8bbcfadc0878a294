"""LLVM instructions on vectors, which intrinsics of several kernels are made of."""

from llvmlite import ir
from numba.core import cgutils

INT, BYTE = ir.IntType(32), ir.IntType(8)


def arrays(context, builder, signature, arguments):
    """Return the first arguments of an intrinsic as arrays."""
    return [
        context.make_array(kind)(context, builder, array)
        for kind, array in zip(signature.args, arguments, strict=False)
    ]


def data(context, builder, kind, array):
    """Return a pointer to the first element of an array."""
    return context.make_array(kind)(context, builder, array).data


def shuffled(builder, one, other, lanes):
    """Return a vector of these lanes of two vectors, those of the second counted on."""
    chosen = ir.Constant(ir.VectorType(INT, len(lanes)), lanes)
    return builder.shuffle_vector(one, other, chosen)


def broadcast(builder, value, kind):
    """Return a vector with the same value in all lanes."""
    undefined = ir.Constant(kind, ir.Undefined)
    first = builder.insert_element(undefined, value, INT(0))
    return shuffled(builder, first, undefined, [0] * kind.count)


def folded(builder, vector, combine):
    """Return all lanes of a vector combined to one value, half and half again."""
    while (half := vector.type.count // 2) > 0:
        undefined = ir.Constant(vector.type, ir.Undefined)
        low, high = list(range(half)), list(range(half, 2 * half))
        halves = [shuffled(builder, vector, undefined, lanes) for lanes in (low, high)]
        vector = combine(*halves)
    return builder.extract_element(vector, INT(0))


def prefetch(builder, pointer, locality=3):
    """Have the cache line that this points into fetched, to be read soon.

    Locality 3 keeps it in all levels of the cache, 2 in all but the first.
    """
    address = BYTE.as_pointer()
    kind = ir.FunctionType(ir.VoidType(), [address, INT, INT, INT])
    function = cgutils.get_or_insert_function(builder.module, kind, "llvm.prefetch.p0")
    to_read, of_data = INT(0), INT(1)
    arguments = [builder.bitcast(pointer, address), to_read, INT(locality), of_data]
    builder.call(function, arguments)
