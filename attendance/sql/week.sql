-- Sessions of each enrolment by week, one row for each academic year that 1 August cuts it into
-- (exports, figure 4). Weeks with nothing possible have no row, nor those before the first asked.
CREATE {storage} TABLE {work}week AS
WITH year_week AS (
    SELECT week_start,
           period_no / 7 AS academic_year,
           min(first_on) AS first_on,
           max(last_on) AS last_on,
           bit_or(slots) AS slots
      FROM {work}piece
     GROUP BY week_start, period_no / 7
), counted AS (
    SELECT week.enrolment_id,
           year_week.academic_year,
           week.week_start,
           CASE WHEN cut.is_whole THEN week.possible
                ELSE length(kept.marks) - length(translate(kept.marks, %(possible)s, ''))
           END AS possible,
           CASE WHEN cut.is_whole THEN week.attended
                ELSE length(kept.marks) - length(translate(kept.marks, %(attended)s, ''))
           END AS attended,
           CASE WHEN cut.is_whole THEN week.unauthorised
                ELSE length(kept.marks) - length(translate(kept.marks, %(unauthorised)s, ''))
           END AS unauthorised
      FROM register_week AS week
      JOIN {work}enrolment AS enrolment USING (enrolment_id)
      JOIN year_week
        ON year_week.week_start = week.week_start AND week.session_slots & year_week.slots <> 0
     CROSS JOIN LATERAL (
               SELECT week.session_slots & ~year_week.slots = 0
                          AND enrolment.starts_on <= week.week_start
                          AND enrolment.ends_on >= week.week_start + 6 AS is_whole,
                      greatest(enrolment.starts_on, year_week.first_on) - week.week_start
                          AS first_day,
                      least(enrolment.ends_on, year_week.last_on) - week.week_start AS last_day
           ) AS cut
     CROSS JOIN LATERAL (
               SELECT substr(week.marks, 2 * cut.first_day + 1,
                             greatest(2 * (cut.last_day - cut.first_day + 1), 0)) AS marks
           ) AS kept
     WHERE week.week_start BETWEEN enrolment.first_week AND enrolment.last_on
       AND week.week_start >= %(weeks_from)s
)
SELECT enrolment_id,
       academic_year::smallint AS academic_year,
       week_start,
       possible,
       attended,
       possible - attended - unauthorised AS authorised,
       unauthorised,
       (possible - attended) * 10 >= possible AS persistent,
       (possible - attended) * 2 >= possible AS severe
  FROM counted
 WHERE possible > 0
