-- What the named cohorts are decided on (attendance/rules/patterns.py): one row for each child on
-- roll. Sums of weeks come first, of weeks with an absence alone; sessions that were possible are
-- added up for the few who may be drifting up or coming back, and spells and slots are looked for
-- (`asks_long`, `asks_short`, `asks_same`) only where the sums leave one to be found.
-- `heavy_absent` are the sessions missed in weeks that may be the middle of a long spell: at a school
-- that meets on five days a week, a spell of ten days leaves at most one session of some week
-- attended; at others, at most half (a week that 1 August cuts may hold less than it shows). Beside
-- such weeks a spell takes at most the end of its first week and the start of its last, no more than
-- the longest stretches of the other weeks, `at_end` and `at_start`.
-- `short_pieces` counts spells week by week: one that runs on over a weekend counts more than once.
-- `seldom` is the fewest sessions of the year that one weekday session can have held: those of the
-- slot that the school held least often, less all the school's sessions that were not possible for
-- this child (below nought it says nothing).
CREATE {storage} TABLE {work}pattern_sum AS
WITH opened AS MATERIALIZED (  -- else each use below would translate the week again
    SELECT week.enrolment_id,
           week.week_start,
           week.absent,
           school.days_a_week,
           school.year_from,
           school.short_from,
           school.drift_from,
           school.drift_before_from,
           school.back_from,
           school.back_before_from,
           absent >= possible - 1
               OR days_a_week > 5 AND 2 * absent >= possible
               OR week_start < %(year_start)s AS is_heavy,
           'P' || translate(week.sessions, 'U ', 'A') AS told,
           CASE WHEN week_start >= late_from AND unauthorised > 0
                THEN length(marks) - length(translate(marks, %(late)s, '')) ELSE 0
           END AS late
      FROM {work}absence_week AS week
      JOIN {work}pattern_school AS school USING (school_id)
     WHERE week_start >= asked_from
       AND absent > 0
), missed AS (
    SELECT enrolment_id,
           count(*) FILTER (WHERE week_start >= year_from) AS weeks_missed,
           sum(absent) FILTER (WHERE week_start >= year_from AND is_heavy) AS heavy_absent,
           sum(least(absent, days_a_week)) FILTER (WHERE week_start >= year_from AND is_heavy)
               AS heavy_days,
           max(length(told) - length(rtrim(told, 'A')))
               FILTER (WHERE week_start >= year_from AND NOT is_heavy) AS at_end,
           max(length(told) - 1 - length(ltrim(substr(told, 2), 'A')))
               FILTER (WHERE week_start >= year_from AND NOT is_heavy) AS at_start,
           sum(length(told) - length(replace(told, 'PA', 'P')))
               FILTER (WHERE week_start >= short_from) AS short_pieces,
           sum(late) AS late_sessions,
           sum(absent) FILTER (WHERE week_start >= drift_from) AS drift_absent,
           sum(absent) FILTER (WHERE week_start >= drift_before_from AND week_start < drift_from)
               AS drift_before_absent,
           sum(absent) FILTER (WHERE week_start >= back_from) AS back_absent,
           sum(absent) FILTER (WHERE week_start >= back_before_from AND week_start < back_from)
               AS back_before_absent
      FROM opened
     GROUP BY enrolment_id
), summed AS (
    SELECT enrolment.enrolment_id,
           enrolment.school_id,
           enrolment.starts_on,
           enrolment.last_on,
           coalesce(year.possible, 0)::integer AS possible,
           coalesce(year.possible - year.attended, 0)::integer AS absent,
           coalesce(weeks_missed, 0) AS weeks_missed,
           coalesce(heavy_absent, 0) AS heavy_absent,
           coalesce(heavy_days, 0) AS heavy_days,
           coalesce(at_end, 0) AS at_end,
           coalesce(at_start, 0) AS at_start,
           coalesce(short_pieces, 0) AS short_pieces,
           coalesce(late_sessions, 0) AS late_sessions,
           coalesce(drift_absent, 0) AS drift_absent,
           coalesce(drift_before_absent, 0) AS drift_before_absent,
           coalesce(back_absent, 0) AS back_absent,
           coalesce(back_before_absent, 0) AS back_before_absent
      FROM {work}enrolment AS enrolment
      LEFT JOIN missed USING (enrolment_id)
      LEFT JOIN {work}period AS year
        ON year.enrolment_id = enrolment.enrolment_id
       AND year.kind = 1
       AND year.academic_year = %(academic_year)s
     WHERE enrolment.ends_on >= %(as_of)s
)
SELECT summed.*,
       compared.*,
       (school.seldom - (school.sessions - summed.possible))::integer AS seldom,
       school.weeks,
       summed.possible >= %(minimum_possible)s
           AND summed.absent >= %(long_spell_days)s
           AND (%(long_spell_days)s < 10  -- the weeks tell only of spells of ten days and more
                OR heavy_absent > 0
                   AND heavy_days + least(at_end, days_a_week) + least(at_start, days_a_week)
                       >= %(long_spell_days)s
                   AND 2 * (heavy_absent + at_end + at_start) > summed.absent) AS asks_long,
       short_pieces >= %(short_spells)s AS asks_short,
       weeks_missed >= %(same_days_weeks)s
           AND summed.absent >= %(same_days_absences)s
           AND summed.possible >= %(minimum_possible)s AS asks_same
  FROM summed
  JOIN {work}pattern_school AS school USING (school_id)
 CROSS JOIN LATERAL (
           SELECT school.sessions - summed.possible AS not_possible,
                  greatest(%(minimum_possible)s, 1) AS least_possible
       ) AS fewest
 CROSS JOIN LATERAL (  -- the fewest sessions that were possible for the child, and the most
           SELECT CASE WHEN back_before_from >= %(year_start)s
                       THEN greatest(back_before_sessions - not_possible, least_possible)
                       ELSE least_possible END AS back_before_fewest,
                  CASE WHEN drift_from >= %(year_start)s
                       THEN greatest(drift_sessions - not_possible, least_possible)
                       ELSE least_possible END AS drift_fewest
       ) AS bound
 CROSS JOIN LATERAL (
           SELECT 100 * (back_before_absent * back_sessions - back_absent * back_before_fewest)
                      >= %(coming_back_points)s * back_before_fewest * back_sessions
                      AS coming_back,
                  20 * summed.absent >= summed.possible
                      AND 10 * summed.absent < summed.possible
                      AND 100 * (drift_absent * drift_before_sessions
                                 - drift_before_absent * drift_fewest)
                          >= %(drifting_points)s * drift_fewest * drift_before_sessions
                      AS drifting_up
       ) AS may_be
  LEFT JOIN LATERAL (
           SELECT sum(counted.possible) FILTER (WHERE week_start >= drift_from) AS drift_possible,
                  sum(counted.possible) FILTER (WHERE week_start >= drift_before_from
                                                  AND week_start < drift_from)
                      AS drift_before_possible,
                  sum(counted.possible) FILTER (WHERE week_start >= back_from) AS back_possible,
                  sum(counted.possible) FILTER (WHERE week_start >= back_before_from
                                                  AND week_start < back_from)
                      AS back_before_possible
             FROM register_week AS week
            CROSS JOIN LATERAL (
                      SELECT CASE WHEN summed.starts_on <= week.week_start
                                       AND summed.last_on >= week.week_start + 6
                                  THEN week.possible
                                  ELSE length(kept.marks)
                                       - length(translate(kept.marks, %(possible)s, ''))
                             END AS possible
                        FROM (SELECT substr(
                                  week.marks,
                                  2 * greatest(summed.starts_on - week.week_start, 0) + 1,
                                  2 * (least(summed.last_on - week.week_start, 6)
                                       - greatest(summed.starts_on - week.week_start, 0) + 1))
                             ) AS kept (marks)
                  ) AS counted
            WHERE (may_be.coming_back OR may_be.drifting_up)
              AND week.enrolment_id = summed.enrolment_id
              AND week.week_start BETWEEN greatest(summed.starts_on - 6,
                                                   least(drift_before_from, back_before_from))
                                      AND summed.last_on
       ) AS compared ON true
