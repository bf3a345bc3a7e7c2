"""Every column that can hold personal data stands in the one table, or in the reviewed list of those that hold none."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from sqlalchemy import JSON, Column, Enum, Float, LargeBinary, MetaData, Numeric, String, Table
from sqlalchemy.types import UserDefinedType

from app.domain.personal_data import COLUMNS, RULES, AtTheEnd, Since
from app.models import Base
from app.texts.personal_data import BASES, ENDS, HOLDS, PURPOSES, SINCE
from tests.repository.impersonal_columns import IMPERSONAL, SOUNDS_PERSONAL

CAN_HOLD = (String, JSON, LargeBinary, Float, Numeric, UserDefinedType)  # text, JSON, bytes, positions
SOUNDS = re.compile(
    r"(^|_)(name|phone|telephone|mobile|address|landmark|note|notes|reason|resolution|receiver|recipient|signature|identity|"
    r"email|mail|lon|lat|position|point|fix|birth|born|gender|witness|officer|said|raw|comment|remark)($|_)"
)


def candidates(metadata: MetaData) -> Iterator[str]:
    for table in metadata.sorted_tables:
        for column in table.columns:
            if isinstance(column.type, CAN_HOLD) and not isinstance(column.type, Enum):
                yield f"{table.name}.{column.name}"


def personal() -> set[str]:
    return {f"{one.table}.{one.column}" for one in COLUMNS}


def impersonal() -> set[str]:
    return {f"{table}.{column}" for table, columns in IMPERSONAL.items() for column in columns.split()}


def unlisted(metadata: MetaData) -> list[str]:
    return sorted(set(candidates(metadata)) - personal() - impersonal())


def test_every_column_that_can_hold_personal_data_has_its_row() -> None:
    assert unlisted(Base.metadata) == [], "say in app/domain/personal_data.py what for and how long, or review it"


def test_a_new_column_without_its_row_is_refused() -> None:
    metadata = MetaData()
    Table("applicant", metadata, Column("nickname", String), Column("name", String))
    assert unlisted(metadata) == ["applicant.nickname"]


def test_no_column_stands_in_both_lists_and_none_that_is_gone() -> None:
    assert personal() & impersonal() == set()
    there = {f"{table.name}.{column.name}" for table in Base.metadata.sorted_tables for column in table.columns}
    assert personal() - there == set()  # a choice among words may be personal, too: what is spoken at home
    assert impersonal() - set(candidates(Base.metadata)) == set()


def test_what_sounds_like_a_person_is_personal_or_says_why_not() -> None:
    sounding = {one for one in impersonal() if SOUNDS.search(one.partition(".")[2])}
    assert sounding == set(SOUNDS_PERSONAL)
    assert all(SOUNDS_PERSONAL.values())


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_is_used_and_can_be_read_by_a_citizen(rule: str) -> None:
    assert any(one.rule == rule for one in COLUMNS) or rule == "faulty_paper"
    assert PURPOSES[rule]
    assert BASES[RULES[rule].basis]
    assert SINCE[RULES[rule].since]


def test_every_row_names_a_rule_an_end_and_what_it_holds() -> None:
    for one in COLUMNS:
        assert one.rule in RULES
        assert HOLDS[one.holds]
        assert ENDS[one.end]


def test_what_counts_from_a_row_names_a_column_of_time() -> None:
    for one in COLUMNS:
        table = Base.metadata.tables[one.table]
        if one.end is not AtTheEnd.KEPT and RULES[one.rule].since in {Since.WRITTEN, Since.CODE_OVER}:
            assert one.since, f"{one.table}.{one.column}"
            assert one.since in table.columns or one.table == "operation_payload"
