"""What is promised, by whom, until when, and how it stands."""

from projects.models.contribution import Contribution, ContributionReading, ContributionVersion, Taking
from projects.models.day import DayOverride
from projects.models.event import SET_ASIDE, TAKEN_OVER, ReportEvent
from projects.models.exception_request import ExceptionRequest
from projects.models.figure import Figure, PeriodFigure
from projects.models.light import Light, LightPreset
from projects.models.period import FilingException, ReportingPeriod
from projects.models.plan import Deliverable, LightOverride, Milestone, Target
from projects.models.programme import Programme, Project
from projects.models.report import (
    CONTENT_FIELDS,
    MonthlyReport,
    TargetReading,
    is_of_another,
    units_before,
)
from projects.models.responsibility import Responsibility
from projects.models.sub_item import SubItem, SubItemRevision
from projects.models.told import ApprovalKept, ExceptionEnd, LetGo, Recheck, Told

__all__ = [
    "CONTENT_FIELDS",
    "SET_ASIDE",
    "TAKEN_OVER",
    "ApprovalKept",
    "Contribution",
    "ContributionReading",
    "ContributionVersion",
    "DayOverride",
    "Deliverable",
    "ExceptionEnd",
    "ExceptionRequest",
    "Figure",
    "FilingException",
    "LetGo",
    "Light",
    "LightOverride",
    "LightPreset",
    "Milestone",
    "MonthlyReport",
    "PeriodFigure",
    "Programme",
    "Project",
    "Recheck",
    "ReportEvent",
    "ReportingPeriod",
    "Responsibility",
    "SubItem",
    "SubItemRevision",
    "Taking",
    "Target",
    "TargetReading",
    "Told",
    "is_of_another",
    "units_before",
]
