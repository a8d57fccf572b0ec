"""The arithmetic library, behind its public functions, over whole arrays of points.

Source: libsecp256k1's public headers, through the wheel btclib-secp256k1.  A point here is one
`secp256k1_pubkey`, 64 opaque bytes; many are an array of shape (N, 64), best from
`workers.shared`.  The point at infinity has no such form: what can be infinite is said apart.

Two shortcuts look inside the opaque bytes (writing a point out, and turning its sign): they are
used only if the self-test at import finds the layout they expect; else the library is asked.
The library answers a structure it cannot read through a callback, which the wheel installs and
which `_library_spoke` reads after every pass over an array.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import repeat
from typing import Any, Final

import numpy as np
from btclib_secp256k1 import ffi, lib
from btclib_secp256k1.context import check as _library_spoke
from btclib_secp256k1.context import ctx
from numpy.typing import NDArray

from ballot.sealing.workers import Octets, shared

Points = Octets  # shape (N, 64)

ORDER: Final = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
FIELD: Final = 2**256 - 2**32 - 977
GENERATOR: Final = bytes.fromhex(
    "0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798"
)
_COMPRESSED: Final = 258  # SECP256K1_EC_COMPRESSED
_FIELD_LIMBS: Final = tuple(FIELD >> 64 * limb & 2**64 - 1 for limb in range(4))


class NotAPoint(ValueError):
    """Bytes that are no point of the curve; `row` says which, the first of them."""

    def __init__(self, row: int) -> None:
        super().__init__(f"Row {row} is no point of the curve.")
        self.row = row


def parse_points(wire: Octets, out: Points | None = None) -> Points:
    """Read compressed points (N, 33), into `out` if given, refusing whatever is none.

    Raises: NotAPoint, with the first bad row.
    """
    points = shared((len(wire), 64)) if out is None else out
    read = try_points(wire, points)
    if not all(read):
        raise NotAPoint(read.index(0))
    return points


def try_points(wire: Octets, out: Points) -> bytes:
    """Read compressed points (N, 33) into `out`; say of each row, 1 or 0, whether it is one.

    33 bytes with 02 or 03 before a coordinate below the field's order: the library takes nothing
    else of this length, so a point has one spelling (sealing §3.1).
    Cost: a square root (5 µs) a point.
    """
    wire = np.ascontiguousarray(wire)
    into, source = _structs(out), _octets(wire)
    parse = lib.secp256k1_ec_pubkey_parse
    return bytes(
        parse(ctx, into + row, source + at, 33)
        for row, at in enumerate(range(0, 33 * len(wire), 33))
    )


def write_points(points: Points) -> Octets:
    """Write points as (N, 33) compressed."""
    return (_write_by_layout if LAYOUT_IS_KNOWN else _write_by_library)(points)


def _write_by_layout(points: Points) -> Octets:
    wire = np.empty((len(points), 33), np.uint8)
    wire[:, 0] = 2 + (points[:, 32] & 1)
    wire[:, 1:] = points[:, 31::-1]
    return wire


def _write_by_library(points: Points) -> Octets:
    points = np.ascontiguousarray(points)
    wire = np.empty((len(points), 33), np.uint8)
    into, size = _octets(wire), ffi.new("size_t *", 33)
    for row in range(len(points)):
        lib.secp256k1_ec_pubkey_serialize(
            ctx, into + 33 * row, size, _structs(points) + row, _COMPRESSED
        )
    _library_spoke()
    return wire


def negated(points: Points) -> Points:
    """Give the points of opposite sign."""
    return (_negated_by_layout if LAYOUT_IS_KNOWN else _negated_by_library)(points)


def _negated_by_layout(points: Points) -> Points:
    turned = np.ascontiguousarray(points).copy()
    limbs = turned.view(np.uint64)
    borrow = np.zeros(len(points), np.uint64)
    for limb, of_field in enumerate(_FIELD_LIMBS):
        # y is not zero on this curve, so p - y never needs reducing.
        y = limbs[:, 4 + limb].copy()
        difference = np.uint64(of_field) - y
        limbs[:, 4 + limb] = difference - borrow
        borrow = ((y > np.uint64(of_field)) | (difference < borrow)).astype(np.uint64)
    return turned


def _negated_by_library(points: Points) -> Points:
    turned = np.ascontiguousarray(points).copy()
    for row in range(len(turned)):
        lib.secp256k1_ec_pubkey_negate(ctx, _structs(turned) + row)
    _library_spoke()
    return turned


def add_rows(terms: Octets, out: Points) -> None:
    """Add up the points of each row of `terms` (N, K, 64) into `out` (N, 64).

    Cost:   one addition (0.26 to 0.4 µs) a point, and one inversion (2.5 µs) a row.
    Raises: ArithmeticError if a sum is infinite: callers use it where that cannot happen but by
            a chance of 2**-250, or by a mistake.
    """
    rows, width = terms.shape[:2]
    finite = add_runs(terms.reshape(-1, 64), range(0, rows * width, width), repeat(width), out)
    if not all(finite):
        raise ArithmeticError("A sum of points is infinite.")


def add_runs(terms: Points, starts: Iterable[int], sizes: Iterable[int], out: Points) -> bytes:
    """Add up runs of consecutive points into the rows of `out`; say of each whether it is finite.

    An infinite sum leaves 64 zero bytes in its row.
    """
    into, pointers = _structs(out), _pointers(terms)
    combine = lib.secp256k1_ec_pubkey_combine
    finite = bytes(
        combine(ctx, into + row, pointers + start, size)
        for row, (start, size) in enumerate(zip(starts, sizes, strict=False))
    )
    _library_spoke()
    return finite


def add_addressed(terms: NDArray[np.uintp], out: Points) -> None:
    """Add up, for each row of `out`, the points that lie at a row of addresses (N, K).

    The caller keeps alive, and in place, what the addresses point at.
    Raises: ArithmeticError if a sum is infinite.
    """
    rows, width = terms.shape
    into, pointers = _structs(out), ffi.from_buffer("secp256k1_pubkey *[]", terms)
    combine = lib.secp256k1_ec_pubkey_combine
    finite = bytes(
        combine(ctx, into + row, pointers + start, width)
        for row, start in enumerate(range(0, rows * width, width))
    )
    _library_spoke()
    if not all(finite):
        raise ArithmeticError("A sum of points is infinite.")


def addresses(points: Octets) -> NDArray[np.uintp]:
    """Give the addresses of points (…, 64) that lie end to end, in the shape of their array."""
    first, count = points.ctypes.data, points.size // 64
    where = np.arange(first, first + 64 * count, 64, dtype=np.uintp)
    return where.reshape(points.shape[:-1])


def add(*terms: bytes | None) -> bytes | None:
    """Add single points (64 bytes each, or None for infinity)."""
    finite = [term for term in terms if term is not None]
    if not finite:
        return None
    rows = np.frombuffer(b"".join(finite), np.uint8).reshape(-1, 64)
    out = np.zeros((1, 64), np.uint8)
    return out.tobytes() if add_runs(rows, [0], [len(finite)], out)[0] else None


def times(point: bytes | None, scalar: int) -> bytes | None:
    """Multiply a single point, in time that depends on the scalar: for public scalars alone."""
    scalar %= ORDER
    if point is None or scalar == 0:
        return None
    product = ffi.new("secp256k1_pubkey *")
    ffi.memmove(product, point, 64)
    lib.secp256k1_ec_pubkey_tweak_mul(ctx, product, scalar.to_bytes(32, "big"))
    _library_spoke()
    return bytes(ffi.buffer(product))


def times_plus_base(point: bytes, scalar: int, of_base: int) -> bytes | None:
    """Give scalar·point + of_base·G, for public scalars alone."""
    scalar, of_base = scalar % ORDER, of_base % ORDER
    if scalar == 0:
        return times(G, of_base)
    total = ffi.new("secp256k1_pubkey *")
    ffi.memmove(total, point, 64)
    lib.secp256k1_ec_pubkey_tweak_mul(ctx, total, scalar.to_bytes(32, "big"))
    finite = lib.secp256k1_ec_pubkey_tweak_add(ctx, total, of_base.to_bytes(32, "big"))
    _library_spoke()
    return bytes(ffi.buffer(total)) if finite else None


def base_times(scalar: int) -> bytes:
    """Multiply the generator by a scalar from 1 below the order, in constant time."""
    product = ffi.new("secp256k1_pubkey *")
    if not lib.secp256k1_ec_pubkey_create(ctx, product, scalar.to_bytes(32, "big")):
        raise ArithmeticError("A scalar is zero.")
    return bytes(ffi.buffer(product))


def secret_times(points: Points, secret: int, out: Points) -> None:
    """Multiply each point by one secret, in constant time, into `out`.

    The library's key agreement is its one constant-time multiplication of any point; the copying
    hash function hands the product over whole (sealing §11.3).  Cost: 35 to 60 µs a point.
    """
    key = secret.to_bytes(32, "big")
    wire = np.empty((len(points), 65), np.uint8)
    wire[:, 0] = 4  # The one uncompressed prefix; 06 and 07 are other spellings of the same.
    into, source = _octets(wire), _structs(points)
    multiply, whole = lib.secp256k1_ecdh, lib.btclib_secp256k1_ecdh_hash_function_xy
    done = bytes(
        multiply(ctx, into + at, source + row, key, whole, ffi.NULL)
        for row, at in enumerate(range(1, 65 * len(points), 65))
    )
    _library_spoke()
    if not all(done):
        raise ArithmeticError("A secret is zero.")
    _read_uncompressed(wire, out)


def secret_answer(nonce: int, challenge: int, secret: int) -> int:
    """Give nonce + challenge·secret, in constant time but for what Python does with numbers."""
    answer = ffi.new("unsigned char[]", secret.to_bytes(32, "big"))
    done = lib.secp256k1_ec_seckey_tweak_mul(ctx, answer, challenge.to_bytes(32, "big"))
    if not (done and lib.secp256k1_ec_seckey_tweak_add(ctx, answer, nonce.to_bytes(32, "big"))):
        raise ArithmeticError("A secret, or an answer with it, is zero.")
    return int.from_bytes(ffi.buffer(answer, 32)[:], "big")


def secret_times_one(point: bytes, secret: int) -> bytes:
    """Multiply one point by a secret, in constant time."""
    rows = np.frombuffer(point, np.uint8).reshape(1, 64)
    out = np.zeros((1, 64), np.uint8)
    secret_times(rows, secret, out)
    return out.tobytes()


def _read_uncompressed(wire: Octets, out: Points) -> None:
    if LAYOUT_IS_KNOWN:
        out[:, :32] = wire[:, 32:0:-1]
        out[:, 32:] = wire[:, 64:32:-1]
        return
    into, source = _structs(out), _octets(wire)
    for row in range(len(wire)):
        lib.secp256k1_ec_pubkey_parse(ctx, into + row, source + 65 * row, 65)


def make_keypairs(secrets: Octets) -> tuple[Octets, Octets]:
    """Make BIP 340 key pairs (N, 96), opaque, and their x-only public keys (N, 32)."""
    secrets = np.ascontiguousarray(secrets)
    pairs = np.zeros((len(secrets), 96), np.uint8)
    public = np.empty((len(secrets), 32), np.uint8)
    into, source = ffi.from_buffer("secp256k1_keypair[]", pairs), _octets(secrets)
    written, x_only = _octets(public), ffi.new("secp256k1_xonly_pubkey *")
    for row in range(len(secrets)):
        if not lib.secp256k1_keypair_create(ctx, into + row, source + 32 * row):
            raise ArithmeticError("A secret is zero, or not below the order.")
        lib.secp256k1_keypair_xonly_pub(ctx, x_only, ffi.NULL, into + row)
        lib.secp256k1_xonly_pubkey_serialize(ctx, written + 32 * row, x_only)
    _library_spoke()
    return pairs, public


def sign_rows(pairs: Octets, messages: bytes, auxiliary: Octets) -> Octets:
    """Sign messages of 32 bytes each, end to end, by BIP 340: signatures (N, 64)."""
    auxiliary = np.ascontiguousarray(auxiliary)
    signatures = np.empty((len(pairs), 64), np.uint8)
    into, keys = _octets(signatures), ffi.from_buffer("secp256k1_keypair[]", pairs)
    said, aside = ffi.from_buffer("unsigned char[]", messages), _octets(auxiliary)
    sign = lib.secp256k1_schnorrsig_sign32
    done = bytes(
        sign(ctx, into + 64 * row, said + 32 * row, keys + row, aside + 32 * row)
        for row in range(len(pairs))
    )
    _library_spoke()
    if not all(done):
        raise ArithmeticError("A message could not be signed.")
    return signatures


def points_from_stream(stream: bytes, out: Points) -> None:
    """Turn each 64 bytes of a stream into a point whose logarithm nobody knows (BIP 324)."""
    into, source = _structs(out), ffi.from_buffer("unsigned char[]", stream)
    for row in range(len(out)):
        lib.secp256k1_ellswift_decode(ctx, into + row, source + 64 * row)


def read_point(wire: bytes) -> bytes:
    """Read one compressed point.  Raises: NotAPoint."""
    point = ffi.new("secp256k1_pubkey *")
    if len(wire) != 33 or not lib.secp256k1_ec_pubkey_parse(ctx, point, wire, 33):
        raise NotAPoint(0)
    return bytes(ffi.buffer(point))


def write_point(point: bytes) -> bytes:
    """Write one point compressed."""
    return write_points(np.frombuffer(point, np.uint8).reshape(1, 64)).tobytes()


def _structs(points: Points) -> Any:
    return ffi.from_buffer("secp256k1_pubkey[]", points)


def _octets(rows: Octets) -> Any:
    return ffi.from_buffer("unsigned char[]", rows)


def _pointers(points: Points) -> Any:
    """Give an array of pointers, one to each row; cffi keeps the pointers alive, not the rows."""
    return ffi.from_buffer("secp256k1_pubkey *[]", addresses(points))


def _layout_is_known() -> bool:
    """Test at import that a point is x then y, 32 bytes each, least significant byte first.

    Also that the library reports a structure it cannot read, instead of ending the process.
    """
    first = read_point(GENERATOR)
    _library_reports_nonsense()
    rows = np.frombuffer(b"".join(base_times(k) for k in (1, 2, 5**99 % ORDER)), np.uint8)
    rows = rows.reshape(-1, 64)
    x = int.from_bytes(first[:32], "little")
    y = int.from_bytes(first[32:], "little")
    return (
        x == int.from_bytes(GENERATOR[1:], "big")
        and (y * y - x * x * x - 7) % FIELD == 0
        and np.array_equal(_write_by_layout(rows), _write_by_library(rows))
        and np.array_equal(_negated_by_layout(rows), _negated_by_library(rows))
    )


def _library_reports_nonsense() -> None:
    try:
        _negated_by_library(np.zeros((1, 64), np.uint8))
    except ValueError:
        return
    raise ImportError("The arithmetic library does not report a structure it cannot read.")


LAYOUT_IS_KNOWN: Final = _layout_is_known()
G: Final = read_point(GENERATOR)
