-- Tickets abertos e resolvidos por semana
-- Tickets opened and resolved by week: the last 26 whole weeks, Monday to Sunday in Brasília (the tables hold UTC).
-- A week without tickets has a zero.
WITH weeks AS (
    SELECT unnest(generate_series(this_week - INTERVAL 26 WEEK, this_week - INTERVAL 1 WEEK, INTERVAL 1 WEEK)) AS week
    FROM (SELECT date_trunc('week', now() AT TIME ZONE 'America/Sao_Paulo')::TIMESTAMP AS this_week)
),
events AS (
    SELECT createdDate AS moment, 1 AS opened, 0 AS resolved FROM tickets WHERE NOT isDeleted
    UNION ALL
    SELECT resolvedIn, 0, 1 FROM tickets WHERE NOT isDeleted AND resolvedIn IS NOT NULL
)
SELECT
    weeks.week::DATE AS week,
    coalesce(sum(opened), 0)::BIGINT AS opened,
    coalesce(sum(resolved), 0)::BIGINT AS resolved
FROM weeks
LEFT JOIN events
    ON date_trunc('week', moment AT TIME ZONE 'UTC' AT TIME ZONE 'America/Sao_Paulo') = weeks.week
GROUP BY weeks.week
ORDER BY weeks.week;
