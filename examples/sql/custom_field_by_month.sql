-- Um campo adicional numérico por mês
-- A numeric custom field by month of the ticket's opening (the last twelve, in Brasília).
-- Which field: SET VARIABLE custom_field = 100009; before the query. Without it, the one with the most numbers.
-- Movidesk keeps every value as text ('1.530,75'); valueNumber is that text as an exact number, or null.
WITH field AS (
    SELECT customFieldId
    FROM ticket_custom_field_values
    WHERE
        valueNumber IS NOT NULL
        AND customFieldId = coalesce(TRY_CAST(getvariable('custom_field') AS BIGINT), customFieldId)
    GROUP BY customFieldId
    ORDER BY count(*) DESC, customFieldId
    LIMIT 1
),
months AS (
    SELECT unnest(generate_series(this_month - INTERVAL 11 MONTH, this_month, INTERVAL 1 MONTH)) AS month
    FROM (SELECT date_trunc('month', now() AT TIME ZONE 'America/Sao_Paulo')::TIMESTAMP AS this_month)
),
numbers AS (
    SELECT
        f.customFieldId,
        f.valueNumber,
        date_trunc('month', t.createdDate AT TIME ZONE 'UTC' AT TIME ZONE 'America/Sao_Paulo') AS month
    FROM ticket_custom_field_values AS f
    JOIN tickets AS t ON t.id = f.ticketId
    WHERE f.valueNumber IS NOT NULL AND NOT t.isDeleted
)
SELECT
    field.customFieldId AS custom_field_id,
    months.month::DATE AS month,
    count(valueNumber) AS numbers,
    coalesce(sum(valueNumber), 0) AS total,
    median(valueNumber) AS median
FROM field
CROSS JOIN months
LEFT JOIN numbers ON numbers.customFieldId = field.customFieldId AND numbers.month = months.month
GROUP BY field.customFieldId, months.month
ORDER BY months.month;
