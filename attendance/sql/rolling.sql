-- Ten sessions in ten school weeks (PN-01 to PN-06). Sums first: the window moves over week counts,
-- school weeks being numbered without gaps, and only the week in which the tenth session fell is
-- opened. Sessions before 19 August 2024, a Monday, never count (PN-05), so it is a condition on
-- the week.
CREATE {storage} TABLE {work}rolling AS
WITH counted AS (
    SELECT absence.enrolment_id,
           absence.school_id,
           absence.week_start,
           absence.marks,
           school_week.week_no,
           absence.unauthorised,
           sum(absence.unauthorised) OVER (
               PARTITION BY absence.enrolment_id
               ORDER BY school_week.week_no
               RANGE BETWEEN 9 PRECEDING AND CURRENT ROW
           ) AS in_window
      FROM {work}absence_week AS absence
      JOIN {work}school_week AS school_week USING (school_id, week_start)
     WHERE absence.unauthorised > 0
       AND absence.week_start >= DATE '2024-08-19'
), summed AS (
    SELECT counted.enrolment_id,
           coalesce(sum(counted.unauthorised)
                        FILTER (WHERE counted.week_no > school.last_week_no - 10), 0) AS rolling_now,
           max(counted.in_window) AS rolling_max,
           min(counted.week_start) FILTER (WHERE counted.in_window >= 10) AS first_week
      FROM counted
      JOIN {work}school AS school USING (school_id)
     GROUP BY counted.enrolment_id
)
SELECT summed.enrolment_id,
       summed.rolling_now::smallint AS rolling_now,
       summed.rolling_max::smallint AS rolling_max,
       tenth.date AS rolling_first
  FROM summed
  LEFT JOIN counted
    ON counted.enrolment_id = summed.enrolment_id AND counted.week_start = summed.first_week
  LEFT JOIN LATERAL (
           SELECT counted.week_start + slot / 2 AS date
             FROM generate_series(0, 13) AS slot
            WHERE strpos(%(unauthorised)s, substr(counted.marks, slot + 1, 1)) > 0
            ORDER BY slot
           OFFSET 9 - (counted.in_window - counted.unauthorised)
            LIMIT 1
       ) AS tenth ON true
