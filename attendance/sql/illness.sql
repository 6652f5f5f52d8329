-- Sessions and days coded I in the academic year asked, and the day of the thirtieth session
-- (RET-11, RET-12).
CREATE {storage} TABLE {work}illness AS
SELECT absence.enrolment_id,
       count(*)::smallint AS illness_sessions,
       count(DISTINCT slot / 2 + absence.week_start)::smallint AS illness_days,
       (array_agg(absence.week_start + slot / 2 ORDER BY absence.week_start, slot))[30]
           AS illness_first
  FROM {work}absence_week AS absence
 CROSS JOIN generate_series(0, 13) AS slot
 WHERE absence.illness > 0
   AND absence.week_start > %(year_start)s::date - 7
   AND substr(absence.marks, slot + 1, 1) = %(illness)s
   AND absence.week_start + slot / 2 >= %(year_start)s
 GROUP BY absence.enrolment_id
