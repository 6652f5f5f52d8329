-- Slots beyond chance (attendance/rules/slots.py): weekday sessions 0 to 13, Monday AM first, missed
-- more often than three standard deviations above a fair share; and half days of which more were
-- mornings (14) or afternoons (15). What a slot held is counted last, over every week of the year,
-- for slots that would be beyond chance had they held as few sessions as they can have (`seldom` of
-- pattern_sum.sql: the same number missed of fewer is more surprising, up to half of all sessions).
-- Slots are written out: a row for each takes four times as long.
CREATE {storage} TABLE {work}pattern_slot AS
WITH digits AS MATERIALIZED (  -- a digit for each session, 2 missed and 1 attended: read but once
    SELECT week.enrolment_id,
           ('x' || translate(in_year.sessions, 'AUP ', '2210'))::bit(56)::bigint AS week
      FROM {work}absence_week AS week
      JOIN {work}pattern_sum AS summed USING (enrolment_id)
     CROSS JOIN LATERAL (
               SELECT CASE WHEN week.week_start >= %(year_start)s THEN week.sessions
                           ELSE repeat(' ', 2 * (%(year_start)s - week.week_start))
                                || substr(week.sessions,
                                          2 * (%(year_start)s - week.week_start) + 1)
                      END AS sessions
           ) AS in_year
     WHERE summed.asks_same
       AND week.week_start > %(year_start)s::date - 7
), missed AS (
    SELECT enrolment_id,
           count(*) FILTER (WHERE week & 9007199254740992 <> 0) AS s0,
           count(*) FILTER (WHERE week & 562949953421312 <> 0) AS s1,
           count(*) FILTER (WHERE week & 35184372088832 <> 0) AS s2,
           count(*) FILTER (WHERE week & 2199023255552 <> 0) AS s3,
           count(*) FILTER (WHERE week & 137438953472 <> 0) AS s4,
           count(*) FILTER (WHERE week & 8589934592 <> 0) AS s5,
           count(*) FILTER (WHERE week & 536870912 <> 0) AS s6,
           count(*) FILTER (WHERE week & 33554432 <> 0) AS s7,
           count(*) FILTER (WHERE week & 2097152 <> 0) AS s8,
           count(*) FILTER (WHERE week & 131072 <> 0) AS s9,
           count(*) FILTER (WHERE week & 8192 <> 0) AS s10,
           count(*) FILTER (WHERE week & 512 <> 0) AS s11,
           count(*) FILTER (WHERE week & 32 <> 0) AS s12,
           count(*) FILTER (WHERE week & 2 <> 0) AS s13,
           sum(half.mornings) AS mornings,
           count(*) FILTER (WHERE half.mornings > 0) AS weeks_with_mornings,
           sum(half.afternoons) AS afternoons,
           count(*) FILTER (WHERE half.afternoons > 0) AS weeks_with_afternoons
      FROM digits
     CROSS JOIN LATERAL (  -- a day is two digits, 0x21 and 0x12 when half missed; 282578800148737
               -- is 0x01010101010101
               SELECT bit_count((week & (week >> 5) & 282578800148737)::bit(56)) AS mornings,
                      bit_count(((week >> 1) & (week >> 4) & 282578800148737)::bit(56))
                          AS afternoons
           ) AS half
     GROUP BY enrolment_id
), likely AS MATERIALIZED (
    SELECT missed.enrolment_id,
           slot.slot,
           slot.absent,
           summed.absent::bigint AS all_absent,
           summed.possible::bigint AS all_possible
      FROM missed
     CROSS JOIN LATERAL (
               VALUES (0, s0), (1, s1), (2, s2), (3, s3), (4, s4), (5, s5), (6,
                      s6), (7, s7), (8, s8), (9, s9), (10, s10), (11, s11), (12,
                      s12), (13, s13)
           ) AS slot (slot, absent)
      JOIN {work}pattern_sum AS summed USING (enrolment_id)
     CROSS JOIN LATERAL (SELECT greatest(slot.absent, summed.seldom) AS held) AS fewest
     WHERE slot.absent >= %(same_days_weeks)s
       AND (2 * summed.weeks > summed.possible
            OR slot.absent * summed.possible > summed.absent * fewest.held
               AND (slot.absent * summed.possible - summed.absent * fewest.held)
                   * (slot.absent * summed.possible - summed.absent * fewest.held)
                   * (summed.possible - 1)
                   > %(same_days_deviations)s * %(same_days_deviations)s
                     * summed.absent * fewest.held * (summed.possible - fewest.held)
                     * (summed.possible - summed.absent))
), held AS (
    SELECT likely.*, held.possible
      FROM likely
      JOIN {work}pattern_sum AS summed USING (enrolment_id)
     CROSS JOIN LATERAL (  -- for each by its key: few are likely, and the table is big
               SELECT count(*) AS possible
                 FROM register_week AS week
                WHERE week.enrolment_id = likely.enrolment_id
                  AND week.week_start BETWEEN %(year_start)s::date - 6 AND summed.last_on
                  AND week.week_start + likely.slot / 2
                      BETWEEN greatest(summed.starts_on, %(year_start)s) AND summed.last_on
                  AND strpos(%(possible)s, substr(week.marks, likely.slot + 1, 1)) > 0
           ) AS held
), told AS (
    SELECT enrolment_id, slot, absent, possible
      FROM held
     WHERE absent * all_possible > all_absent * possible
       AND (absent * all_possible - all_absent * possible)
           * (absent * all_possible - all_absent * possible) * (all_possible - 1)
           > %(same_days_deviations)s * %(same_days_deviations)s
             * all_absent * possible * (all_possible - possible) * (all_possible - all_absent)
     UNION ALL
    SELECT missed.enrolment_id, side.slot, side.missed, missed.mornings + missed.afternoons
      FROM missed
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
