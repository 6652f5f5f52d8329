"""After a test that commits, nothing is left of it, and what migrations left still is."""

from accounts.models import AuditEvent
from accounts.services.audit import record_audit
from attendance_portal.shared import clock
from schools.models import Pupil
from tests.emptying import KEPT, LOADED, empty_what_was_filled, filled_tables
from tests.factories.users import UserFactory


def test_everything_that_a_test_filled_is_emptied_and_can_be_filled_again(
    transactional_db, kept_borough
):
    for _ in range(2):
        kept_borough.lay()
        facts = {"verb": "saved", "object_kind": "view", "object_ref": "1", "at": clock.now()}
        record_audit(by=UserFactory(), **facts)
        assert Pupil.objects.exists()
        assert AuditEvent.objects.exists()

        empty_what_was_filled()

        assert filled_tables().keys() <= KEPT | LOADED
    assert '"django_migrations"' in filled_tables()
