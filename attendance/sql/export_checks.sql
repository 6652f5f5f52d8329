-- One line per enrolment with its statutory checks, as the exports define them, by UPN, URN and
-- first day as text by code point.
SELECT pupil.upn,
       checked.school_id AS urn,
       enrolled.starts_on AS enrolment_start,
       checked.rolling_now,
       checked.rolling_max,
       checked.rolling_first,
       checked.run_now,
       checked.run_max,
       checked.run_first,
       checked.illness_sessions,
       checked.illness_days,
       checked.illness_first,
       checked.n_overdue,
       checked.n_oldest
  FROM {work}check AS checked
  JOIN schools_enrolment AS enrolled ON enrolled.id = checked.enrolment_id
  JOIN schools_pupil AS pupil ON pupil.id = enrolled.pupil_id
 ORDER BY pupil.upn COLLATE "C", checked.school_id::text COLLATE "C", enrolled.starts_on
