-- How many were on each school's roll on each of some days.
SELECT enrolment.school_id, asked.day, count(*) AS on_roll
  FROM schools_enrolment AS enrolment
 CROSS JOIN unnest(%(days)s::date[]) AS asked (day)
 WHERE enrolment.school_id = ANY (%(schools)s)
   AND enrolment.starts_on <= asked.day
   AND (enrolment.ends_on IS NULL OR enrolment.ends_on >= asked.day)
 GROUP BY enrolment.school_id, asked.day
