-- Since when ten sessions in ten school weeks have stood without a break, by the marks known now
-- (met_on in attendance/rules/flags.py): each school day since 19 August 2024 is asked, for the
-- enrolments in question only. On a day, the window holds the nine school weeks before and its own
-- week up to that day; so what comes later in the week is taken off.
CREATE {storage} TABLE {work}since_window AS
WITH day AS (
    SELECT fresh.enrolment_id,
           school_day.date,
           school_week.week_no,
           2 - length(replace(substr(coalesce(absence.sessions, repeat(' ', 14)),
                                     2 * (school_day.date - school_week.week_start) + 1, 2),
                              'U', '')) AS sessions
      FROM {work}fresh AS fresh
      JOIN {work}school_day AS school_day USING (school_id)
      JOIN {work}school_week AS school_week
        ON school_week.school_id = school_day.school_id
       AND school_week.week_start
           = school_day.date - (extract(isodow FROM school_day.date)::integer - 1)
      LEFT JOIN {work}absence_week AS absence
        ON absence.enrolment_id = fresh.enrolment_id
       AND absence.week_start = school_week.week_start
     WHERE fresh.kind = 'penalty_notice_threshold'
       AND school_day.date >= DATE '2024-08-19'
), asked AS (
    SELECT enrolment_id,
           date,
           sum(sessions) OVER ten_weeks - coalesce(sum(sessions) OVER later_in_week, 0) >= 10
               AS holds
      FROM day
    WINDOW ten_weeks AS (
               PARTITION BY enrolment_id
               ORDER BY week_no RANGE BETWEEN 9 PRECEDING AND CURRENT ROW),
           later_in_week AS (
               PARTITION BY enrolment_id, week_no
               ORDER BY date ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING)
), last_failed AS (
    SELECT enrolment_id, max(date) FILTER (WHERE NOT holds) AS date
      FROM asked
     GROUP BY enrolment_id
)
SELECT asked.enrolment_id, min(asked.date) AS met_on
  FROM asked
  JOIN last_failed USING (enrolment_id)
 WHERE asked.date > coalesce(last_failed.date, '-infinity')
 GROUP BY asked.enrolment_id
