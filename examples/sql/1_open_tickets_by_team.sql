-- Open tickets by team
SELECT
    coalesce(ownerTeam, '(no team)') AS team,
    count(*) AS open,
    count(*) FILTER (baseStatus = 'New') AS not_yet_answered,
    count(*) FILTER (baseStatus = 'Stopped') AS waiting,
    min(createdDate)::DATE AS oldest
FROM tickets
WHERE baseStatus IN ('New', 'InAttendance', 'Stopped') AND NOT isDeleted
GROUP BY team
ORDER BY open DESC, team;
