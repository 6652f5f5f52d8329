-- Where a stored summary differs from what was just worked out: rows to insert, update or delete.
CREATE {storage} TABLE {work}difference AS
SELECT {keys},
       {new_values},
       coalesce(worked_out.at_school, stored.at_school) AS at_school,
       stored.at_school IS NULL AS is_new,
       worked_out.at_school IS NULL AS is_gone
  FROM (SELECT {keys}, {values}, school_id AS at_school FROM {source}) AS worked_out
  FULL JOIN (SELECT {keys}, {values}, school_id AS at_school
               FROM {target}
              WHERE %(schools)s::integer[] IS NULL OR school_id = ANY (%(schools)s::integer[]))
       AS stored USING ({keys})
 WHERE worked_out.at_school IS NULL
    OR stored.at_school IS NULL
    OR ({new_values}) IS DISTINCT FROM ({stored_values})
