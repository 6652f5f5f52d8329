-- The weeks that the named cohorts need to open (attendance/rules/patterns.py): those with an absence,
-- of children whose sums (pattern_sum.sql) leave a spell, a slot or a late mark to be found.
-- `sessions` has A for a session missed, P for one attended, a space for one that was not possible;
-- days before the academic year are blank in `in_year`.
CREATE {storage} TABLE {work}pattern_week AS
WITH candidate AS (
    SELECT summed.enrolment_id,
           summed.starts_on,
           summed.last_on,
           school.short_from,
           school.late_from,
           school.year_from,
           coalesce((may_be_long OR %(long_spell_days)s < 10) AND possible >= %(minimum_possible)s
                    AND absent >= %(long_spell_days)s, false) AS asks_long,
           coalesce(short_absent >= %(short_spells)s, false) AS asks_short,
           coalesce(late_unauthorised >= %(late_sessions)s, false) AS asks_late,
           weeks_missed >= %(same_days_weeks)s AND absent >= %(same_days_absences)s
               AND possible >= %(minimum_possible)s AS asks_same
      FROM {work}pattern_sum AS summed
      JOIN {work}pattern_school AS school USING (school_id)
), asked AS (
    SELECT candidate.*,
           least(CASE WHEN asks_long OR asks_same THEN year_from END,
                 CASE WHEN asks_short THEN short_from END,
                 CASE WHEN asks_late THEN late_from END) AS asked_from
      FROM candidate
     WHERE asks_long OR asks_short OR asks_late OR asks_same
)
SELECT week.enrolment_id,
       week.week_start,
       asks_long AND week.week_start >= year_from AS asks_long,
       asks_short AND week.week_start >= short_from AS asks_short,
       asks_late AND week.week_start >= late_from AS asks_late,
       asks_same AND week.week_start >= year_from AS asks_same,
       kept.marks,
       told.sessions,
       CASE WHEN week.week_start >= %(year_start)s THEN told.sessions
            ELSE repeat(' ', 2 * (%(year_start)s - week.week_start))
                 || substr(told.sessions, 2 * (%(year_start)s - week.week_start) + 1)
       END AS in_year
  FROM register_week AS week
  JOIN asked
    ON asked.enrolment_id = week.enrolment_id
   AND week.week_start BETWEEN asked.asked_from AND asked.last_on
 CROSS JOIN LATERAL (
           SELECT CASE WHEN asked.starts_on <= week.week_start
                            AND asked.last_on >= week.week_start + 6
                       THEN week.marks
                       ELSE rpad(
                           repeat(' ', 2 * greatest(asked.starts_on - week.week_start, 0))
                           || substr(week.marks,
                                     2 * greatest(asked.starts_on - week.week_start, 0) + 1,
                                     2 * (least(asked.last_on - week.week_start, 6)
                                          - greatest(asked.starts_on - week.week_start, 0) + 1)),
                           14)
                  END AS marks
       ) AS kept
 CROSS JOIN LATERAL (
           SELECT translate(kept.marks, %(told_from)s, %(told_to)s) AS sessions
       ) AS told
 WHERE week.attended < week.possible
   AND asked.asked_from <= week.week_start
   AND week.week_start + 6 >= asked.starts_on
