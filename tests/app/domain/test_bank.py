from binascii import crc_hqx

from hypothesis import given
from hypothesis import strategies as st

from app.domain.bank import LETTERS, BankAccount, codes_in, confirmation_number, new_code, transfer_qr

ACCOUNT = BankAccount("970403", "0011012345678", "BUU DIEN THU")


def fields(text: str) -> dict[str, str]:
    found, at = {}, 0
    while at < len(text):
        length = int(text[at + 2 : at + 4])
        found[text[at : at + 2]] = text[at + 4 : at + 4 + length]
        at += 4 + length
    return found


def test_the_account_is_written_as_napas_prints_it_in_its_own_example() -> None:
    assert fields(transfer_qr(ACCOUNT, 180_000, "TNQ"))["38"] == (
        "0010A00000072701270006970403011300110123456780208QRIBFTTA"
    )


def test_a_transfer_has_its_sum_in_dong_and_its_code() -> None:
    code = new_code()
    read = fields(transfer_qr(ACCOUNT, 26_500, code))
    assert (read["01"], read["53"], read["54"], read["58"]) == ("12", "704", "26500", "VN")
    assert fields(read["62"]) == {"08": code}


def test_the_last_four_signs_check_all_before_them() -> None:
    text = transfer_qr(ACCOUNT, 26_500, new_code())
    assert text[-4:] == f"{crc_hqx(text[:-4].encode(), 0xFFFF):04X}"
    example = (
        "00020101021238570010A00000072701270006970403011300110123456780208QRIBFTTA"
        "530370454061800005802VN62340107NPS68690819thanh toan don hang6304"
    )
    assert f"{crc_hqx(example.encode(), 0xFFFF):04X}" == "2E2E"  # NAPAS' own


def test_a_code_is_short_enough_for_every_bank() -> None:
    code = new_code()
    assert len(code) <= 20
    assert code.isalnum()
    assert code == code.upper()


@given(st.text(max_size=30), st.text(max_size=30))
def test_a_code_is_found_whatever_a_bank_writes_around_it(before: str, behind: str) -> None:
    code = new_code()
    assert code in codes_in(f"{before} {code} {behind}")


def test_a_code_in_small_letters_or_with_blanks_is_the_same() -> None:
    code = new_code()
    assert codes_in(f"ck {code[:5].lower()} {code[5:].lower()} nguyen van a") == [code]


def test_one_wrong_letter_is_no_code() -> None:
    code = new_code()
    for at in range(3, 12):
        for letter in LETTERS:
            if letter != code[at]:
                assert codes_in(code[:at] + letter + code[at + 1 :]) == []


def test_a_confirmation_has_its_year_and_its_number() -> None:
    assert confirmation_number(2026, 7) == "CK26-000007"
