-- Since when each new year-to-date flag has held without a break, by the marks known now (met_on in
-- attendance/rules/flags.py): the day after the last that failed, among the days of the academic
-- year with something possible. Only the enrolments in question are opened, day by day.
CREATE {storage} TABLE {work}since_year AS
WITH day AS (
    SELECT enrolment.enrolment_id,
           week.week_start + day_no AS date,
           2 - length(translate(slots.marks, %(possible)s, '')) AS possible,
           2 - length(translate(slots.marks, %(attended)s, '')) AS attended
      FROM {work}enrolment AS enrolment
      JOIN register_week AS week USING (enrolment_id)
     CROSS JOIN generate_series(0, 6) AS day_no
     CROSS JOIN LATERAL (SELECT substr(week.marks, 2 * day_no + 1, 2)) AS slots (marks)
     WHERE enrolment.enrolment_id IN (
               SELECT enrolment_id
                 FROM {work}fresh
                WHERE kind IN ('at_risk', 'persistent_absence', 'severe_absence'))
       AND week.week_start BETWEEN %(year_start)s::date - 6 AND enrolment.last_on
       AND week.week_start + day_no
           BETWEEN greatest(enrolment.starts_on, %(year_start)s) AND enrolment.last_on
       AND week.session_slots & (3 << (12 - 2 * day_no)) <> 0
), summed AS (
    SELECT enrolment_id,
           date,
           sum(possible) OVER up_to_day AS possible,
           sum(possible - attended) OVER up_to_day AS absent
      FROM day
     WHERE possible > 0
    WINDOW up_to_day AS (PARTITION BY enrolment_id ORDER BY date)
), asked AS (
    SELECT fresh.enrolment_id,
           fresh.kind,
           summed.date,
           possible >= %(minimum_possible)s
               AND CASE fresh.kind
                   WHEN 'severe_absence' THEN absent * 2 >= possible
                   WHEN 'persistent_absence' THEN absent * 10 >= possible
                   ELSE absent * 20 >= possible AND absent * 10 < possible
                   END AS holds
      FROM {work}fresh AS fresh
      JOIN summed USING (enrolment_id)
     WHERE fresh.kind IN ('at_risk', 'persistent_absence', 'severe_absence')
), last_failed AS (
    SELECT enrolment_id, kind, max(date) FILTER (WHERE NOT holds) AS date
      FROM asked
     GROUP BY enrolment_id, kind
)
SELECT asked.enrolment_id, asked.kind, min(asked.date) AS met_on
  FROM asked
  JOIN last_failed USING (enrolment_id, kind)
 WHERE asked.date > coalesce(last_failed.date, '-infinity')
 GROUP BY asked.enrolment_id, asked.kind
