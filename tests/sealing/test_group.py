"""Points, scalars, tables and sums, held against slow arithmetic (sealing §3, §11)."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from ballot.canonical import transcript_hash
from ballot.sealing import generators as generators_module
from ballot.sealing import native, sums, tables
from ballot.sealing.generators import generators
from ballot.sealing.native import ORDER
from ballot.sealing.scalars import (
    Limbs,
    first_too_large,
    random_rows,
    random_scalar,
    random_scalars,
    read_scalars,
    write_scalars,
)
from ballot.sealing.setting import BoxName, Setting, check_name
from tests.sealing import plain
from tests.sealing.making import refusal, rng

VECTORS = Path(__file__).parent.parent / "vectors"
scalars = st.integers(1, ORDER - 1)
edges = st.sampled_from([1, 2, 3, ORDER - 1, ORDER - 2, 2**255, 2**128])


def points_of(numbers):
    """Give number·G for each, as an array of native points."""
    joined = b"".join(native.base_times(number) for number in numbers)
    return np.frombuffer(joined, np.uint8).reshape(-1, 64).copy()


def shown(point):
    return None if point is None else native.write_point(point)


def slow(number):
    point = plain.times(number, plain.G)
    return None if point is None else plain.write(point)


@settings(max_examples=25)
@given(scalars | edges, scalars | edges)
def test_points_add_and_multiply_as_slow_arithmetic_says(a, b):
    # sealing §3.1
    assert shown(native.base_times(a)) == slow(a)
    assert shown(native.add(native.base_times(a), native.base_times(b))) == slow(a + b)
    assert shown(native.times(native.base_times(a), b)) == slow(a * b)
    assert shown(native.times_plus_base(native.base_times(a), b, a)) == slow(a * b + a)
    assert native.secret_times_one(native.base_times(a), b) == native.base_times(a * b % ORDER)


def test_infinity_is_said_apart_and_never_written():
    one, minus_one = native.base_times(1), native.base_times(ORDER - 1)
    assert native.add() is native.add(None) is native.add(one, minus_one) is None
    assert native.times(one, ORDER) is native.times(None, 5) is None
    assert native.times_plus_base(one, 1, ORDER - 1) is None
    assert native.times_plus_base(one, 0, 0) is None
    assert native.times_plus_base(one, 0, 2) == native.base_times(2)
    with pytest.raises(ArithmeticError):
        native.base_times(0)
    with pytest.raises(ArithmeticError):
        native.secret_times_one(one, 0)
    with pytest.raises(ArithmeticError):
        native.add_rows(points_of([1, ORDER - 1]).reshape(1, 2, 64), np.zeros((1, 64), np.uint8))


@pytest.mark.parametrize(
    "wire",
    [
        b"\x04" + bytes(31) + b"\x01",
        b"\x06" + bytes(31) + b"\x01",
        b"\x00" + bytes(32),
        b"\x02" + bytes(31) + b"\x05",
        b"\x02" + plain.P.to_bytes(32, "big"),
        b"\x02" + (plain.P + 1).to_bytes(32, "big"),
        b"\x02" + bytes(32),
        b"",
        b"\x04" + plain.G[0].to_bytes(32, "big") + plain.G[1].to_bytes(32, "big"),
    ],
)
def test_bytes_that_are_no_point_are_refused(wire):
    # sealing §3.1: x = 5 and x = 0 are on no point; x = 1 is, and p + 1 would be another spelling.
    assert native.read_point(b"\x02" + bytes(31) + b"\x01")
    with pytest.raises(native.NotAPoint):
        native.read_point(wire)


def test_the_first_bad_row_is_named():
    rows = np.frombuffer(b"".join(slow(k) for k in range(1, 6)), np.uint8).reshape(5, 33).copy()
    assert np.array_equal(native.write_points(native.parse_points(rows)), rows)
    rows[3, 0] = rows[4, 0] = 9
    with pytest.raises(native.NotAPoint) as refused:
        native.parse_points(rows)
    assert refused.value.row == 3


def test_the_library_and_the_layout_agree_and_nonsense_is_reported(monkeypatch):
    points = points_of([1, 2, 3, ORDER - 1, 12345])
    assert native.LAYOUT_IS_KNOWN
    expected = (native.write_points(points), native.negated(points))
    secret = np.zeros_like(points)
    native.secret_times(points, 7, secret)

    monkeypatch.setattr(native, "LAYOUT_IS_KNOWN", False)
    assert np.array_equal(native.write_points(points), expected[0])
    assert np.array_equal(native.negated(points), expected[1])
    again = np.zeros_like(points)
    native.secret_times(points, 7, again)
    assert np.array_equal(again, secret)
    with pytest.raises(ValueError, match="illegal"):
        native.add_rows(np.zeros((1, 2, 64), np.uint8), np.zeros((1, 64), np.uint8))
    monkeypatch.setattr(native, "_negated_by_library", lambda points: points)
    with pytest.raises(ImportError):
        native._library_reports_nonsense()


def test_an_unknown_layout_is_found_out(monkeypatch):
    monkeypatch.setattr(native, "read_point", lambda wire: native.G[::-1])
    assert not native._layout_is_known()


def test_key_pairs_and_signatures_refuse_a_zero_secret():
    with pytest.raises(ArithmeticError):
        native.make_keypairs(np.zeros((1, 32), np.uint8))
    one = np.zeros((1, 32), np.uint8)
    one[0, 31] = 1
    pairs, public = native.make_keypairs(one)
    assert public.tobytes() == slow(1)[1:]
    assert native.sign_rows(pairs, bytes(32), one).tobytes() == plain.bip340_sign(
        bytes(32), 1, one.tobytes()
    )
    with pytest.raises(ValueError, match="illegal"):
        native.sign_rows(np.zeros((1, 96), np.uint8), bytes(32), one)


def test_a_signature_that_was_not_made_is_not_passed_on(monkeypatch):
    one = np.ones((1, 32), np.uint8)
    pairs, _ = native.make_keypairs(one)
    assert native.sign_rows(pairs, bytes(32), one).any()
    silent = SimpleNamespace(secp256k1_schnorrsig_sign32=lambda *_: 0)
    monkeypatch.setattr(native, "lib", silent)
    with pytest.raises(ArithmeticError):
        native.sign_rows(pairs, bytes(32), one)


@given(scalars, scalars, scalars)
def test_a_secret_answer_is_nonce_plus_challenge_times_secret(k, e, x):
    assume((k + e * x) % ORDER != 0)
    assert native.secret_answer(k, e, x) == (k + e * x) % ORDER


def test_a_secret_answer_is_never_zero():
    with pytest.raises(ArithmeticError):
        native.secret_answer(ORDER - 6, 2, 3)
    with pytest.raises(ArithmeticError):
        native.secret_answer(5, 0, 3)


def test_random_scalars_pass_over_zero_and_what_is_too_large():
    # sealing §3.3
    outside = [bytes(32), ORDER.to_bytes(32, "big"), b"\xff" * 32]
    inside = [ORDER - 1, 1, 5]
    stream = b"".join(
        [outside[0], inside[0].to_bytes(32, "big"), outside[1], outside[2]]
        + [number.to_bytes(32, "big") for number in inside[1:]]
    )

    def replay():
        at = 0

        def draw(size):
            nonlocal at
            at += size
            return stream[at - size : at]

        return draw

    assert random_scalars(replay(), 3) == inside
    assert read_scalars(random_rows(replay(), 3)) == inside
    assert random_scalar(rng()) == random_scalars(rng(), 1)[0]


def test_the_first_scalar_that_is_too_large_is_named():
    # sealing §3.2
    assert first_too_large([]) is first_too_large([ORDER - 1, 0]) is None
    assert first_too_large([0, ORDER, ORDER + 1]) == 1


@given(st.lists(st.integers(0, 2**256 - 1), min_size=1, max_size=4), st.integers(1, 31))
def test_digits_put_together_give_the_number(numbers, window):
    limbs = Limbs(write_scalars(numbers))
    together = np.zeros(len(numbers), object)
    for k in range(-(-256 // window)):
        together += limbs.digit(k, window).astype(object) << window * k
    assert together.tolist() == numbers


@pytest.mark.parametrize("window", [4, 7, 13])
def test_tables_multiply_as_the_library_does(window):
    # sealing §11.2
    base = native.base_times(99)
    table = tables.FixedBase(base, window)
    numbers = [1, 2, 2**window - 1, ORDER - 1, *random_scalars(rng(), 8)]
    out = np.zeros((len(numbers), 64), np.uint8)
    tables.add_products([(table, write_scalars(numbers))], None, out)
    assert [row.tobytes() for row in out] == [native.times(base, k) for k in numbers]

    other = points_of([5] * len(numbers))
    tables.add_products([(table, write_scalars(numbers))] * 2, other, out)
    expected = [native.add(native.times(base, 2 * k), native.base_times(5)) for k in numbers]
    assert [row.tobytes() for row in out] == expected
    with pytest.raises(ArithmeticError):
        tables.add_products([(table, write_scalars([0]))], None, out[:1])
    with pytest.raises(ArithmeticError):
        tables._sure(None)


def test_tables_are_kept_and_only_grow(monkeypatch):
    monkeypatch.setattr(tables, "_tables", {})
    bases = [native.base_times(k) for k in range(2, 8)]
    small = tables.fixed_base(bases[0], 10)
    assert tables.fixed_base(bases[0], 5) is small
    large = tables.fixed_base(bases[0], 5_000)
    assert large.window > small.window
    assert tables.fixed_base(bases[0], 10) is large
    for base in bases[1:]:
        tables.fixed_base(base, 1)
    assert list(tables._tables) == bases[-4:]


@pytest.mark.parametrize("count", [1, 5, 149, 150, 700])
@pytest.mark.parametrize("width", [16, 20, 32])
def test_a_weighted_sum_is_what_adding_one_by_one_gives(count, width):
    # sealing §11.1
    logarithms = [3 * row + 1 for row in range(count)]
    points = points_of(logarithms)
    numbers = np.frombuffer(rng()(width * count), np.uint8).reshape(count, width)
    expected = sum(a * b for a, b in zip(logarithms, read_scalars(numbers, width), strict=True))
    assert shown(sums.weighted_sum(points, numbers)) == slow(expected)
    pair = sums.weighted_sums([points, points[::-1].copy()], numbers)
    backwards = sum(
        a * b for a, b in zip(logarithms[::-1], read_scalars(numbers, width), strict=True)
    )
    assert [shown(one) for one in pair] == [slow(expected), slow(backwards)]
    assert shown(sums.plain_sum(points)) == slow(sum(logarithms))


def test_infinite_buckets_and_infinite_sums_are_no_trouble():
    # Each point stands beside its opposite with the same number: every bucket is infinite.
    half = points_of(range(1, 201))
    points = np.concatenate([half, native.negated(half)])
    numbers = write_scalars(list(range(1, 201)) * 2, 16)
    assert sums.weighted_sum(points, numbers) is None
    assert sums.plain_sum(points) is None
    assert sums.weighted_sum(points, np.zeros((400, 16), np.uint8)) is None
    points[0] = points_of([1000])[0]
    assert shown(sums.weighted_sum(points, numbers)) == slow(999)


def test_a_worker_shared_sum_agrees():
    count = 3_000
    points = np.tile(points_of(range(1, 31)), (100, 1))
    numbers = np.frombuffer(rng()(16 * count), np.uint8).reshape(count, 16)
    told = []
    one = sums.weighted_sum(points, numbers)
    two = sums.weighted_sum(points, numbers, processes=2, progress=lambda *at: told.append(at))
    assert one == two
    assert told[-1][0] == told[-1][1]


def test_generators_are_derived_by_bip_324_and_kept(monkeypatch):
    # sealing §3.5
    monkeypatch.setattr(generators_module, "_made", [])
    seed = transcript_hash("generators")
    first = generators(3)
    stream = plain.stream(seed, 64 * 5)
    expected = [plain.write(plain.ellswift(stream[64 * i : 64 * i + 64])) for i in range(5)]
    assert [row.tobytes() for row in native.write_points(first)] == expected[:3]
    more = generators(5)
    assert [row.tobytes() for row in native.write_points(more)] == expected
    assert np.array_equal(generators(2), more[:2])


def test_elligator_swift_agrees_with_the_published_vectors():
    # sealing §3.5
    for case in json.loads((VECTORS / "sealing-ellswift.json").read_text())["cases"]:
        out = np.zeros((1, 64), np.uint8)
        native.points_from_stream(bytes.fromhex(case["u"] + case["t"]), out)
        written = native.write_points(out).tobytes()
        parity = int(case["t"], 16) % 2
        assert written.hex() == f"{2 + parity:02x}" + case["x"]
        assert written == plain.write(plain.ellswift(bytes.fromhex(case["u"] + case["t"])))


def test_a_setting_needs_a_hash_and_a_key():
    # sealing §3.4
    key = native.write_point(native.base_times(7))
    assert Setting(bytes(32), key).point == native.base_times(7)
    assert refusal(Setting, bytes(31), key).condition == "setting.fingerprint"
    assert refusal(Setting, bytes(32), bytes(33)).condition == "setting.key"


@pytest.mark.parametrize("name", ["", "x" * 65, "é" * 33, "e\u0301", "\ud800"])
def test_a_name_is_short_and_in_composed_form(name):
    check_name("é" * 32)
    assert refusal(check_name, name).condition == "name"


def test_a_box_name_has_each_section_once_in_order():
    # sealing §7.1
    assert BoxName("leader", ("é", "z", "a")).sections == ("a", "z", "é")
    assert BoxName("leader", ("a",), "unit 7").parts() == ("leader", 1, "a", "unit 7")
    assert refusal(BoxName, "leader", ()).condition == "name.sections"
    assert refusal(BoxName, "leader", ("a", "a")).condition == "name.sections"
    assert refusal(BoxName, "", ("a",)).condition == "name"
    assert refusal(BoxName, "leader", ("",)).condition == "name"
    assert refusal(BoxName, "leader", ("a",), "x" * 65).condition == "name"
