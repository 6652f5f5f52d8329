-- What the named cohorts are decided on, as sums of weeks (attendance/rules/patterns.py): sessions
-- of the latest school weeks and of those before them, and of how many weeks of the academic year
-- something was missed. Only children on roll; single marks are opened later, for the few whom a
-- sum leaves in question.
-- `may_be_long` is false only where no spell of the year lasted ten days: at a school that meets on
-- five days a week, such a spell leaves at most one session of some week attended; at others, at
-- most half (a week that 1 August cuts may hold less than it shows).
-- `seldom` is the fewest sessions of the year that one weekday session can have held: those of the
-- slot that the school held least often, less all the school's sessions that were not possible for
-- this child (below nought it says nothing).
CREATE {storage} TABLE {work}pattern_sum AS
WITH asked AS (
    SELECT enrolment.*,
           school.year_from,
           school.short_from,
           school.late_from,
           school.drift_from,
           school.drift_before_from,
           school.back_from,
           school.back_before_from,
           school.days_a_week,
           greatest(enrolment.first_week, school.asked_from) AS asked_from
      FROM {work}enrolment AS enrolment
      JOIN {work}pattern_school AS school USING (school_id)
     WHERE enrolment.ends_on >= %(as_of)s
), summed AS (
    SELECT asked.enrolment_id,
           count(*) FILTER (WHERE absent > 0 AND week_start >= year_from) AS weeks_missed,
           count(*) FILTER (WHERE week_start >= year_from) AS weeks,
           bool_or(absent > 0
                   AND week_start >= year_from
                   AND (absent >= counted.possible - 1
                        OR days_a_week > 5 AND 2 * absent >= counted.possible
                        OR week_start < %(year_start)s)) AS may_be_long,
           sum(absent) FILTER (WHERE week_start >= short_from) AS short_absent,
           sum(counted.unauthorised) FILTER (WHERE week_start >= late_from) AS late_unauthorised,
           sum(counted.possible) FILTER (WHERE week_start >= drift_from) AS drift_possible,
           sum(absent) FILTER (WHERE week_start >= drift_from) AS drift_absent,
           sum(counted.possible) FILTER (WHERE week_start >= drift_before_from
                                           AND week_start < drift_from) AS drift_before_possible,
           sum(absent) FILTER (WHERE week_start >= drift_before_from
                                 AND week_start < drift_from) AS drift_before_absent,
           sum(counted.possible) FILTER (WHERE week_start >= back_from) AS back_possible,
           sum(absent) FILTER (WHERE week_start >= back_from) AS back_absent,
           sum(counted.possible) FILTER (WHERE week_start >= back_before_from
                                           AND week_start < back_from) AS back_before_possible,
           sum(absent) FILTER (WHERE week_start >= back_before_from
                                 AND week_start < back_from) AS back_before_absent
      FROM register_week AS week
      JOIN asked
        ON asked.enrolment_id = week.enrolment_id
       AND week.week_start BETWEEN asked.asked_from AND asked.last_on
     CROSS JOIN LATERAL (
               SELECT asked.starts_on <= week.week_start
                          AND asked.last_on >= week.week_start + 6 AS is_whole,
                      substr(week.marks,
                             2 * greatest(asked.starts_on - week.week_start, 0) + 1,
                             2 * (least(asked.last_on - week.week_start, 6)
                                  - greatest(asked.starts_on - week.week_start, 0) + 1)) AS marks
           ) AS cut
     CROSS JOIN LATERAL (
               SELECT CASE WHEN cut.is_whole THEN week.possible
                           ELSE length(cut.marks) - length(translate(cut.marks, %(possible)s, ''))
                      END AS possible,
                      CASE WHEN cut.is_whole THEN week.possible - week.attended
                           ELSE length(translate(cut.marks, %(attended)s, ''))
                                - length(translate(cut.marks, %(possible)s, ''))
                      END AS absent,
                      CASE WHEN cut.is_whole THEN week.unauthorised
                           ELSE length(cut.marks)
                                - length(translate(cut.marks, %(unauthorised)s, ''))
                      END AS unauthorised
           ) AS counted
     WHERE week.week_start >= (SELECT min(asked_from) FROM {work}pattern_school)
       AND week.possible > 0
     GROUP BY asked.enrolment_id
)
SELECT summed.*,
       enrolment.school_id,
       enrolment.starts_on,
       enrolment.last_on,
       coalesce(year.possible, 0)::integer AS possible,
       coalesce(year.possible - year.attended, 0)::integer AS absent,
       (school.seldom - (school.sessions - coalesce(year.possible, 0)))::integer AS seldom
  FROM summed
  JOIN {work}enrolment AS enrolment USING (enrolment_id)
  JOIN {work}pattern_school AS school ON school.school_id = enrolment.school_id
  LEFT JOIN {work}period AS year
    ON year.enrolment_id = summed.enrolment_id
   AND year.kind = 1
   AND year.academic_year = %(academic_year)s
