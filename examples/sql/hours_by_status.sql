-- Horas por status
-- Hours that tickets spent in each status, of the stays that began in the last twelve months.
-- Movidesk counts a stay when it ends: the status that a ticket has now is in still_there, not in the hours.
SELECT
    h.status,
    count(DISTINCT h.ticketId) AS tickets,
    sum(h.permanencyTimeFullTime) / 3600 AS hours,
    sum(h.permanencyTimeWorkingTime) / 3600 AS working_hours,
    sum(h.permanencyTimeFullTime) / 3600 / count(DISTINCT h.ticketId) AS hours_per_ticket,
    sum(h.permanencyTimeWorkingTime) / 3600 / count(DISTINCT h.ticketId) AS working_hours_per_ticket,
    count(*) FILTER (h.permanencyTimeFullTime IS NULL) AS still_there
FROM ticket_status_histories AS h
JOIN tickets AS t ON t.id = h.ticketId
WHERE NOT t.isDeleted AND h.changedDate >= (now() AT TIME ZONE 'UTC') - INTERVAL 12 MONTH
GROUP BY h.status
-- A status in which tickets end, such as closed, has no stay with an end.
HAVING count(h.permanencyTimeFullTime) > 0
ORDER BY hours DESC, h.status;
