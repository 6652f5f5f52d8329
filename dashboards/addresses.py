"""Addresses that people send us: which of our pages one leads to, if any."""

from __future__ import annotations

from django.urls import Resolver404, resolve

from accounts.roles import Permission


def route_at(path: str) -> str:
    """The name of the page at a path of ours; empty for anything else, another site included."""
    if not path.startswith("/") or path.startswith(("//", "/\\")):
        return ""
    try:
        found = resolve(path)
    except Resolver404:
        return ""
    return "" if path.startswith("/api/") else found.url_name or ""


def is_open_to(address: str, permissions: frozenset[Permission]) -> bool:
    """Whether the page at an address of ours asks for no permission that is not held.

    Links to pages that would be refused are left out by this.
    """
    view = getattr(resolve(address.partition("?")[0]).func, "view_class", None)
    needed: Permission | None = getattr(view, "permission", None)
    return needed is None or needed in permissions
