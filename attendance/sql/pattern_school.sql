-- The school weeks that the named cohorts compare (attendance/rules/patterns.py), as the Mondays that
-- each stretch starts with: a week with a possible session is a school week, so a date is enough.
-- Beside them, for the year asked: in how many weeks and on how many weekdays the school met, how
-- many sessions it held, and how many of the weekday session that it held least often.
CREATE {storage} TABLE {work}pattern_school AS
WITH back AS (
    SELECT school_week.school_id,
           school_week.week_start,
           school_week.slots,
           bit_count(school_week.slots::integer::bit(14)) AS sessions,
           school.last_week_no - school_week.week_no AS weeks_ago
      FROM {work}school_week AS school_week
      JOIN {work}school AS school USING (school_id)
), slot AS (
    SELECT school_id, slot, count(*) AS held
      FROM back
     CROSS JOIN generate_series(0, 13) AS slot
     WHERE week_start > %(year_start)s::date - 7
       AND week_start + slot / 2 >= %(year_start)s
       AND slots & (8192 >> slot) <> 0
     GROUP BY school_id, slot
), year AS (
    SELECT school_id,
           count(DISTINCT slot / 2) AS days_a_week,
           sum(held) AS sessions,
           min(held) AS seldom
      FROM slot
     GROUP BY school_id
), starts AS (
    SELECT school_id,
           sum(sessions) FILTER (WHERE weeks_ago < %(drifting_weeks)s) AS drift_sessions,
           sum(sessions) FILTER (WHERE weeks_ago >= %(drifting_weeks)s
                                   AND weeks_ago < 2 * %(drifting_weeks)s)
               AS drift_before_sessions,
           sum(sessions) FILTER (WHERE weeks_ago < %(coming_back_weeks)s) AS back_sessions,
           sum(sessions) FILTER (WHERE weeks_ago >= %(coming_back_weeks)s
                                   AND weeks_ago < 2 * %(coming_back_weeks)s)
               AS back_before_sessions,
           min(week_start) FILTER (WHERE week_start > %(year_start)s::date - 7) AS year_from,
           count(*) FILTER (WHERE week_start > %(year_start)s::date - 7) AS weeks,
           min(week_start) FILTER (WHERE weeks_ago < %(short_spell_weeks)s) AS short_from,
           min(week_start) FILTER (WHERE weeks_ago < %(late_weeks)s) AS late_from,
           min(week_start) FILTER (WHERE weeks_ago < %(drifting_weeks)s) AS drift_from,
           min(week_start) FILTER (WHERE weeks_ago < 2 * %(drifting_weeks)s) AS drift_before_from,
           min(week_start) FILTER (WHERE weeks_ago < %(coming_back_weeks)s) AS back_from,
           min(week_start) FILTER (WHERE weeks_ago < 2 * %(coming_back_weeks)s)
               AS back_before_from
      FROM back
     GROUP BY school_id
)
SELECT starts.*,
       least(year_from, short_from, late_from, drift_before_from, back_before_from) AS asked_from,
       coalesce(days_a_week, 0) AS days_a_week,
       coalesce(sessions, 0) AS sessions,
       coalesce(seldom, 0) AS seldom
  FROM starts
  LEFT JOIN year USING (school_id)
