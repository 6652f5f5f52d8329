-- The enrolments in question, each with its first and last day that count as of the date asked.
-- Those that ended before the first day in question (`from_day`) are left out.
-- Marks outside an enrolment's dates stay stored and do not count (STAT-13).
CREATE {storage} TABLE {work}enrolment AS
SELECT id AS enrolment_id,
       school_id,
       starts_on,
       coalesce(ends_on, 'infinity') AS ends_on,
       least(ends_on, %(as_of)s) AS last_on,
       starts_on - (extract(isodow FROM starts_on)::integer - 1) AS first_week
  FROM schools_enrolment
 WHERE starts_on <= %(as_of)s
   AND (ends_on IS NULL OR ends_on >= %(from_day)s)
   AND (%(schools)s::integer[] IS NULL OR school_id = ANY (%(schools)s::integer[]))
   AND (%(enrolments)s::integer[] IS NULL OR id = ANY (%(enrolments)s::integer[]))
