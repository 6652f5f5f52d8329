-- Enrolments of one academic year by school and band of absence (STAT-26). Bands are five points wide,
-- lower bound included: 0 is nothing to under 5 in a hundred, 9 is 45 to under 50, 10 is 50 and over.
-- `{period}` is the stored summary at the figures' date, a working table at another.
SELECT school_id,
       least((20 * (authorised + unauthorised)::bigint) / possible, 10)::integer AS band,
       count(*)::integer AS enrolments
  FROM {period}
 WHERE kind = 1
   AND academic_year = %(academic_year)s
   AND school_id = ANY (%(schools)s::integer[])
 GROUP BY 1, 2
 ORDER BY 1, 2
