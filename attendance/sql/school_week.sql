-- School weeks (PN-03): weeks with at least one school session up to the date asked, numbered
-- without gaps, and their sessions summed. `slots` has a bit for each school session: one with a
-- mark, inside its enrolment's dates, whose code is not #, - or Z (exports, figure 1).
-- A week that an enrolment's dates or the date asked cut is recounted from its string.
CREATE {storage} TABLE {work}school_week AS
WITH met AS (
    SELECT enrolment.school_id,
           week.week_start,
           bit_or(CASE WHEN cut.is_whole THEN week.session_slots
                       ELSE week.session_slots
                            & (16383 >> (2 * cut.first_day))
                            & (16383 << (2 * (6 - cut.last_day)))
                  END)::smallint AS slots,
           sum(CASE WHEN cut.is_whole THEN week.possible
                    ELSE length(kept.marks) - length(translate(kept.marks, %(possible)s, ''))
               END)::integer AS possible,
           sum(CASE WHEN cut.is_whole THEN week.attended
                    ELSE length(kept.marks) - length(translate(kept.marks, %(attended)s, ''))
               END)::integer AS attended,
           sum(CASE WHEN cut.is_whole THEN week.unauthorised
                    ELSE length(kept.marks) - length(translate(kept.marks, %(unauthorised)s, ''))
               END)::integer AS unauthorised
      FROM register_week AS week
      JOIN {work}enrolment AS enrolment USING (enrolment_id)
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
     WHERE week.week_start BETWEEN enrolment.first_week AND enrolment.last_on
     GROUP BY enrolment.school_id, week.week_start
)
SELECT school_id,
       week_start,
       (row_number() OVER (PARTITION BY school_id ORDER BY week_start))::integer AS week_no,
       slots,
       possible,
       attended,
       possible - attended - unauthorised AS authorised,
       unauthorised
  FROM met
 WHERE slots <> 0
