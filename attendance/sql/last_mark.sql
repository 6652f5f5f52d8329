-- The last day of each enrolment, up to the date asked, with any mark but '-' (flag kind
-- no_recent_marks): the latest week that has one is opened, no other.
CREATE {storage} TABLE {work}last_mark AS
SELECT enrolment.enrolment_id,
       enrolment.school_id,
       latest.last_mark_on
  FROM {work}enrolment AS enrolment
 CROSS JOIN LATERAL (
           SELECT week.week_start + cut.first_day + (length(said.marks) - 1) / 2 AS last_mark_on
             FROM register_week AS week
            CROSS JOIN LATERAL (
                      SELECT greatest(enrolment.starts_on - week.week_start, 0),
                             least(enrolment.last_on - week.week_start, 6)
                  ) AS cut (first_day, last_day)
            CROSS JOIN LATERAL (
                      SELECT rtrim(translate(substr(week.marks, 2 * cut.first_day + 1,
                                                    2 * (cut.last_day - cut.first_day + 1)),
                                             '-', ' '))
                  ) AS said (marks)
            WHERE week.enrolment_id = enrolment.enrolment_id
              AND week.week_start BETWEEN enrolment.first_week AND enrolment.last_on
              AND said.marks <> ''
            ORDER BY week.week_start DESC
            LIMIT 1
       ) AS latest
