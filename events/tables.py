"""Every table there is, for migrations and for backups: importing a slice's models is what puts them into the metadata."""

from sqlalchemy import MetaData

from events.accounts import models as accounts
from events.banners import models as banners
from events.calendar import models as calendar
from events.competitions import models as competitions
from events.feeds import models as feeds
from events.notices import models as notices
from events.posters import models as posters
from events.regions import models as regions
from events.registrations import models as registrations
from events.reports import models as reports
from infra import outbox, timetable
from infra.database import Base

ROOMS = (accounts, banners, calendar, competitions, feeds, notices, posters, regions, registrations, reports, outbox, timetable)


def metadata() -> MetaData:
    return Base.metadata
