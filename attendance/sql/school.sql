-- Where each school stands: its latest school week, and the days that the fifth and the sixth last
-- school day fall on (none while it met on fewer). An N is overdue when more than five school days
-- follow it (REG-08), that is when it is older than the sixth last; five silent days begin with
-- the fifth last.
CREATE {storage} TABLE {work}school AS
SELECT school_id,
       (SELECT max(week_no) FROM {work}school_week AS week WHERE week.school_id = day.school_id)
           AS last_week_no,
       max(date) FILTER (WHERE days_after = 4) AS fifth_last_day,
       max(date) FILTER (WHERE days_after = 5) AS sixth_last_day
  FROM (SELECT school_id,
               date,
               max(day_no) OVER (PARTITION BY school_id) - day_no AS days_after
          FROM {work}school_day) AS day
 GROUP BY school_id
