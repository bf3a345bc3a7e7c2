"""The one-stop system: the national exchange's client, its messages, answers and codes."""

from integrations.one_stop.answers import (
    DossierFound,
    ExchangePaper,
    HandlingTime,
    ListedFee,
    ListedProcedure,
    OwnerOnFile,
    PublishedProcedure,
    Way,
)
from integrations.one_stop.codes import (
    STATES,
    SUB_STATES,
    ChannelCode,
    DossierStateCode,
    OwnerKind,
    ReturnForm,
    StateMeaning,
    SubStateCode,
    state_of,
)
from integrations.one_stop.exchange import ExchangeSettings, NationalExchange
from integrations.one_stop.messages import DossierRecord, Fee, HandedIn, HandlingStep, Owner, ProcedureName, ResultPaper

__all__ = [
    "STATES",
    "SUB_STATES",
    "ChannelCode",
    "DossierFound",
    "DossierRecord",
    "DossierStateCode",
    "ExchangePaper",
    "ExchangeSettings",
    "Fee",
    "HandedIn",
    "HandlingStep",
    "HandlingTime",
    "ListedFee",
    "ListedProcedure",
    "NationalExchange",
    "Owner",
    "OwnerKind",
    "OwnerOnFile",
    "ProcedureName",
    "PublishedProcedure",
    "ResultPaper",
    "ReturnForm",
    "StateMeaning",
    "SubStateCode",
    "Way",
    "state_of",
]
