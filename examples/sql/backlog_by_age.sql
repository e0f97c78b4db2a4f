-- Tickets em aberto por idade
-- Open tickets by age in days and by their base status. Days are those of Brasília (the tables hold UTC).
WITH ages (position, age, youngest, oldest) AS (
    VALUES
        (1, 'até 1 dia', 0, 1),
        (2, '2 a 7 dias', 2, 7),
        (3, '8 a 30 dias', 8, 30),
        (4, '31 a 90 dias', 31, 90),
        (5, '91 a 180 dias', 91, 180),
        (6, 'mais de 180 dias', 181, 1000000)
),
open_tickets AS (
    SELECT
        baseStatus,
        (now() AT TIME ZONE 'America/Sao_Paulo')::DATE
        - (createdDate AT TIME ZONE 'UTC' AT TIME ZONE 'America/Sao_Paulo')::DATE AS days
    FROM tickets
    WHERE baseStatus IN ('New', 'InAttendance', 'Stopped') AND NOT isDeleted
)
SELECT
    ages.age,
    count(*) FILTER (baseStatus = 'New') AS not_yet_answered,
    count(*) FILTER (baseStatus = 'InAttendance') AS in_attendance,
    count(*) FILTER (baseStatus = 'Stopped') AS waiting,
    count(baseStatus) AS total
FROM ages
LEFT JOIN open_tickets ON days BETWEEN youngest AND oldest
GROUP BY ages.position, ages.age
ORDER BY ages.position;
