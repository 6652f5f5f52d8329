-- How many enrolments of each school have the same week, cut into the pieces of piece.sql: most
-- weeks are a few strings, so that whole strings are counted here and opened once each by
-- reason.sql. From the academic year asked (`reasons_from`) on. Slots outside the piece or the
-- enrolment's dates (STAT-13) are blanked where a session lies in them.
CREATE {storage} TABLE {work}reason_week AS
SELECT week.school_id,
       piece.period_no,
       kept.marks,
       count(*)::integer AS weeks
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
           SELECT CASE WHEN cut.is_whole THEN week.marks
                       ELSE rpad(repeat(' ', 2 * cut.first_day)
                                 || substr(week.marks, 2 * cut.first_day + 1,
                                           greatest(2 * (cut.last_day - cut.first_day + 1), 0)),
                                 14)
                  END AS marks
       ) AS kept
 WHERE week.week_start BETWEEN enrolment.first_week AND enrolment.last_on
   AND week.week_start > make_date(%(reasons_from)s, 8, 1) - 7
   AND piece.period_no >= 7 * %(reasons_from)s
 GROUP BY week.school_id, piece.period_no, kept.marks
