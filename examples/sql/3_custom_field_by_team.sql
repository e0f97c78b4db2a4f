-- A custom field summed as a number, by team
-- 100009 is a field of the demo: put in the id of one of yours. Movidesk keeps every value as text ('1.530,75');
-- valueNumber is that text as an exact number, and null where it is none.
SELECT
    coalesce(t.ownerTeam, '(no team)') AS team,
    count(f.value) AS filled_in,
    count(f.valueNumber) AS numbers,
    sum(f.valueNumber) AS total
FROM ticket_custom_field_values AS f
JOIN tickets AS t ON t.id = f.ticketId
WHERE f.customFieldId = 100009 AND NOT t.isDeleted
GROUP BY team
ORDER BY total DESC NULLS LAST, team;
