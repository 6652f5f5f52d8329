-- What the named cohorts are decided on, as sums of weeks (attendance/rules/patterns.py): sessions
-- of the latest school weeks and of those before them, and of how many weeks of the academic year
-- something was missed. Only children on roll; single marks are opened later, for the few who
-- crossed a line. `weeks_ago` counts the school's weeks back from its latest, which is 0.
-- `may_be_long` is false only where no spell of the year lasted ten days: such a spell takes at least
-- half of what was possible in some week (a week that 1 August cuts may hold less than it shows).
-- `seldom` is the fewest sessions of the year that one weekday session can have held: all that were
-- possible less those that every other slot the school has may have held.
CREATE {storage} TABLE {work}pattern_sum AS
WITH placed AS (
    SELECT school_week.school_id,
           school_week.week_start,
           school.last_week_no - school_week.week_no AS weeks_ago
      FROM {work}school_week AS school_week
      JOIN {work}school AS school USING (school_id)
), asked AS (
    SELECT *
      FROM placed
     WHERE weeks_ago < greatest(2 * %(drifting_weeks)s, 2 * %(coming_back_weeks)s,
                                %(short_spell_weeks)s, %(late_weeks)s)
        OR week_start > %(year_start)s::date - 7
), slots AS (
    SELECT school_id, bit_count(bit_or(slots)::integer::bit(14)) AS slots
      FROM {work}school_week
     WHERE week_start > %(year_start)s::date - 7
     GROUP BY school_id
), counted AS (
    SELECT week.enrolment_id,
           enrolment.school_id,
           week.week_start,
           asked.weeks_ago,
           CASE WHEN cut.is_whole THEN week.possible
                ELSE length(kept.marks) - length(translate(kept.marks, %(possible)s, ''))
           END AS possible,
           CASE WHEN cut.is_whole THEN week.possible - week.attended
                ELSE length(translate(kept.marks, %(attended)s, ''))
                     - length(translate(kept.marks, %(possible)s, ''))
           END AS absent,
           CASE WHEN cut.is_whole THEN week.unauthorised
                ELSE length(kept.marks) - length(translate(kept.marks, %(unauthorised)s, ''))
           END AS unauthorised
      FROM register_week AS week
      JOIN {work}enrolment AS enrolment USING (enrolment_id)
      JOIN asked
        ON asked.school_id = enrolment.school_id AND asked.week_start = week.week_start
     CROSS JOIN LATERAL (
               SELECT enrolment.starts_on <= week.week_start
                          AND enrolment.last_on >= week.week_start + 6 AS is_whole,
                      greatest(enrolment.starts_on - week.week_start, 0) AS first_day,
                      least(enrolment.last_on - week.week_start, 6) AS last_day
           ) AS cut
     CROSS JOIN LATERAL (
               SELECT substr(week.marks, 2 * cut.first_day + 1,
                             2 * (cut.last_day - cut.first_day + 1)) AS marks
           ) AS kept
     WHERE enrolment.ends_on >= %(as_of)s
       AND week.week_start BETWEEN enrolment.first_week AND enrolment.last_on
       AND week.week_start >= (SELECT min(week_start) FROM asked)
       AND week.possible > 0
), summed AS (
    SELECT enrolment_id,
           school_id,
           count(*) FILTER (WHERE absent > 0 AND week_start > %(year_start)s::date - 7)
               AS weeks_missed,
           count(*) FILTER (WHERE week_start > %(year_start)s::date - 7) AS weeks,
           coalesce(bool_or(absent > 0 AND (2 * absent >= possible
                                            OR week_start < %(year_start)s::date))
                        FILTER (WHERE week_start > %(year_start)s::date - 7), false)
               AS may_be_long,
           sum(absent) FILTER (WHERE weeks_ago < %(short_spell_weeks)s) AS short_absent,
           sum(unauthorised) FILTER (WHERE weeks_ago < %(late_weeks)s) AS late_unauthorised,
           sum(possible) FILTER (WHERE weeks_ago < %(drifting_weeks)s) AS drift_possible,
           sum(absent) FILTER (WHERE weeks_ago < %(drifting_weeks)s) AS drift_absent,
           sum(possible) FILTER (WHERE weeks_ago >= %(drifting_weeks)s
                                   AND weeks_ago < 2 * %(drifting_weeks)s) AS drift_before_possible,
           sum(absent) FILTER (WHERE weeks_ago >= %(drifting_weeks)s
                                 AND weeks_ago < 2 * %(drifting_weeks)s) AS drift_before_absent,
           sum(possible) FILTER (WHERE weeks_ago < %(coming_back_weeks)s) AS back_possible,
           sum(absent) FILTER (WHERE weeks_ago < %(coming_back_weeks)s) AS back_absent,
           sum(possible) FILTER (WHERE weeks_ago >= %(coming_back_weeks)s
                                   AND weeks_ago < 2 * %(coming_back_weeks)s)
               AS back_before_possible,
           sum(absent) FILTER (WHERE weeks_ago >= %(coming_back_weeks)s
                                 AND weeks_ago < 2 * %(coming_back_weeks)s) AS back_before_absent
      FROM counted
     GROUP BY enrolment_id, school_id
)
SELECT summed.*,
       coalesce(year.possible, 0)::integer AS possible,
       coalesce(year.possible - year.attended, 0)::integer AS absent,
       coalesce(year.possible, 0) - (slots.slots - 1) * summed.weeks AS seldom
  FROM summed
  LEFT JOIN slots USING (school_id)
  LEFT JOIN {work}period AS year
    ON year.enrolment_id = summed.enrolment_id
   AND year.kind = 1
   AND year.academic_year = %(academic_year)s
