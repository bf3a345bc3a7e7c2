import pytest

from app.domain.checklist import papers_of_case
from app.services.reference.procedures import NEVER_BY_POST, ProcedureEntry, read_procedures
from tests.factories.procedure import make_paper

READ = read_procedures()
BY_CODE = {procedure.code: procedure for procedure in READ.procedures}
EACH = pytest.mark.parametrize("procedure", READ.procedures, ids=lambda procedure: procedure.code)


def by_post(code: str, *keys: str) -> list[int]:
    """The line numbers that the courier's checklist shows for a case."""
    papers = [make_paper(paper.line, need=paper.need, case_keys=paper.postal_keys) for paper in BY_CODE[code].papers]
    return [paper.line for paper in papers_of_case(papers, keys)]


def test_24_procedures_are_known_as_samples() -> None:
    assert len(BY_CODE) == 24
    assert READ.sample
    assert sum(len(procedure.papers) for procedure in READ.procedures) == 139


@pytest.mark.parametrize(
    ("keys", "lines"),
    [
        (("giay_chung_sinh",), [1, 3, 9]),
        (("no_giay_chung_sinh",), [1, 4, 9]),
        (("no_giay_chung_sinh_and_no_witness",), [1, 5, 9]),
        (("abandoned_child",), [1, 6, 9]),
        (("giay_chung_sinh", "surrogacy"), [1, 3, 7, 9]),
        (("giay_chung_sinh", "submitted_by_proxy", "database_lookup_fails"), [1, 3, 8, 9, 10]),
    ],
)
def test_a_birth_is_registered_with_exactly_the_papers_of_its_case(keys: tuple[str, ...], lines: list[int]) -> None:
    assert by_post("1.001193", *keys) == lines


@pytest.mark.parametrize(
    ("code", "keys", "lines"),
    [
        ("1.000656", ("giay_bao_tu",), [1, 3, 6]),
        ("1.000656", ("died_long_ago_no_giay_bao_tu", "last_residence_unknown"), [1, 4, 6, 8]),
        ("2.000635", ("individual",), [1, 5]),
        ("2.000635", ("organisation",), [2, 5]),
        ("1.004884", ("old_birth_copy",), [1, 3, 7]),
        ("1.004884", ("no_old_birth_copy",), [1, 4, 7]),
        ("1.001612", ("one_person",), [1, 5]),  # the copy of the consignment slip, always by post
        ("1.001612", ("household_members", "proxy_person"), [1, 2, 3, 5]),
        ("1.001776", ("monthly_allowance",), [1]),  # what is only shown at the counter is not asked for at the door
        ("1.001776", ("care_support", "cared_person_without_allowance"), [2, 3, 4]),
        ("3.000333", ("self",), [1, 5, 7]),
        ("3.000333", ("proxy_or_parent", "proxy_not_parent_spouse_child"), [2, 5, 6, 7]),
        ("1.012784", (), [1, 2, 3, 4]),
        ("1.001653", (), [1]),
    ],
)
def test_each_case_has_exactly_its_papers(code: str, keys: tuple[str, ...], lines: list[int]) -> None:
    assert by_post(code, *keys) == lines


@EACH
def test_a_paper_of_another_channel_is_never_asked_for_at_the_door(procedure: ProcedureEntry) -> None:
    every_key = [option.key for question in procedure.questions for option in question.options]
    shown = by_post(procedure.code, *every_key)
    for paper in procedure.papers:
        assert (paper.line in shown) == (not NEVER_BY_POST & set(paper.case_keys))


@EACH
def test_every_paper_of_a_case_says_so_in_words(procedure: ProcedureEntry) -> None:
    for paper in procedure.papers:
        if set(paper.postal_keys) - {"direct_or_post"}:
            assert paper.case_label


@EACH
def test_what_the_post_may_not_carry_says_where_to_go_instead(procedure: ProcedureEntry) -> None:
    assert bool(procedure.refusal) == (not procedure.carried)
    assert (procedure.in_service_from is None) == (not procedure.carried)
    if procedure.refusal:
        assert "Xin " in procedure.refusal


def test_residence_licences_and_certification_are_not_carried_nor_what_needs_the_person() -> None:
    refused = {code for code, procedure in BY_CODE.items() if not procedure.carried}
    residence, marriage, disability = {"1.004222", "1.004194", "1.010038"}, {"1.000894"}, {"1.001699"}
    assert refused == residence | marriage | disability | {"2.000815", "2.000884", "3.000347"}


def test_a_fee_that_the_province_sets_is_unknown_and_not_free() -> None:
    free = {code for code, procedure in BY_CODE.items() if procedure.state_fee == 0}
    assert free == {"1.001193", "1.000894", "1.001699", "1.011607"}
    assert BY_CODE["1.000656"].state_fee is None
    assert BY_CODE["2.000635"].state_fee == 8_000


def test_a_time_whose_unit_nobody_read_has_none() -> None:
    assert (BY_CODE["1.004873"].time_value, BY_CODE["1.004873"].time_unit) == (3, None)
    assert (BY_CODE["1.013978"].time_value, BY_CODE["1.013978"].time_unit) == (None, None)
    assert BY_CODE["1.001612"].time_unit == "ngày làm việc"


def test_originals_are_due_with_the_result_for_civil_status_and_land() -> None:
    due = {code for code, procedure in BY_CODE.items() if procedure.originals_due}
    civil = {"1.001193", "1.000656", "1.004873", "2.000635", "1.004884", "1.004859"}
    assert due == civil | {"1.013978", "1.013831", "1.012784"}


def test_a_shown_identity_paper_of_civil_status_goes_as_a_certified_copy_and_may_be_looked_up() -> None:
    identity = BY_CODE["1.001193"].papers[8]
    assert (identity.mode, identity.certified_by_post, identity.in_database) == ("present", True, True)


def test_unknown_numbers_of_copies_stay_unknown() -> None:
    proxy = BY_CODE["1.001612"].papers[2]
    assert (proxy.originals, proxy.copies) == (None, None)


def test_a_declaration_is_no_paper() -> None:
    declared = BY_CODE["1.004873"].papers[3]
    assert (declared.mode, declared.originals, declared.copies) == ("declare", 0, 0)


def test_only_what_the_police_decide_depends_on_the_place() -> None:
    bound = {code for code, procedure in BY_CODE.items() if not procedure.boundary_free}
    assert bound == {"1.004222", "1.004194", "1.010038", "3.000347"}
    assert all(procedure.certainty["boundary_free"] == "a" for procedure in READ.procedures)
