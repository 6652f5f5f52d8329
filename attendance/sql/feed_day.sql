-- What each school sent for each session of some weeks, oldest first: marks of a code, and marks
-- that say it was closed (#). A mark '-' says that none was recorded, so it has not come.
SELECT week.school_id,
       week.week_start + slot.number / 2 AS day,
       mod(slot.number, 2) AS session,
       count(*) FILTER (WHERE substr(week.marks, slot.number + 1, 1) NOT IN (' ', '-', '#')) AS marks,
       count(*) FILTER (WHERE substr(week.marks, slot.number + 1, 1) = '#') AS closed
  FROM register_week AS week
 CROSS JOIN generate_series(0, 13) AS slot (number)
 WHERE week.school_id = ANY (%(schools)s)
   AND week.week_start BETWEEN %(first_week)s AND %(last_day)s
 GROUP BY week.school_id, week.week_start, slot.number
