"""Every page there is, for the wiring."""

from events.web import (
    routes_brands,
    routes_calendar,
    routes_docs,
    routes_embed,
    routes_follow,
    routes_following,
    routes_installing,
    routes_managing,
    routes_my,
    routes_posters,
    routes_print,
    routes_registering,
    routes_site,
    routes_styleguide,
    routes_subscribe,
)

PAGES = [
    *routes_calendar.ROUTES,
    *routes_brands.ROUTES,
    *routes_subscribe.ROUTES,
    *routes_embed.ROUTES,
    *routes_registering.ROUTES,
    *routes_managing.ROUTES,
    *routes_posters.ROUTES,
    *routes_print.ROUTES,
    *routes_follow.ROUTES,
    *routes_following.ROUTES,
    *routes_my.ROUTES,
    *routes_installing.ROUTES,
    *routes_docs.ROUTES,
    *routes_site.ROUTES,
    *routes_styleguide.ROUTES,
]
