-- Each enrolment in the academic year of the date asked, up to it, in the columns of
-- enrolment_period: what period.sql says of one year, without counting the years before. One
-- milestone is given, the date asked.
CREATE {storage} TABLE {work}year_so_far AS
SELECT enrolment_id,
       school_id,
       extract(year FROM year_start)::smallint AS academic_year,
       1::smallint AS kind,
       possible,
       attended,
       possible - attended - unauthorised AS authorised,
       unauthorised,
       (possible - attended) * 10 >= possible AS persistent,
       (possible - attended) * 2 >= possible AS severe
  FROM {work}milestone_part
 WHERE possible > 0
