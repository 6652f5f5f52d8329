-- Which named cohorts each child on roll is in, on which figures (attendance/rules/patterns.py): one row
-- per enrolment and cohort. Lines are tested on whole numbers. What rests on the year to date, and
-- each stretch of weeks that is compared, needs a least number of possible sessions (STAT-25).
CREATE {storage} TABLE {work}pattern AS
WITH year AS NOT MATERIALIZED (  -- else figures would be written for everyone
    SELECT *, jsonb_build_object('absent', absent, 'possible', possible) AS figures
      FROM {work}pattern_sum
     WHERE possible >= %(minimum_possible)s AND possible > 0
), found AS (
    SELECT enrolment_id, 'severely_absent' AS cohort, figures AS evidence
      FROM year
     WHERE 2 * absent >= possible
     UNION ALL
    SELECT enrolment_id, 'one_long_absence',
           figures || jsonb_build_object('days', long_days, 'sessions', long_sessions)
      FROM year
      JOIN {work}pattern_spell USING (enrolment_id)
     WHERE long_days IS NOT NULL
     UNION ALL
    SELECT enrolment_id, 'many_short_absences', jsonb_build_object('spells', short_spells)
      FROM {work}pattern_spell
     WHERE short_spells >= %(short_spells)s
     UNION ALL
    SELECT enrolment_id, 'same_days_missed', figures || jsonb_build_object('slots', slots)
      FROM year
      JOIN {work}pattern_slot USING (enrolment_id)
     UNION ALL
    SELECT enrolment_id, 'late_after_register', jsonb_build_object('sessions', late_sessions)
      FROM {work}pattern_sum
     WHERE late_sessions >= %(late_sessions)s AND late_sessions > 0
     UNION ALL
    SELECT enrolment_id, 'drifting_up',
           figures || jsonb_build_object(
               'now_absent', drift_absent, 'now_possible', drift_possible,
               'before_absent', drift_before_absent, 'before_possible', drift_before_possible)
      FROM year
     WHERE 20 * absent >= possible
       AND 10 * absent < possible
       AND least(drift_possible, drift_before_possible) >= greatest(%(minimum_possible)s, 1)
       AND drift_before_possible IS NOT NULL AND drift_possible IS NOT NULL
       AND 100 * (drift_absent * drift_before_possible - drift_before_absent * drift_possible)
           >= %(drifting_points)s * drift_possible * drift_before_possible
     UNION ALL
    SELECT enrolment_id, 'just_over_the_line', figures
      FROM year
     WHERE 10 * absent >= possible
       AND 100 * absent < %(over_the_line_below_percent)s * possible
     UNION ALL
    SELECT enrolment_id, 'coming_back',
           jsonb_build_object(
               'now_absent', back_absent, 'now_possible', back_possible,
               'before_absent', back_before_absent, 'before_possible', back_before_possible)
      FROM {work}pattern_sum
     WHERE least(back_possible, back_before_possible) >= greatest(%(minimum_possible)s, 1)
       AND back_possible IS NOT NULL AND back_before_possible IS NOT NULL
       AND 100 * (back_before_absent * back_possible - back_absent * back_before_possible)
           >= %(coming_back_points)s * back_possible * back_before_possible
)
SELECT found.enrolment_id, enrolment.school_id, found.cohort, found.evidence
  FROM found
  JOIN {work}enrolment AS enrolment USING (enrolment_id)
