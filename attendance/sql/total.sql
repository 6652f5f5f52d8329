-- Sessions of each enrolment by academic year and half-term (STAT-02 to STAT-05; half-term 0 is
-- between half-terms; see piece.sql for `period_no`). Weeks that lie inside one piece and inside the enrolment use the counts
-- stored with the week; the others are recounted from the string.
CREATE {storage} TABLE {work}total AS
SELECT week.enrolment_id,
       piece.period_no,
       sum(CASE WHEN cut.is_whole THEN week.possible
                ELSE length(kept.marks) - length(translate(kept.marks, %(possible)s, ''))
           END)::integer AS possible,
       sum(CASE WHEN cut.is_whole THEN week.attended
                ELSE length(kept.marks) - length(translate(kept.marks, %(attended)s, ''))
           END)::integer AS attended,
       sum(CASE WHEN cut.is_whole THEN week.unauthorised
                ELSE length(kept.marks) - length(translate(kept.marks, %(unauthorised)s, ''))
           END)::integer AS unauthorised,
       sum(CASE WHEN cut.is_whole THEN week.illness
                ELSE length(kept.marks) - length(translate(kept.marks, %(illness)s, ''))
           END)::integer AS illness
  FROM register_week AS week
  JOIN {work}enrolment AS enrolment USING (enrolment_id)
  JOIN {work}piece AS piece
    ON piece.week_start = week.week_start AND week.session_slots & piece.slots <> 0
 CROSS JOIN LATERAL (
           SELECT week.session_slots & ~piece.slots = 0
                      AND enrolment.starts_on <= week.week_start
                      AND enrolment.ends_on >= week.week_start + 6 AS is_whole,
                  greatest(enrolment.starts_on, piece.first_on) - week.week_start AS first_day,
                  least(enrolment.ends_on, piece.last_on) - week.week_start AS last_day
       ) AS cut
 CROSS JOIN LATERAL (
           SELECT substr(week.marks, 2 * cut.first_day + 1,
                         greatest(2 * (cut.last_day - cut.first_day + 1), 0)) AS marks
       ) AS kept
 WHERE week.week_start BETWEEN enrolment.first_week AND enrolment.last_on
   AND week.week_start > %(from_day)s::date - 7
 GROUP BY week.enrolment_id, piece.period_no
