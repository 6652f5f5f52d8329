-- School days: days with at least one school session up to the date asked, numbered without gaps
-- across holidays and years (REG-09).
CREATE {storage} TABLE {work}school_day AS
SELECT week.school_id,
       week.week_start + day AS date,
       (row_number() OVER (PARTITION BY week.school_id ORDER BY week.week_start + day))::integer
           AS day_no
  FROM {work}school_week AS week
 CROSS JOIN generate_series(0, 6) AS day
 WHERE (week.slots >> (12 - 2 * day)) & 3 <> 0;

CREATE INDEX ON {work}school_day (school_id, date)
