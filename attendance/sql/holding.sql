-- Which flags hold as of the date asked, on which figures (attendance/rules/flags.py): one row per
-- enrolment on roll and kind. Year-to-date kinds need a least number of possible sessions (STAT-25).
CREATE {storage} TABLE {work}holding AS
WITH on_roll AS (
    SELECT * FROM {work}enrolment WHERE ends_on >= %(as_of)s
), year_to_date AS (
    SELECT period.enrolment_id,
           possible - attended AS absent,
           possible,
           jsonb_build_object('possible', possible, 'absent', possible - attended,
                              'authorised', authorised, 'unauthorised', unauthorised) AS evidence
      FROM {work}period AS period
     WHERE kind = 1
       AND academic_year = %(academic_year)s
       AND possible >= %(minimum_possible)s
       AND (possible - attended) * 20 >= possible
), found AS (
    SELECT enrolment_id, 'severe_absence' AS kind, evidence
      FROM year_to_date
     WHERE absent * 2 >= possible
     UNION ALL
    SELECT enrolment_id, 'persistent_absence', evidence
      FROM year_to_date
     WHERE absent * 10 >= possible
     UNION ALL
    SELECT enrolment_id, 'at_risk', evidence
      FROM year_to_date
     WHERE absent * 10 < possible
     UNION ALL
    SELECT enrolment_id, 'penalty_notice_threshold',
           jsonb_build_object('rolling_now', rolling_now, 'rolling_max', rolling_max,
                              'rolling_first', rolling_first)
      FROM {work}check
     WHERE rolling_now >= 10
     UNION ALL
    SELECT enrolment_id, 'unauthorised_run',
           jsonb_build_object('run_now', run_now, 'run_max', run_max, 'run_first', run_first)
      FROM {work}check
     WHERE run_now >= 10
     UNION ALL
    SELECT enrolment_id, 'sickness_return',
           jsonb_build_object('illness_sessions', illness_sessions, 'illness_days', illness_days,
                              'illness_first', illness_first)
      FROM {work}check
     WHERE illness_sessions >= 30
     UNION ALL
    SELECT enrolment_id, 'unresolved_n',
           jsonb_build_object('n_overdue', n_overdue, 'n_oldest', n_oldest)
      FROM {work}check
     WHERE n_overdue > 0
     UNION ALL
    SELECT enrolment_id, 'no_recent_marks',
           jsonb_build_object('school_days', 5, 'last_mark_on', last_mark_on)
      FROM {work}silent
)
SELECT found.enrolment_id, on_roll.school_id, on_roll.starts_on, found.kind, found.evidence
  FROM found
  JOIN on_roll USING (enrolment_id)
