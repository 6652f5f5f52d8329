-- A school's year: the sum of its enrolments' sessions (STAT-07), how many enrolments had a possible
-- session (STAT-11), and how many of those are persistently and severely absent (STAT-10). Beside
-- them, whatever the year, the school's latest mark.
CREATE {storage} TABLE {work}school_year AS
WITH latest AS (
    SELECT school_id, max(last_mark_on) AS last_mark_on
      FROM {work}last_mark
     GROUP BY school_id
), summed AS (
    SELECT school_id,
           academic_year,
           sum(possible)::integer AS possible,
           sum(attended)::integer AS attended,
           sum(authorised)::integer AS authorised,
           sum(unauthorised)::integer AS unauthorised,
           count(*)::integer AS enrolments,
           count(*) FILTER (WHERE persistent)::integer AS persistent,
           count(*) FILTER (WHERE severe)::integer AS severe
      FROM {work}period
     WHERE kind = 1
     GROUP BY school_id, academic_year
)
SELECT summed.*, latest.last_mark_on
  FROM summed
  LEFT JOIN latest USING (school_id)
