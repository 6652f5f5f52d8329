-- Each school in the academic year of each milestone, up to it: what school_year.sql says of one
-- date (STAT-07, STAT-10, STAT-11), said of many at once.
CREATE {storage} TABLE {work}milestone AS
WITH upto AS (
    SELECT part.enrolment_id,
           part.school_id,
           asked.day AS milestone,
           sum(part.possible) AS possible,
           sum(part.attended) AS attended,
           sum(part.unauthorised) AS unauthorised
      FROM unnest(%(milestones)s::date[]) AS asked (day)
      JOIN {work}milestone_part AS part
        ON part.milestone <= asked.day AND asked.day < part.year_start + interval '1 year'
     GROUP BY part.enrolment_id, part.school_id, asked.day
    HAVING sum(part.possible) > 0
)
SELECT milestone,
       school_id,
       count(*)::integer AS enrolments,
       sum(possible)::integer AS possible,
       sum(attended)::integer AS attended,
       sum(possible - attended - unauthorised)::integer AS authorised,
       sum(unauthorised)::integer AS unauthorised,
       count(*) FILTER (WHERE (possible - attended) * 10 >= possible)::integer AS persistent,
       count(*) FILTER (WHERE (possible - attended) * 2 >= possible)::integer AS severe
  FROM upto
 GROUP BY milestone, school_id
