"""The one-stop system: the national exchange's client, its messages, answers and codes."""

from integrations.one_stop.answers import (
    DossierFound,
    HandlingTime,
    ListedFee,
    ListedPaper,
    ListedProcedure,
    PublishedProcedure,
    Way,
)
from integrations.one_stop.codes import (
    STATES,
    SUB_STATES,
    Channel,
    DossierState,
    OwnerKind,
    ReturnForm,
    State,
    SubState,
    state_of,
    sub_state_of,
)
from integrations.one_stop.exchange import ExchangeSettings, NationalExchange
from integrations.one_stop.messages import DossierRecord, Fee, HandedIn, Owner, ProcedureName, Progress, ResultPaper

__all__ = [
    "STATES",
    "SUB_STATES",
    "Channel",
    "DossierFound",
    "DossierRecord",
    "DossierState",
    "ExchangeSettings",
    "Fee",
    "HandedIn",
    "HandlingTime",
    "ListedFee",
    "ListedPaper",
    "ListedProcedure",
    "NationalExchange",
    "Owner",
    "OwnerKind",
    "ProcedureName",
    "Progress",
    "PublishedProcedure",
    "ResultPaper",
    "ReturnForm",
    "State",
    "SubState",
    "Way",
    "state_of",
    "sub_state_of",
]
