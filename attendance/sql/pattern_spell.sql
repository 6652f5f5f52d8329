-- Spells (attendance/rules/spells.py): the long one that holds most of the year's absence, and how many
-- short ones began in the latest school weeks. Weeks are strung together, a bar after each day, P
-- where an unopened week with a session attended lies between two, and cut at each P: what is left
-- of each piece is one spell. The first piece of the latest weeks may have been running before
-- them: then the last session before tells.
CREATE {storage} TABLE {work}pattern_spell AS
WITH asked AS (
    SELECT week.enrolment_id,
           week.week_start,
           summed.asks_long AND week.week_start >= school.year_from AS asks_long,
           summed.asks_short AND week.week_start >= school.short_from AS asks_short,
           translate(week.sessions, 'U', 'A') AS sessions
      FROM {work}absence_week AS week
      JOIN {work}pattern_sum AS summed USING (enrolment_id)
      JOIN {work}pattern_school AS school ON school.school_id = summed.school_id
     WHERE summed.asks_long AND week.week_start >= school.year_from
        OR summed.asks_short AND week.week_start >= school.short_from
), linked AS (
    SELECT enrolment_id,
           week_start,
           asks_long,
           asks_short,
           sessions,
           CASE WHEN week_start >= %(year_start)s THEN sessions
                ELSE repeat(' ', 2 * (%(year_start)s - week_start))
                     || substr(sessions, 2 * (%(year_start)s - week_start) + 1)
           END AS in_year,
           lag(week_start) OVER by_week AS week_before,
           lag(sessions) OVER by_week AS sessions_before
      FROM asked
    WINDOW by_week AS (PARTITION BY enrolment_id ORDER BY week_start)
), gapped AS (
    SELECT linked.*,
           CASE WHEN week_before < week_start - 7
                     AND right(rtrim(sessions_before), 1) = 'A'
                     AND left(ltrim(sessions), 1) = 'A'
                     AND EXISTS (SELECT FROM register_week AS between_them
                                  WHERE between_them.enrolment_id = linked.enrolment_id
                                    AND between_them.week_start > linked.week_before
                                    AND between_them.week_start < linked.week_start
                                    AND between_them.possible > 0)
                THEN 'P' ELSE '' END AS gap
      FROM linked
), strung AS (
    SELECT enrolment_id,
           'long' AS kind,
           min(week_start) AS first_week,
           string_agg(concat(gap, substr(in_year, 1, 2), '|', substr(in_year, 3, 2), '|',
                             substr(in_year, 5, 2), '|', substr(in_year, 7, 2), '|',
                             substr(in_year, 9, 2), '|', substr(in_year, 11, 2), '|',
                             substr(in_year, 13, 2), '|'), ''
                      ORDER BY week_start) AS days
      FROM gapped
     WHERE asks_long
     GROUP BY enrolment_id
     UNION ALL
    SELECT enrolment_id,
           'short',
           min(week_start),
           string_agg(concat(gap, substr(sessions, 1, 2), '|', substr(sessions, 3, 2), '|',
                             substr(sessions, 5, 2), '|', substr(sessions, 7, 2), '|',
                             substr(sessions, 9, 2), '|', substr(sessions, 11, 2), '|',
                             substr(sessions, 13, 2), '|'), ''
                      ORDER BY week_start)
      FROM gapped
     WHERE asks_short
     GROUP BY enrolment_id
), cut AS (
    SELECT strung.enrolment_id,
           strung.kind,
           strung.first_week,
           piece.piece_no,
           replace(piece.days, ' ', '') AS days
      FROM strung
     CROSS JOIN LATERAL string_to_table(strung.days, 'P') WITH ORDINALITY AS piece (days, piece_no)
     WHERE strpos(piece.days, 'A') > 0
), spell AS (
    SELECT enrolment_id,
           kind,
           first_week,
           piece_no,
           length(replace(days, '|', '')) AS sessions,
           length(replace(replace(days, 'AA', 'A'), '|', '')) AS days
      FROM cut
), long_spell AS (
    SELECT spell.enrolment_id, spell.days, spell.sessions
      FROM spell
      JOIN {work}pattern_sum AS summed USING (enrolment_id)
     WHERE spell.kind = 'long'
       AND spell.days >= %(long_spell_days)s
       AND 2 * spell.sessions > summed.absent
), short_spell AS (
    SELECT enrolment_id,
           min(first_week) AS first_week,
           count(*) AS spells,
           bool_or(piece_no = 1) AS may_have_run_before
      FROM spell
     WHERE kind = 'short' AND days <= %(short_spell_days)s
     GROUP BY enrolment_id
    HAVING count(*) >= %(short_spells)s
), begun AS (
    SELECT short_spell.enrolment_id,
           spells - coalesce((may_have_run_before AND before.was_missed)::integer, 0) AS spells
      FROM short_spell
      JOIN {work}enrolment AS enrolment USING (enrolment_id)
      LEFT JOIN LATERAL (
               SELECT right(rtrim(translate(
                          substr(week.marks,
                                 2 * greatest(enrolment.starts_on - week.week_start, 0) + 1),
                          %(told_from)s, %(told_to)s)), 1) = 'A' AS was_missed
                 FROM register_week AS week
                WHERE week.enrolment_id = short_spell.enrolment_id
                  AND week.week_start BETWEEN enrolment.first_week AND short_spell.first_week - 7
                  AND week.possible > 0
                ORDER BY week.week_start DESC
                LIMIT 1
           ) AS before ON may_have_run_before
)
SELECT enrolment_id,
       long_spell.days AS long_days,
       long_spell.sessions AS long_sessions,
       begun.spells AS short_spells
  FROM long_spell
  FULL JOIN begun USING (enrolment_id)
