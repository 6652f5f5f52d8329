-- Slots beyond chance (attendance/rules/slots.py): weekday sessions 0 to 13, Monday AM first, missed
-- more often than three standard deviations above a fair share, and half days of which more were
-- mornings (14) or afternoons (15). What a slot held is counted last, over every week of the year,
-- for slots that would be beyond chance had they held as few sessions as they can have (pattern_sum's
-- `seldom`; fewer sessions make the same number missed more surprising, up to half of all).
CREATE {storage} TABLE {work}pattern_slot AS
WITH in_year AS MATERIALIZED (
    SELECT week.enrolment_id,
           week.week_start,
           repeat(' ', 2 * greatest(%(year_start)s::date - week.week_start, 0))
               || substr(week.sessions, 2 * greatest(%(year_start)s::date - week.week_start, 0) + 1)
               AS sessions
      FROM {work}pattern_week AS week
     WHERE week.asks_same AND week.week_start > %(year_start)s::date - 7
), missed AS (
    SELECT enrolment_id, slot, count(*) AS absent
      FROM in_year
     CROSS JOIN generate_series(0, 13) AS slot
     WHERE substr(sessions, slot + 1, 1) = 'A'
     GROUP BY enrolment_id, slot
    HAVING count(*) >= %(same_days_weeks)s
), likely AS MATERIALIZED (
    SELECT missed.enrolment_id, missed.slot, missed.absent,
           summed.absent::bigint AS all_absent, summed.possible::bigint AS all_possible
      FROM missed
      JOIN {work}pattern_sum AS summed USING (enrolment_id)
     CROSS JOIN LATERAL (SELECT greatest(missed.absent, summed.seldom) AS held) AS fewest
     WHERE 2 * summed.weeks > summed.possible
        OR missed.absent * summed.possible > summed.absent * fewest.held
           AND (missed.absent * summed.possible - summed.absent * fewest.held)::numeric
               * (missed.absent * summed.possible - summed.absent * fewest.held)
               * (summed.possible - 1)
               > (%(same_days_deviations)s * %(same_days_deviations)s)::numeric
                 * summed.absent * fewest.held * (summed.possible - fewest.held)
                 * (summed.possible - summed.absent)
), held AS (
    SELECT likely.enrolment_id, likely.slot, likely.absent, likely.all_absent, likely.all_possible,
           count(*) AS possible
      FROM likely
      JOIN {work}enrolment AS enrolment USING (enrolment_id)
      JOIN register_week AS week USING (enrolment_id)
     WHERE week.week_start
           BETWEEN greatest(enrolment.first_week, %(year_start)s::date - 6) AND enrolment.last_on
       AND week.week_start + likely.slot / 2
           BETWEEN greatest(enrolment.starts_on, %(year_start)s) AND enrolment.last_on
       AND strpos(%(possible)s, substr(week.marks, likely.slot + 1, 1)) > 0
     GROUP BY likely.enrolment_id, likely.slot, likely.absent, likely.all_absent,
              likely.all_possible
), weekday AS (
    SELECT enrolment_id, slot, absent, possible
      FROM held
     WHERE absent * all_possible > all_absent * possible
       AND (absent * all_possible - all_absent * possible)::numeric
           * (absent * all_possible - all_absent * possible) * (all_possible - 1)
           > (%(same_days_deviations)s * %(same_days_deviations)s)::numeric
             * all_absent * possible * (all_possible - possible) * (all_possible - all_absent)
), halved AS (
    SELECT enrolment_id,
           (length(days) - length(replace(days, 'AP|', ''))) / 3 AS mornings,
           (length(days) - length(replace(days, 'PA|', ''))) / 3 AS afternoons
      FROM in_year
     CROSS JOIN LATERAL (SELECT regexp_replace(sessions, '(..)', '\1|', 'g')) AS barred (days)
     WHERE strpos(sessions, 'P') > 0
), half AS (
    SELECT enrolment_id,
           sum(mornings) AS mornings,
           count(*) FILTER (WHERE mornings > 0) AS weeks_with_mornings,
           sum(afternoons) AS afternoons,
           count(*) FILTER (WHERE afternoons > 0) AS weeks_with_afternoons
      FROM halved
     GROUP BY enrolment_id
), told AS (
    SELECT enrolment_id, slot, absent, possible FROM weekday
     UNION ALL
    SELECT half.enrolment_id, side.slot, side.missed, half.mornings + half.afternoons
      FROM half
     CROSS JOIN LATERAL (
               VALUES (14, mornings, afternoons, weeks_with_mornings),
                      (15, afternoons, mornings, weeks_with_afternoons)
           ) AS side (slot, missed, others, weeks)
     WHERE side.weeks >= %(same_days_weeks)s
       AND side.missed > side.others
       AND (side.missed - side.others) * (side.missed - side.others)
           > %(same_days_deviations)s * %(same_days_deviations)s * (side.missed + side.others)
)
SELECT enrolment_id,
       jsonb_agg(jsonb_build_array(slot, absent, possible) ORDER BY slot) AS slots
  FROM told
 GROUP BY enrolment_id
