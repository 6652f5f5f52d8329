-- Open the flags that were found, in a fixed order, so that their numbers are.
INSERT INTO flag (enrolment_id, school_id, kind, opened_on, met_on, close_reason, evidence,
                  rule_version, opened_by_run_id, updated_at)
SELECT enrolment_id, school_id, kind, %(as_of)s, met_on, '', evidence,
       %(rule_version)s, %(run)s, statement_timestamp()
  FROM {work}opening
 ORDER BY enrolment_id, kind
