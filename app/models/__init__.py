"""One file per noun; plain SQLAlchemy; no queries, no Flask. Importing this package knows every table."""

from app.models.access import Partner, SignInCode, StoredAnswer
from app.models.amendment import Amendment
from app.models.audit import AuditEvent, Erasure
from app.models.bag import Bag, BagItem, CustodyConfirmation, DayBookEvent, DayClose, Incident, StrayScan
from app.models.bank import BankLine, MoneyConfirmation, PaymentCode, Refund
from app.models.base import Base
from app.models.boat import BoatDay
from app.models.booking_wish import BookingWish
from app.models.calibration import Calibration
from app.models.callback_wish import CallbackWish
from app.models.cash import CashCount, CashHandIn, CashStart, FeeRemittance
from app.models.charge import Charge
from app.models.claim import Claim, PlannedBefore
from app.models.complaint import Complaint
from app.models.countersigning import Countersignature, SigningInvitation
from app.models.custody import CustodyDigest, CustodyEvent, CustodyEvidence, CustodyGap
from app.models.device import Device, DeviceKey, NumberBlock, Operation, OperationPayload, Receipt, SigningGrace
from app.models.entitlement import Entitlement, WaitingResult
from app.models.errand import Attempt, Errand, ErrandDossier, HandoverCode, Slot, SlotHold
from app.models.exchange import DossierStep, InboxMessage, OutboxMessage
from app.models.file import FileUse, StoredFile
from app.models.installation import DigestKey, Epoch, KnownSecret
from app.models.interpreter import Interpreter
from app.models.landmark import Landmark, LandmarkShare
from app.models.limit import LimitCount
from app.models.link import FeedCursor, Link
from app.models.message import Message
from app.models.named_receiver import NamedReceiver
from app.models.office import Courier, Desk, Office, OnePerson, Shift, StaffAccount, VehicleKind
from app.models.one_stop import OneStopLine
from app.models.online_help import OnlineHelp
from app.models.order import CarrierOrder, WaybillUse
from app.models.paper_case import CaseStepDone, PaperCase
from app.models.parcel import Paper, Parcel, Seal
from app.models.phone_call import PhoneCall
from app.models.plan import Plan, Planning, PlanOffice, PlanUnserved, Route, Run, Stop, StopErrand
from app.models.plan_act import PlanAct
from app.models.procedure import Procedure, RequiredPaper
from app.models.push import PushSubscription
from app.models.reference import CalendarDay, OutcomeCode, RemittanceFee, TariffRate
from app.models.refusal import Refusal
from app.models.renumbering import Renumbering
from app.models.request import Applicant, Dossier, Place, ServiceRequest
from app.models.safe_count import FirstScan, SafeCount, SurpriseCount
from app.models.season import RoadSeason
from app.models.sending import Sending
from app.models.sign_in import KnownDevice, PasswordReset, SecondFactorCode, SignInSession, SignInTry
from app.models.subscriber import Subscriber
from app.models.survey import VisitSurvey
from app.models.transfer import Round, RoundCall, Transfer
from app.models.unit import FormerUnit, FormerUnitSuccessor, RoadLayer, Unit, UnitShape

import app.models.guards  # isort: skip  (needs every table above)

__all__ = [
    "Amendment",
    "Applicant",
    "Attempt",
    "AuditEvent",
    "Bag",
    "BagItem",
    "BankLine",
    "Base",
    "BoatDay",
    "BookingWish",
    "CalendarDay",
    "Calibration",
    "CallbackWish",
    "CarrierOrder",
    "CaseStepDone",
    "CashCount",
    "CashHandIn",
    "CashStart",
    "Charge",
    "Claim",
    "Complaint",
    "Countersignature",
    "Courier",
    "CustodyConfirmation",
    "CustodyDigest",
    "CustodyEvent",
    "CustodyEvidence",
    "CustodyGap",
    "DayBookEvent",
    "DayClose",
    "Desk",
    "Device",
    "DeviceKey",
    "DigestKey",
    "Dossier",
    "DossierStep",
    "Entitlement",
    "Epoch",
    "Erasure",
    "Errand",
    "ErrandDossier",
    "FeeRemittance",
    "FeedCursor",
    "FileUse",
    "FirstScan",
    "FormerUnit",
    "FormerUnitSuccessor",
    "HandoverCode",
    "InboxMessage",
    "Incident",
    "Interpreter",
    "KnownDevice",
    "KnownSecret",
    "Landmark",
    "LandmarkShare",
    "LimitCount",
    "Link",
    "Message",
    "MoneyConfirmation",
    "NamedReceiver",
    "NumberBlock",
    "Office",
    "OnePerson",
    "OneStopLine",
    "OnlineHelp",
    "Operation",
    "OperationPayload",
    "OutboxMessage",
    "OutcomeCode",
    "Paper",
    "PaperCase",
    "Parcel",
    "Partner",
    "PasswordReset",
    "PaymentCode",
    "PhoneCall",
    "Place",
    "Plan",
    "PlanAct",
    "PlanOffice",
    "PlanUnserved",
    "PlannedBefore",
    "Planning",
    "Procedure",
    "PushSubscription",
    "Receipt",
    "Refund",
    "Refusal",
    "RemittanceFee",
    "Renumbering",
    "RequiredPaper",
    "RoadLayer",
    "RoadSeason",
    "Round",
    "RoundCall",
    "Route",
    "Run",
    "SafeCount",
    "Seal",
    "SecondFactorCode",
    "Sending",
    "ServiceRequest",
    "Shift",
    "SignInCode",
    "SignInSession",
    "SignInTry",
    "SigningGrace",
    "SigningInvitation",
    "Slot",
    "SlotHold",
    "StaffAccount",
    "Stop",
    "StopErrand",
    "StoredAnswer",
    "StoredFile",
    "StrayScan",
    "Subscriber",
    "SurpriseCount",
    "TariffRate",
    "Transfer",
    "Unit",
    "UnitShape",
    "VehicleKind",
    "VisitSurvey",
    "WaitingResult",
    "WaybillUse",
]
