"""What is done in accounts: people and clients are made, deeds and readings are written down."""

from accounts.services.access import log_export, log_paper, log_papers, log_view, log_views
from accounts.services.audit import record_audit, seal_audit, verify_audit_chain
from accounts.services.people import create_client, create_person, invite_person

__all__ = [
    "create_client",
    "create_person",
    "invite_person",
    "log_export",
    "log_paper",
    "log_papers",
    "log_view",
    "log_views",
    "record_audit",
    "seal_audit",
    "verify_audit_chain",
]
