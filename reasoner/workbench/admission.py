"""Who may ask: a browser is used against its owner where a page of a stranger can reach what listens on this machine.

A name that a stranger has resolve to this machine comes as the Host of the request (DNS rebinding); a page of another
site is named by Origin or Sec-Fetch-Site. https://www.w3.org/TR/fetch-metadata/
"""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING

from reasoner.workbench.refusal import refused

if TYPE_CHECKING:
    from collections.abc import Mapping

OWN_SITE = frozenset({"same-origin", "none"})
"""Where a browser says that a request comes from: this page, or the person at the browser."""


def admit(headers: Mapping[str, str], named: str, *, asks: bool) -> None:
    """Raise `RefusedError` for a request that is not for us or, if it asks the store, comes from another site's page.

    ``named`` is the name that this server was given to listen under. An address of numbers cannot be rebound.
    """
    host = headers.get("Host", "")
    if _name(host) not in {"localhost", named.lower()} and not _is_address(_name(host)):
        fix = "Ask by the address that reasoner store serve prints."
        raise refused(421, "wrong-host", "The request is for another host.", fix)
    if asks and not _from_here(headers, host):
        fix = "Open the workbench's own page, or ask with a program."
        raise refused(403, "other-site", "The request comes from a page of another site.", fix)


def _from_here(headers: Mapping[str, str], host: str) -> bool:
    origin, site = headers.get("Origin"), headers.get("Sec-Fetch-Site")
    return (origin is None or origin.partition("://")[2] == host) and (site is None or site in OWN_SITE)


def _name(host: str) -> str:
    """The host without its port."""
    name, colon, port = host.rpartition(":")
    return (name if colon and port.isdigit() else host).strip("[]").lower()


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
