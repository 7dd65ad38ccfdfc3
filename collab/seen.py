"""How the site sees a request, told to `manage.py doctor` alone: it proves to know SECRET_KEY, and so does the answer.

A request to `/health/seen` bears a word of the doctor's, signed minutes ago at most; without it nothing is there. What
comes back is about that request and this process, and signed, so that no other site can give it.
"""

import json
import os
import resource
import socket
import time
from collections.abc import Mapping
from io import BytesIO
from typing import Any

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.core.exceptions import DisallowedHost, ImproperlyConfigured, PermissionDenied
from django.core.handlers.asgi import ASGIRequest
from django.core.signing import BadSignature, Signer, TimestampSigner
from django.utils.crypto import salted_hmac

from collab import settings as module
from collab.live.handshake import header
from collab.plain import Send, say
from collab.version import CODE

PATH = "/health/seen"
HEADER = "X-Collab-Doctor"
#: The header of the answer that proves it.
PROOF = "X-Collab-Proof"
#: Seconds that a question is good for: as far as clocks may be apart.
GOOD_FOR = 300
#: Where these differ, nothing is amiss: each machine has its own.
OWN = {"LOG_LEVEL", "VAR_DIR"}


def question(key: str, nonce: str) -> str:
    """The header's value for a request."""
    return TimestampSigner(key=key, salt="collab.seen.question").sign(nonce)


def proof(key: str, nonce: str, told: bytes) -> str:
    """What only this site can say of an answer to a nonce."""
    return Signer(key=key, salt="collab.seen.answer").signature(f"{nonce} {told.hex()}")


def fingerprints(values: Mapping[str, object], key: str) -> dict[str, str]:
    """By variable, whether two processes have the same, without telling what."""
    return {
        name: salted_hmac("collab.seen.setting", f"{name}={value}", secret=key, algorithm="sha256").hexdigest()[:16]
        for name, value in values.items()
        if name not in OWN
    }


async def answer(scope: Mapping[str, Any], send: Send) -> None:
    """Tell; 404 to whoever cannot ask."""
    nonce = _asked(dict(scope))
    body = json.dumps(_told(dict(scope)) if nonce else {"ok": False}).encode()
    if nonce:
        signed = (PROOF.lower().encode(), proof(settings.SECRET_KEY, nonce, body).encode())
        await say(send, 200, body, headers=[signed])
    else:
        await say(send, 404, body)


def _asked(scope: dict[str, Any]) -> str:
    """The nonce of the doctor's question; empty: it is nobody's who may ask."""
    try:
        signer = TimestampSigner(salt="collab.seen.question")
        return str(signer.unsign(header(scope, HEADER.lower().encode()), max_age=GOOD_FOR))
    except BadSignature:
        return ""


def _told(scope: dict[str, Any]) -> dict[str, Any]:
    request = ASGIRequest(scope, BytesIO())
    return {
        "host": request.META.get("HTTP_HOST", ""),
        "host_allowed": _is_allowed(request),
        "is_secure": request.is_secure(),
        "client": _client(request),
        "peer": list(scope.get("client") or ()),
        "forwarded_for": [word.strip() for word in request.headers.get("X-Forwarded-For", "").split(",") if word],
        "trusted_proxies": settings.TRUSTED_PROXIES,
        "settings": fingerprints(module.env.dump(), settings.SECRET_KEY),
        "node": f"{socket.gethostname()}:{os.getpid()}",
        "code": CODE,
        "time": time.time(),
        "files": resource.getrlimit(resource.RLIMIT_NOFILE)[0],
    }


def _is_allowed(request: ASGIRequest) -> bool:
    try:
        request.get_host()
    except DisallowedHost:
        return False
    return True


def _client(request: ASGIRequest) -> str | None:
    """Whom the limits of sign-in take it to come from; None where they cannot tell."""
    try:
        return str(get_adapter().get_client_ip(request))
    except (ImproperlyConfigured, PermissionDenied):
        return None
