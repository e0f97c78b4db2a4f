-- Horas apontadas por cliente frente ao contrato
-- Hours booked by client against the hours of the contract: mean per month of the last six whole months.
-- A ticket's hours go to the active contract that names its client or, failing that, its client's company; without a
-- contract they stand under the company (or the client). A ticket with clients of two contracts counts for both, so do
-- not add the rows up. A contract whose hours nobody used is there with a zero.
WITH period AS (
    SELECT this_month - INTERVAL 6 MONTH AS first_day, this_month AS end_day
    FROM (SELECT date_trunc('month', now() AT TIME ZONE 'America/Sao_Paulo')::TIMESTAMP AS this_month)
),
booked AS (
    SELECT h.ticketId, sum(h.accountedTime) AS hours
    FROM ticket_time_appointments AS h
    JOIN ticket_actions AS a ON a.ticketId = h.ticketId AND a.id = h.actionId
    JOIN tickets AS t ON t.id = h.ticketId
    JOIN period ON h.date >= first_day AND h.date < end_day
    WHERE NOT a.isDeleted AND NOT t.isDeleted
    GROUP BY h.ticketId
),
contracts AS (
    SELECT id AS contractId, name AS contract, contractedHours FROM time_agreements WHERE isActive
),
ticket_contracts AS (
    SELECT
        c.ticketId,
        contracts.contractId,
        CASE WHEN contracts.contractId IS NULL THEN coalesce(c.organizationId, c.id) END AS companyId,
        coalesce(c.organizationBusinessName, c.businessName) AS company
    FROM ticket_clients AS c
    LEFT JOIN time_agreement_clients AS named ON named.id IN (c.id, c.organizationId) AND NOT named.isDeleted
    LEFT JOIN contracts ON contracts.contractId = named.agreementId
    WHERE NOT c.isDeleted
    QUALIFY row_number() OVER (
        PARTITION BY c.ticketId, c.id
        ORDER BY contracts.contractId IS NULL, named.id = c.id DESC, contracts.contractId
    ) = 1
),
used AS (
    SELECT contractId, companyId, min(company) AS company, sum(hours) AS hours
    FROM (
        SELECT ticketId, contractId, companyId, min(company) AS company
        FROM ticket_contracts
        GROUP BY ticketId, contractId, companyId
    )
    JOIN booked USING (ticketId)
    GROUP BY contractId, companyId
)
SELECT
    coalesce(contracts.contract, used.company) AS client,
    contracts.contract IS NOT NULL AS has_contract,
    coalesce(used.hours, 0) / 6 AS hours_per_month,
    contracts.contractedHours AS contracted_hours
FROM used
FULL JOIN contracts ON contracts.contractId = used.contractId
ORDER BY has_contract DESC, hours_per_month DESC, client;
