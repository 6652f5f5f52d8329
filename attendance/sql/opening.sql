-- The flags that open, each with the day since when its condition has held without a break, by the
-- marks known now (met_on in attendance/rules/flags.py). Illness and overdue Ns cannot stop holding
-- while the marks stand, so the day they began to hold is enough: the thirtieth session, the sixth
-- school day after the oldest N. A run has held since its tenth day, silence since the fifth school
-- day after the last mark.
CREATE {storage} TABLE {work}opening AS
WITH run_day AS (
    SELECT fresh.enrolment_id,
           run_week.week_start + day_no AS date,
           (fresh.evidence ->> 'run_now')::integer AS run_now,
           row_number() OVER (
               PARTITION BY fresh.enrolment_id ORDER BY run_week.week_start + day_no DESC
           ) AS place_from_end
      FROM {work}fresh AS fresh
      JOIN {work}run_week AS run_week USING (enrolment_id)
     CROSS JOIN generate_series(0, 6) AS day_no
     WHERE fresh.kind = 'unauthorised_run'
       AND substr(run_week.sessions, 2 * day_no + 1, 2) <> '  '
)
SELECT fresh.enrolment_id,
       fresh.school_id,
       fresh.kind,
       fresh.evidence,
       CASE fresh.kind
       WHEN 'penalty_notice_threshold' THEN since_window.met_on
       WHEN 'sickness_return' THEN (fresh.evidence ->> 'illness_first')::date
       WHEN 'unresolved_n' THEN (
           SELECT date
             FROM {work}school_day AS school_day
            WHERE school_day.school_id = fresh.school_id
              AND school_day.date > (fresh.evidence ->> 'n_oldest')::date
            ORDER BY date
           OFFSET 5
            LIMIT 1)
       WHEN 'no_recent_marks' THEN (
           SELECT date
             FROM {work}school_day AS school_day
            WHERE school_day.school_id = fresh.school_id
              AND school_day.date >= fresh.starts_on
              AND school_day.date > coalesce((fresh.evidence ->> 'last_mark_on')::date, '-infinity')
            ORDER BY date
           OFFSET 4
            LIMIT 1)
       WHEN 'unauthorised_run' THEN since_run.date
       ELSE since_year.met_on
       END AS met_on
  FROM {work}fresh AS fresh
  LEFT JOIN {work}since_year AS since_year USING (enrolment_id, kind)
  LEFT JOIN {work}since_window AS since_window
    ON since_window.enrolment_id = fresh.enrolment_id
   AND fresh.kind = 'penalty_notice_threshold'
  LEFT JOIN run_day AS since_run
    ON since_run.enrolment_id = fresh.enrolment_id
   AND fresh.kind = 'unauthorised_run'
   AND since_run.place_from_end = since_run.run_now - 9
