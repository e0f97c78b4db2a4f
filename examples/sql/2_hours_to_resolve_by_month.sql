-- Median hours from opening to resolution, by month of resolution (the last twelve)
SELECT
    strftime(resolvedIn, '%Y-%m') AS month,
    count(*) AS resolved,
    median(date_diff('second', createdDate, resolvedIn) / 3600) AS median_hours,
    quantile_cont(date_diff('second', createdDate, resolvedIn) / 3600, 0.9) AS nine_of_ten_within
FROM tickets
WHERE resolvedIn IS NOT NULL AND NOT isDeleted
GROUP BY month
ORDER BY month DESC
LIMIT 12;
