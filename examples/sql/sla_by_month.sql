-- Tempo até a primeira resposta e até a solução, frente ao SLA
-- Time to first answer and to resolution against SLA, by month of opening (the last twelve, in Brasília).
-- The median is in hours by the clock. In time or late is told by the due date that Movidesk has worked out from the
-- contract's calendar. An open ticket is late once it is overdue; before that, and while the date is paused, it is
-- neither. Canceled tickets and those without SLA count for neither.
WITH months AS (
    SELECT unnest(generate_series(this_month - INTERVAL 11 MONTH, this_month, INTERVAL 1 MONTH)) AS month
    FROM (SELECT date_trunc('month', now() AT TIME ZONE 'America/Sao_Paulo')::TIMESTAMP AS this_month)
),
measures AS (
    SELECT 'first_answer' AS measure, createdDate, slaRealResponseDate AS done, slaResponseDate AS due, FALSE AS paused
    FROM tickets
    WHERE NOT isDeleted AND baseStatus <> 'Canceled'
    UNION ALL
    SELECT 'resolution', createdDate, resolvedIn, slaSolutionDate, coalesce(slaSolutionDateIsPaused, FALSE)
    FROM tickets
    WHERE NOT isDeleted AND baseStatus <> 'Canceled'
),
judged AS (
    SELECT
        *,
        date_trunc('month', createdDate AT TIME ZONE 'UTC' AT TIME ZONE 'America/Sao_Paulo') AS month,
        CASE
            WHEN due IS NULL THEN NULL
            WHEN done IS NOT NULL THEN done <= due
            WHEN due < now() AT TIME ZONE 'UTC' AND NOT paused THEN FALSE
        END AS in_time
    FROM measures
)
SELECT
    kind.measure,
    months.month::DATE AS month,
    count(done) AS done,
    median(date_diff('second', createdDate, done) / 3600) AS median_hours,
    count(in_time) AS with_sla,
    count(*) FILTER (in_time) AS in_time,
    100.0 * count(*) FILTER (in_time) / nullif(count(in_time), 0) AS percent_in_time
FROM months
CROSS JOIN (VALUES ('first_answer'), ('resolution')) AS kind (measure)
LEFT JOIN judged ON judged.measure = kind.measure AND judged.month = months.month
GROUP BY kind.measure, months.month
ORDER BY kind.measure, months.month;
