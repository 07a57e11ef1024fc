"""Sealing, tokens and tip codes."""

from datetime import UTC, datetime, timedelta

import pytest

from appeal.rules.errors import CannotOpen
from appeal.sealing import (
    LETTERS,
    LOCAL_BITS,
    beside,
    check_token,
    code_hash,
    code_identity,
    code_recipient,
    keyed_hash,
    make_identity,
    new_token,
    normalise_code,
    open_sealed,
    recipient_of,
    seal,
    tip_code,
    tip_code_hash,
    tip_id,
)

SECRET = b"a secret of the public application"
NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
HOUR = 3600.0


@pytest.mark.parametrize("data", [b"", b"seen at the station", bytes(range(256)) * 5000])
def test_what_was_sealed_opens_again(data: bytes) -> None:
    secret, recipient = make_identity()
    assert open_sealed(seal(data, [recipient]), [secret]) == data


def test_each_of_two_recipients_opens_alone() -> None:
    desk, recovery, stranger = make_identity(), make_identity(), make_identity()
    sealed = seal(b"words", [desk.recipient, recovery.recipient])
    assert open_sealed(sealed, [desk.secret]) == b"words"
    assert open_sealed(sealed, [stranger.secret, recovery.secret]) == b"words"
    with pytest.raises(CannotOpen):
        open_sealed(sealed, [stranger.secret])


def test_sealed_bytes_are_an_age_file_without_the_words() -> None:
    sealed = seal(b"seen at the station", [make_identity().recipient])
    assert sealed.startswith(b"age-encryption.org/v1\n-> X25519 ")
    assert b"station" not in sealed


@pytest.mark.parametrize("place", [0, 30, 100, -1])
def test_one_changed_byte_is_noticed(place: int) -> None:
    secret, recipient = make_identity()
    sealed = bytearray(seal(b"words", [recipient]))
    sealed[place] ^= 1
    with pytest.raises(CannotOpen):
        open_sealed(bytes(sealed), [secret])


def test_a_cut_file_is_noticed() -> None:
    secret, recipient = make_identity()
    with pytest.raises(CannotOpen):
        open_sealed(seal(b"words" * 50000, [recipient])[:-70000], [secret])


def test_no_key_opens_nothing() -> None:
    with pytest.raises(CannotOpen):
        open_sealed(seal(b"words", [make_identity().recipient]), [])
    with pytest.raises(CannotOpen):
        open_sealed(b"", ["not a key"])


def test_sealing_for_nobody_is_refused() -> None:
    with pytest.raises(ValueError, match="no recipient"):
        seal(b"words", [])
    with pytest.raises(ValueError, match="not an age recipient"):
        seal(b"words", ["nobody"])


def test_a_secret_is_never_in_the_repr() -> None:
    identity = make_identity()
    assert identity.secret not in f"{identity!r} {identity} {[identity]}"
    assert recipient_of(identity.secret) == identity.recipient


def test_a_token_is_good_for_its_time_only() -> None:
    token = new_token(SECRET, NOW)
    assert check_token(SECRET, token, NOW, HOUR)
    assert check_token(SECRET, token, NOW + timedelta(hours=1), HOUR)
    assert not check_token(SECRET, token, NOW + timedelta(hours=1, seconds=1), HOUR)
    assert not check_token(SECRET, token, NOW - timedelta(hours=1), HOUR)
    assert not check_token(b"another secret", token, NOW, HOUR)


def test_tokens_are_url_safe_and_differ() -> None:
    tokens = {new_token(SECRET, NOW) for _ in range(100)}
    assert len(tokens) == 100
    assert all(token.replace("-", "").replace("_", "").isalnum() for token in tokens)


@pytest.mark.parametrize("spoil", ["", "x", "é" * 55, "A" * 55, "=" * 56])
def test_what_is_no_token_is_refused(spoil: str) -> None:
    assert not check_token(SECRET, spoil, NOW, HOUR)


def test_no_changed_letter_passes() -> None:
    token = new_token(SECRET, NOW)
    for place, letter in enumerate(token):
        other = "A" if letter != "A" else "B"
        assert not check_token(SECRET, token[:place] + other + token[place + 1 :], NOW, HOUR)


def test_a_token_always_gives_the_same_id_and_code() -> None:
    token, other = new_token(SECRET, NOW), new_token(SECRET, NOW)
    assert (tip_id(token), tip_code(token)) == (tip_id(token), tip_code(token))
    assert tip_id(token) != tip_id(other)
    assert tip_code(token) != tip_code(other)
    assert tip_code_hash(token) == code_hash(tip_code(token))
    assert 0 < tip_id(token) < 2**63
    with pytest.raises(ValueError, match="not a token"):
        tip_id("no token")


def test_tips_of_one_hour_lie_side_by_side_and_what_belongs_to_a_tip_beside_it() -> None:
    at_once = [tip_id(new_token(SECRET, NOW)) for _ in range(200)]
    assert len({number >> LOCAL_BITS for number in at_once}) == 1
    assert tip_id(new_token(SECRET, NOW + timedelta(hours=1))) >> LOCAL_BITS != at_once[0] >> LOCAL_BITS
    for tip in at_once:
        near = beside(tip, keyed_hash(b"key", str(tip)))
        assert (near >> LOCAL_BITS, near != tip) == (tip >> LOCAL_BITS, True)
        assert 0 < near < 2**63


def test_a_known_token_gives_known_values_for_ever() -> None:
    token = "AAECAwQFBgcICQoLDA0ODxAREhMAaAAAAAAAAAAAAAAAAAAAAAAAAAA"
    assert (tip_id(token), tip_code(token)) == (KNOWN_ID, KNOWN_CODE)
    assert code_recipient(KNOWN_CODE) == KNOWN_RECIPIENT


def test_a_code_has_five_groups_and_a_check_letter() -> None:
    groups = tip_code(new_token(SECRET, NOW)).split("-")
    assert [len(group) for group in groups] == [4, 4, 4, 4, 4, 1]
    assert set("".join(groups)) <= set(LETTERS)


def test_a_typed_code_is_forgiven_case_spaces_and_look_alikes() -> None:
    code = normalise_code(with_check("0011ABCD2345EFGH6789"))
    assert code is not None
    for typed in (code.lower(), code.replace("-", " "), code.replace("-", ""), f"  {code}\n", code.replace("-", "–")):
        assert normalise_code(typed) == code
    assert normalise_code(code.replace("0", "O").replace("1", "l", 1).replace("1", "i")) == code


def test_every_single_mistyped_letter_is_found() -> None:
    code = tip_code(new_token(SECRET, NOW)).replace("-", "")
    for place, letter in enumerate(code):
        for other in LETTERS:
            if other != letter:
                assert normalise_code(code[:place] + other + code[place + 1 :]) is None


@pytest.mark.parametrize("typed", ["", "ABCD", "U" * 21, "A" * 500, "🔑" * 21])
def test_what_is_no_code_is_none(typed: str) -> None:
    assert normalise_code(typed) is None
    with pytest.raises(ValueError, match="not a tip code"):
        code_hash(typed)


def test_the_code_opens_what_the_desk_answers() -> None:
    code = tip_code(new_token(SECRET, NOW))
    sealed = seal(b"Thank you. Which way did he go?", [code_recipient(code)])
    assert open_sealed(sealed, [code_identity(code.lower())]) == b"Thank you. Which way did he go?"
    with pytest.raises(CannotOpen):
        open_sealed(sealed, [code_identity(tip_code(new_token(SECRET, NOW)))])


def test_code_hash_forgives_like_the_code() -> None:
    code = tip_code(new_token(SECRET, NOW))
    assert code_hash(code.lower().replace("-", "")) == code_hash(code)
    assert code_hash(code) != code_hash(tip_code(new_token(SECRET, NOW)))


def test_keyed_hash_tells_parts_and_keys_apart() -> None:
    assert keyed_hash(b"key", "x", "1") == keyed_hash(b"key", "x", "1")
    assert len({keyed_hash(b"key", "ab", "c"), keyed_hash(b"key", "a", "bc"), keyed_hash(b"k", "ab", "c")}) == 3


def with_check(letters: str) -> str:
    return next(letters + last for last in LETTERS if normalise_code(letters + last))


KNOWN_ID = 22308258244892209
KNOWN_CODE = "GYT4-BF8A-HC0E-XHZZ-GE9Y-Z"
KNOWN_RECIPIENT = "age14ckm2aew9wtlannmyc6gpdklss8cm7japu8qyr264km2cyygfa8sguq6zv"
