"""How much one person may ask of the API."""

from django.core.cache.backends.locmem import LocMemCache
from rest_framework.throttling import UserRateThrottle


class PersonThrottle(UserRateThrottle):
    """So many requests a minute and person, counted by each node for itself: it goes on while Redis is away."""

    cache = LocMemCache("api-throttle", {})
    rate = "600/min"
