-- The weeks that the checks and the named cohorts need to open: those with an unauthorised session,
-- and those of the academic year asked, or of the latest school weeks that are compared
-- (`weeks_compared`), with any absence. Marks outside the enrolment's dates or after the date asked
-- are blanked, and such weeks recounted. `sessions` has U for an unauthorised session, A for another
-- absence, P for a session attended, a space for one that was not possible.
CREATE {storage} TABLE {work}absence_week AS
SELECT week.enrolment_id,
       enrolment.school_id,
       week.week_start,
       kept.marks,
       translate(kept.marks, %(run_from)s, %(run_to)s) AS sessions,
       CASE WHEN cut.is_whole THEN week.possible
            ELSE 14 - length(translate(kept.marks, %(possible)s, ''))
       END AS possible,
       CASE WHEN cut.is_whole THEN week.possible - week.attended
            ELSE length(translate(kept.marks, %(attended)s, ''))
                 - length(translate(kept.marks, %(possible)s, ''))
       END AS absent,
       CASE WHEN cut.is_whole THEN week.unauthorised
            ELSE 14 - length(translate(kept.marks, %(unauthorised)s, ''))
       END AS unauthorised,
       CASE WHEN cut.is_whole THEN week.illness
            ELSE 14 - length(translate(kept.marks, %(illness)s, ''))
       END AS illness,
       CASE WHEN cut.is_whole THEN week.unexplained
            ELSE 14 - length(translate(kept.marks, %(unexplained)s, ''))
       END AS unexplained
  FROM register_week AS week
  JOIN {work}enrolment AS enrolment USING (enrolment_id)
 CROSS JOIN LATERAL (
           SELECT enrolment.starts_on <= week.week_start
                      AND enrolment.last_on >= week.week_start + 6 AS is_whole,
                  greatest(enrolment.starts_on - week.week_start, 0) AS first_day,
                  least(enrolment.last_on - week.week_start, 6) AS last_day
       ) AS cut
 CROSS JOIN LATERAL (
           SELECT CASE WHEN cut.is_whole THEN week.marks
                       ELSE rpad(repeat(' ', 2 * cut.first_day)
                                 || substr(week.marks, 2 * cut.first_day + 1,
                                           2 * (cut.last_day - cut.first_day + 1)), 14)
                  END AS marks
       ) AS kept
 WHERE week.week_start BETWEEN enrolment.first_week AND enrolment.last_on
   AND week.attended < week.possible
   AND (week.unauthorised > 0
        OR week.week_start >= (SELECT least(%(year_start)s::date - 6, min(week_start))
                                 FROM {work}school_week AS school_week
                                 JOIN {work}school AS school USING (school_id)
                                WHERE week_no > last_week_no - %(weeks_compared)s))
