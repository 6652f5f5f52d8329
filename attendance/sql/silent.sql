-- Children on roll through the school's last five days of whom the register says nothing on any of
-- them (attendance/rules/recent.py), with the last day on which it did. Only days with a session
-- count: a # in the holidays is no word of a child. Few are suspects, and only those are opened.
CREATE {storage} TABLE {work}silent AS
WITH suspect AS MATERIALIZED (  -- else the search below is made for every child
    SELECT enrolment.enrolment_id,
           enrolment.school_id,
           enrolment.starts_on,
           school.fifth_last_day
      FROM {work}enrolment AS enrolment
      JOIN {work}school AS school ON school.school_id = enrolment.school_id
      LEFT JOIN {work}last_mark AS last_mark
        ON last_mark.enrolment_id = enrolment.enrolment_id
      LEFT JOIN {work}school_day AS met
        ON met.school_id = enrolment.school_id AND met.date = last_mark.last_mark_on
     WHERE enrolment.ends_on >= %(as_of)s
       AND enrolment.starts_on <= school.fifth_last_day
       AND (met.date IS NULL OR met.date < school.fifth_last_day)
), told AS (
    SELECT suspect.enrolment_id,
           suspect.fifth_last_day,
           (SELECT day.date
              FROM {work}school_day AS day
              JOIN register_week AS week
                ON week.enrolment_id = suspect.enrolment_id
               AND week.week_start = day.date - (extract(isodow FROM day.date)::integer - 1)
             WHERE day.school_id = suspect.school_id
               AND day.date >= suspect.starts_on
               AND translate(substr(week.marks, 2 * (day.date - week.week_start) + 1, 2), '- ', '')
                   <> ''
             ORDER BY day.date DESC
             LIMIT 1) AS last_mark_on
      FROM suspect
)
SELECT enrolment_id, last_mark_on
  FROM told
 WHERE coalesce(last_mark_on < fifth_last_day, true)
