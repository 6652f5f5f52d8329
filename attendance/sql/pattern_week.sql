-- The weeks that the named cohorts need to open (attendance/rules/patterns.py): those with an absence,
-- of children whose sums (pattern_sum.sql) leave a spell, a slot or a late mark to be found.
-- `sessions` has A for a session missed, P for one attended, a space for one that was not possible.
-- `gap` is P where a session was attended in a week between this one and the one before.
CREATE {storage} TABLE {work}pattern_week AS
WITH candidate AS (
    SELECT enrolment_id,
           school_id,
           (may_be_long OR %(long_spell_days)s < 10) AND possible >= %(minimum_possible)s
               AND absent >= %(long_spell_days)s AS asks_long,
           coalesce(short_absent >= %(short_spells)s, false) AS asks_short,
           coalesce(late_unauthorised >= %(late_sessions)s, false) AS asks_late,
           weeks_missed >= %(same_days_weeks)s AND absent >= %(same_days_absences)s
               AND possible >= %(minimum_possible)s AS asks_same
      FROM {work}pattern_sum
), opened AS (
    SELECT week.enrolment_id,
           candidate.school_id,
           week.week_start,
           school.last_week_no - school_week.week_no AS weeks_ago,
           asks_long, asks_short, asks_late, asks_same,
           rpad(repeat(' ', 2 * cut.first_day)
                || substr(week.marks, 2 * cut.first_day + 1,
                          2 * (cut.last_day - cut.first_day + 1)), 14) AS marks
      FROM candidate
      JOIN {work}enrolment AS enrolment USING (enrolment_id)
      JOIN register_week AS week USING (enrolment_id)
      JOIN {work}school AS school ON school.school_id = candidate.school_id
      JOIN {work}school_week AS school_week
        ON school_week.school_id = candidate.school_id
       AND school_week.week_start = week.week_start
     CROSS JOIN LATERAL (
               SELECT greatest(enrolment.starts_on - week.week_start, 0) AS first_day,
                      least(enrolment.last_on - week.week_start, 6) AS last_day
           ) AS cut
     WHERE (asks_long OR asks_short OR asks_late OR asks_same)
       AND week.week_start BETWEEN enrolment.first_week AND enrolment.last_on
       AND week.attended < week.possible
       AND ((asks_long OR asks_same) AND week.week_start > %(year_start)s::date - 7
            OR asks_short AND school.last_week_no - school_week.week_no < %(short_spell_weeks)s
            OR asks_late AND school.last_week_no - school_week.week_no < %(late_weeks)s)
), told AS (
    SELECT opened.*,
           translate(marks, %(told_from)s, %(told_to)s) AS sessions
      FROM opened
), linked AS (
    SELECT told.*,
           lag(week_start) OVER by_week AS week_before,
           lag(sessions) OVER by_week AS sessions_before
      FROM told
    WINDOW by_week AS (PARTITION BY enrolment_id ORDER BY week_start)
)
SELECT enrolment_id,
       school_id,
       week_start,
       weeks_ago,
       asks_long, asks_short, asks_late, asks_same,
       marks,
       sessions,
       CASE WHEN week_before < week_start - 7
                 AND right(rtrim(sessions_before), 1) = 'A' AND left(ltrim(sessions), 1) = 'A'
                 AND EXISTS (SELECT FROM register_week AS between_them
                              WHERE between_them.enrolment_id = linked.enrolment_id
                                AND between_them.week_start > linked.week_before
                                AND between_them.week_start < linked.week_start
                                AND between_them.possible > 0)
            THEN 'P' ELSE '' END AS gap
  FROM linked
