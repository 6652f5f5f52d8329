-- Spells (attendance/rules/spells.py): the long one that holds most of the year's absence, and how many
-- short ones began in the latest school weeks. Weeks are strung together, a bar between days, and
-- cut where a session was attended: what is left of each piece is one spell. `piece_no` 1 is the
-- one that may have been running before the first of the weeks: then the last session before tells.
CREATE {storage} TABLE {work}pattern_spell AS
WITH written AS MATERIALIZED (
    SELECT enrolment_id,
           week_start,
           weeks_ago,
           asks_long,
           asks_short,
           gap || replace(regexp_replace(sessions, '(..)', '\1|', 'g'), ' ', '') AS days,
           gap || replace(regexp_replace(
               repeat(' ', 2 * greatest(%(year_start)s::date - week_start, 0))
                   || substr(sessions, 2 * greatest(%(year_start)s::date - week_start, 0) + 1),
               '(..)', '\1|', 'g'), ' ', '') AS days_of_year
      FROM {work}pattern_week
     WHERE asks_long OR asks_short
), strung AS (
    SELECT enrolment_id, 'long' AS kind, string_agg(days_of_year, '' ORDER BY week_start) AS days,
           min(week_start) AS first_week
      FROM written
     WHERE asks_long AND week_start > %(year_start)s::date - 7
     GROUP BY enrolment_id
     UNION ALL
    SELECT enrolment_id, 'short', string_agg(days, '' ORDER BY week_start), min(week_start)
      FROM written
     WHERE asks_short AND weeks_ago < %(short_spell_weeks)s
     GROUP BY enrolment_id
), spell AS (
    SELECT strung.enrolment_id,
           strung.kind,
           strung.first_week,
           piece.piece_no,
           length(replace(piece.days, '|', '')) AS sessions,
           length(translate(regexp_replace(piece.days, 'A+', 'x', 'g'), '|', '')) AS days
      FROM strung
     CROSS JOIN LATERAL string_to_table(strung.days, 'P') WITH ORDINALITY AS piece (days, piece_no)
     WHERE strpos(piece.days, 'A') > 0
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
                          substr(week.marks, 2 * greatest(enrolment.starts_on - week.week_start, 0)
                                             + 1),
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
