-- Every check of each enrolment that has a mark (exports, figures 5 to 8): one row, noughts where
-- there is nothing to say.
CREATE {storage} TABLE {work}check AS
SELECT last_mark.enrolment_id,
       last_mark.school_id,
       coalesce(rolling.rolling_now, 0)::smallint AS rolling_now,
       coalesce(rolling.rolling_max, 0)::smallint AS rolling_max,
       rolling.rolling_first,
       coalesce(run.run_now, 0)::smallint AS run_now,
       coalesce(run.run_max, 0)::smallint AS run_max,
       run.run_first,
       coalesce(illness.illness_sessions, 0)::smallint AS illness_sessions,
       coalesce(illness.illness_days, 0)::smallint AS illness_days,
       illness.illness_first,
       coalesce(unexplained.n_overdue, 0)::smallint AS n_overdue,
       unexplained.n_oldest,
       last_mark.last_mark_on
  FROM {work}last_mark AS last_mark
  LEFT JOIN {work}rolling AS rolling USING (enrolment_id)
  LEFT JOIN {work}run AS run USING (enrolment_id)
  LEFT JOIN {work}illness AS illness USING (enrolment_id)
  LEFT JOIN {work}unexplained AS unexplained USING (enrolment_id)
