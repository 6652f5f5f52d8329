"""The database itself keeps the audit trail and the access log as they were written."""

from django.db import migrations

KEEP = """
CREATE FUNCTION accounts_keep_audit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'The audit trail is append only: entry % stays.', OLD.id;
    END IF;
    IF OLD.sequence IS NOT NULL
       OR (OLD.id, OLD.at, OLD.actor_id, OLD.actor_label, OLD.verb, OLD.object_kind,
           OLD.object_ref, OLD.before, OLD.after)
          IS DISTINCT FROM
          (NEW.id, NEW.at, NEW.actor_id, NEW.actor_label, NEW.verb, NEW.object_kind,
           NEW.object_ref, NEW.before, NEW.after)
    THEN
        RAISE EXCEPTION 'The audit trail is append only: entry % stays as it is.', OLD.id;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER accounts_keep_audit BEFORE UPDATE OR DELETE ON accounts_auditevent
    FOR EACH ROW EXECUTE FUNCTION accounts_keep_audit();

CREATE FUNCTION accounts_keep_access_log() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'The access log is append only: entry % stays as it is.', OLD.id;
END $$;
CREATE TRIGGER accounts_keep_access_log BEFORE UPDATE OR DELETE ON accounts_accesslogentry
    FOR EACH ROW EXECUTE FUNCTION accounts_keep_access_log();

CREATE FUNCTION accounts_keep_audit_head() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR NEW.sequence < OLD.sequence THEN
        RAISE EXCEPTION 'The audit chain only grows: entry % stays its head.', OLD.sequence;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER accounts_keep_audit_head BEFORE UPDATE OR DELETE ON accounts_audithead
    FOR EACH ROW EXECUTE FUNCTION accounts_keep_audit_head();
"""

LET_GO = """
DROP TRIGGER accounts_keep_audit ON accounts_auditevent;
DROP FUNCTION accounts_keep_audit();
DROP TRIGGER accounts_keep_access_log ON accounts_accesslogentry;
DROP FUNCTION accounts_keep_access_log();
DROP TRIGGER accounts_keep_audit_head ON accounts_audithead;
DROP FUNCTION accounts_keep_audit_head();
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]

    operations = [migrations.RunSQL(KEEP, LET_GO)]
