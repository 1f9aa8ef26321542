"""Every page there is, for the wiring."""

from events.web import routes_calendar, routes_site

PAGES = [*routes_calendar.ROUTES, *routes_site.ROUTES]
