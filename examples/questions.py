"""What demo and notebook ask of the marts.

Days, weeks and months are local; tickets that are deleted or absorbed by a merge don't count.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Question:
    """A question, the mart that answers it, and the query."""

    title: str
    mart: str
    query: str


DEMO = (
    Question(
        "Open tickets by team",
        "movidesk__tickets",
        """
SELECT
    coalesce(owner_team, '(no team)') AS team,
    count(*) AS open,
    count(*) FILTER (base_status = 'New') AS not_yet_answered,
    count(*) FILTER (base_status = 'Stopped') AS waiting,
    count(*) FILTER (is_late) AS late,
    min(created_day) AS oldest
FROM movidesk__tickets
WHERE is_open AND is_counted
GROUP BY team
ORDER BY open DESC, team
""",
    ),
    Question(
        "Median hours from opening to resolution, by month of resolution (the last twelve)",
        "movidesk__ticket_metrics",
        """
SELECT
    strftime(resolved_day, '%Y-%m') AS month,
    count(*) AS resolved,
    median(resolution_seconds) / 3600 AS median_hours,
    quantile_cont(resolution_seconds, 0.9) / 3600 AS nine_of_ten_within
FROM movidesk__ticket_metrics
JOIN movidesk__tickets USING (ticket_id)
WHERE resolved_day IS NOT NULL AND movidesk__tickets.is_counted
GROUP BY month
ORDER BY month DESC
LIMIT 12
""",
    ),
    # 100009 is a field of the demo. Movidesk keeps every value as text ('1.530,75'); value_number is that text as an
    # exact number, and null where it is none.
    Question(
        "A custom field summed as a number, by team",
        "movidesk__tickets",
        """
SELECT
    coalesce(tickets.owner_team, '(no team)') AS team,
    count(fields.value) AS filled_in,
    count(fields.value_number) AS numbers,
    sum(fields.value_number) AS total
FROM stg_movidesk__ticket_custom_field_values AS fields
JOIN movidesk__tickets AS tickets USING (ticket_id)
WHERE fields.custom_field_id = 100009 AND tickets.is_counted
GROUP BY team
ORDER BY total DESC NULLS LAST, team
""",
    ),
)

_MONTHS = """
months AS (
    SELECT DISTINCT month
    FROM movidesk__calendar
    WHERE month <= (SELECT month FROM movidesk__calendar WHERE is_today)
        AND month > (SELECT month FROM movidesk__calendar WHERE is_today) - INTERVAL 12 MONTH
)"""

NOTEBOOK = {
    # Whole weeks, Monday to Sunday.
    "tickets_by_week": """
SELECT
    weeks.week,
    count(*) FILTER (tickets.created_day BETWEEN weeks.week AND weeks.week + 6) AS opened,
    count(*) FILTER (tickets.resolved_day BETWEEN weeks.week AND weeks.week + 6) AS resolved
FROM (SELECT DISTINCT week FROM movidesk__calendar) AS weeks
LEFT JOIN movidesk__tickets AS tickets
    ON tickets.is_counted
    AND (
        tickets.created_day BETWEEN weeks.week AND weeks.week + 6
        OR tickets.resolved_day BETWEEN weeks.week AND weeks.week + 6
    )
WHERE weeks.week < (SELECT week FROM movidesk__calendar WHERE is_today)
    AND weeks.week >= (SELECT week FROM movidesk__calendar WHERE is_today) - 26 * 7
GROUP BY weeks.week
ORDER BY weeks.week
""",
    "backlog_by_age": """
WITH ages (position, age, youngest, oldest) AS (
    VALUES
        (1, 'até 1 dia', 0, 1),
        (2, '2 a 7 dias', 2, 7),
        (3, '8 a 30 dias', 8, 30),
        (4, '31 a 90 dias', 31, 90),
        (5, '91 a 180 dias', 91, 180),
        (6, 'mais de 180 dias', 181, 1000000)
)
SELECT
    ages.age,
    count(*) FILTER (base_status = 'New') AS not_yet_answered,
    count(*) FILTER (base_status = 'InAttendance') AS in_attendance,
    count(*) FILTER (base_status = 'Stopped') AS waiting,
    count(ticket_id) AS total
FROM ages
LEFT JOIN movidesk__tickets ON is_open AND is_counted AND age_days BETWEEN youngest AND oldest
GROUP BY ages.position, ages.age
ORDER BY ages.position
""",
    # What coordinators ask first: who has how much, and how much of it is late. Opened and resolved: the last 90 days.
    "by_dimension": """
WITH today AS (SELECT day FROM movidesk__calendar WHERE is_today),
channels (origin, channel) AS (
    VALUES
        (1, 'web pelo cliente'), (2, 'web pelo agente'), (3, 'e-mail'), (4, 'gatilho'), (5, 'chat'),
        (6, 'chat off-line'), (7, 'e-mail do sistema'), (8, 'formulário'), (9, 'API'), (10, 'agendamento'),
        (13, 'ligação recebida'), (14, 'ligação realizada'), (15, 'ligação perdida'), (18, 'WhatsApp'),
        (20, 'Zenvia Chat'), (22, 'Messenger'), (23, 'WhatsApp Business'), (25, 'WhatsApp ativo')
),
named AS (
    SELECT
        tickets.*,
        unnest([
            {'dimension': 'equipe', 'name': owner_team},
            {'dimension': 'agente', 'name': owner_business_name},
            {'dimension': 'categoria', 'name': category},
            {'dimension': 'canal', 'name': coalesce(channel, 'canal ' || origin)}
        ]) AS place
    FROM movidesk__tickets AS tickets
    LEFT JOIN channels USING (origin)
    WHERE is_counted
)
SELECT
    place.dimension AS dimension,
    coalesce(place.name, '(nenhum)') AS name,
    count(*) FILTER (created_day > today.day - 90) AS opened,
    count(*) FILTER (resolved_day > today.day - 90) AS resolved,
    count(*) FILTER (is_open) AS open,
    count(*) FILTER (is_late) AS late
FROM named
CROSS JOIN today
GROUP BY 1, 2
HAVING count(*) FILTER (created_day > today.day - 90) + count(*) FILTER (is_open) > 0
ORDER BY 1, open DESC, name
""",
    # By month of opening. Open tickets count as late once they are overdue; canceled ones don't count.
    "sla_by_month": f"""
WITH {_MONTHS.strip()},
promises AS (
    SELECT
        date_trunc('month', tickets.created_day) AS month,
        sla.promise,
        sla.is_met,
        CASE sla.promise WHEN 'answer' THEN metrics.first_answer_seconds ELSE metrics.resolution_seconds END AS seconds
    FROM movidesk__ticket_sla AS sla
    JOIN movidesk__tickets AS tickets USING (ticket_id)
    JOIN movidesk__ticket_metrics AS metrics USING (ticket_id)
    WHERE tickets.is_counted AND tickets.base_status <> 'Canceled'
)
SELECT
    CASE kind.promise WHEN 'answer' THEN 'first_answer' ELSE 'resolution' END AS measure,
    months.month,
    months.month = (SELECT month FROM movidesk__calendar WHERE is_today) AS is_current,
    count(seconds) AS done,
    median(seconds) / 3600 AS median_hours,
    count(is_met) AS with_sla,
    count(*) FILTER (is_met) AS in_time,
    100.0 * count(*) FILTER (is_met) / nullif(count(is_met), 0) AS percent_in_time
FROM months
CROSS JOIN (VALUES ('answer'), ('solution')) AS kind (promise)
LEFT JOIN promises ON promises.promise = kind.promise AND promises.month = months.month
GROUP BY kind.promise, months.month
ORDER BY measure, months.month
""",
    # Stays that began in the last twelve months. Movidesk counts a stay when it ends: the present one isn't in.
    # A sum of doubles would depend on the order in which rows were loaded; the columns have microseconds at most.
    "hours_by_status": """
SELECT
    status,
    count(DISTINCT ticket_id) AS tickets,
    sum(clock_seconds::DECIMAL(20, 6))::DOUBLE / 3600 AS hours,
    sum(working_seconds::DECIMAL(20, 6))::DOUBLE / 3600 AS working_hours,
    sum(clock_seconds::DECIMAL(20, 6))::DOUBLE / 3600 / count(DISTINCT ticket_id) AS hours_per_ticket,
    sum(working_seconds::DECIMAL(20, 6))::DOUBLE / 3600 / count(DISTINCT ticket_id) AS working_hours_per_ticket,
    count(*) FILTER (is_current) AS still_there
FROM movidesk__status_intervals
WHERE is_counted AND started_at >= (now() AT TIME ZONE 'UTC') - INTERVAL 12 MONTH
GROUP BY status
-- A status in which tickets end, such as closed, has no stay with an end.
HAVING count(clock_seconds) > 0
ORDER BY hours DESC, status
""",
    # Each question by its own scale, in the last twelve months; the score as in movidesk__satisfaction_monthly.
    "satisfaction": """
WITH scale (type, position, value, answer, tone) AS (
    VALUES
        (1, 1, 2, 'insatisfeito', -1), (1, 2, 1, 'satisfeito', 1),
        (2, 1, 1, 'muito insatisfeito', -1), (2, 2, 2, 'insatisfeito', -1), (2, 3, 3, 'neutro', 0),
        (2, 4, 4, 'satisfeito', 1), (2, 5, 5, 'muito satisfeito', 1),
        (4, 1, 2, 'não', -1), (4, 2, 1, 'sim', 1)
    UNION ALL
    SELECT 3, value, value, value::VARCHAR, CASE WHEN value <= 6 THEN -1 WHEN value <= 8 THEN 0 ELSE 1 END
    FROM (SELECT unnest(range(11)) AS value)
),
texts AS (
    SELECT question_id, coalesce(max(description) FILTER (culture_id = 'pt-BR'), min(description)) AS question
    FROM stg_movidesk__survey_question_languages
    GROUP BY question_id
),
answers AS (
    SELECT question_id, type, value, count(*) AS answers
    FROM movidesk__survey_answers
    WHERE value IS NOT NULL AND is_counted AND answered_at >= (now() AT TIME ZONE 'UTC') - INTERVAL 12 MONTH
    GROUP BY question_id, type, value
),
counted AS (
    SELECT
        asked.question_id,
        scale.*,
        coalesce(answers.answers, 0) AS answers,
        sum(coalesce(answers.answers, 0)) OVER whole AS total,
        sum(answers.answers * tone) OVER whole AS balance,
        sum(answers.answers) FILTER (tone = 1) OVER whole AS good,
        sum(answers.answers * scale.value) OVER whole AS points
    FROM (SELECT DISTINCT question_id, type FROM answers) AS asked
    JOIN scale ON scale.type = asked.type
    LEFT JOIN answers
        ON answers.question_id = asked.question_id AND answers.type = asked.type AND answers.value = scale.value
    WINDOW whole AS (PARTITION BY asked.question_id, asked.type)
)
SELECT
    counted.question_id,
    coalesce(texts.question, counted.question_id) AS question,
    counted.type,
    CASE counted.type
        WHEN 2 THEN points / total
        WHEN 3 THEN 100.0 * balance / total
        ELSE 100.0 * coalesce(good, 0) / total
    END AS score,
    total::BIGINT AS total,
    counted.position,
    counted.value,
    counted.answer,
    counted.tone,
    counted.answers
FROM counted
LEFT JOIN texts ON texts.question_id = counted.question_id
WHERE total > 0
ORDER BY counted.type, counted.question_id, counted.position
""",
    # Mean per month of the last six whole months, by the ticket's first client: under its active contract or, without
    # one, under its organization or the person. A contract whose hours nobody used is there with a zero.
    "hours_by_client": """
WITH this_month AS (SELECT month FROM movidesk__calendar WHERE is_today),
booked AS (
    SELECT
        hours.contract_id,
        CASE WHEN hours.contract_id IS NULL THEN hours.organization_id END AS organization_id,
        min(hours.organization_name) AS organization,
        bool_or(hours.organization_id <> hours.client_id OR coalesce(people.is_organization, false)) AS is_organization,
        sum(hours.accounted_hours * hours.share) AS hours
    FROM movidesk__hours AS hours
    CROSS JOIN this_month
    LEFT JOIN movidesk__people AS people ON people.person_id = hours.client_id
    WHERE hours.kind = 'hours'
        AND hours.is_counted
        AND hours.month < this_month.month
        AND hours.month >= this_month.month - INTERVAL 6 MONTH
    GROUP BY 1, 2
),
contracts AS (
    SELECT id AS contract_id, name, contracted_hours FROM stg_movidesk__time_agreements WHERE is_active
)
SELECT
    coalesce(contracts.name, booked.organization, '(sem cliente)') AS client,
    CASE
        WHEN contracts.contract_id IS NOT NULL THEN 'contract'
        WHEN booked.is_organization THEN 'organization'
        ELSE 'person'
    END AS kind,
    coalesce(booked.hours, 0) / 6 AS hours_per_month,
    contracts.contracted_hours
FROM booked
FULL JOIN contracts ON contracts.contract_id = booked.contract_id
ORDER BY kind, hours_per_month DESC, client
""",
    # A numeric custom field by month of opening. Which one: SET VARIABLE custom_field = 100009; without it, the one
    # with the most numbers.
    "custom_field_by_month": f"""
WITH field AS (
    SELECT custom_field_id
    FROM stg_movidesk__ticket_custom_field_values
    WHERE
        value_number IS NOT NULL
        AND custom_field_id = coalesce(TRY_CAST(getvariable('custom_field') AS BIGINT), custom_field_id)
    GROUP BY custom_field_id
    ORDER BY count(*) DESC, custom_field_id
    LIMIT 1
),{_MONTHS},
numbers AS (
    SELECT f.custom_field_id, f.value_number, date_trunc('month', t.created_day) AS month
    FROM stg_movidesk__ticket_custom_field_values AS f
    JOIN movidesk__tickets AS t USING (ticket_id)
    WHERE f.value_number IS NOT NULL AND t.is_counted
)
SELECT
    field.custom_field_id,
    months.month,
    months.month = (SELECT month FROM movidesk__calendar WHERE is_today) AS is_current,
    count(value_number) AS numbers,
    coalesce(sum(value_number), 0) AS total,
    median(value_number) AS median
FROM field
CROSS JOIN months
LEFT JOIN numbers ON numbers.custom_field_id = field.custom_field_id AND numbers.month = months.month
GROUP BY field.custom_field_id, months.month
ORDER BY months.month
""",
}
