"""What anybody may read of the calendar, as JSON."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Annotated

from litestar import Request, Router, get
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.openapi.datastructures import ResponseSpec
from litestar.openapi.spec import Operation, Parameter, Schema
from litestar.openapi.spec.enums import OpenAPIType

from events.calendar import names
from events.calendar.filters import CHECKS, Filters, parse_query
from events.calendar.listing import After, Asked, list_entries
from events.calendar.month import parse_month
from events.calendar.months_ready import Months
from events.calendar.schemas_out import EventPage, MonthShown, SeriesPage, SportPage, encode_brief
from events.errors import Fault, Faulty
from infra import clock
from infra.answers import ReadyAnswer
from infra.installation import Installation

MOST_ITEMS = 200
