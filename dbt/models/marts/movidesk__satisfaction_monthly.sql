-- The score is, by type: 1 percent satisfied, 2 mean of 1 to 5, 3 NPS (percent of promoters less percent of
-- detractors), 4 percent yes. The response rate is that of the tickets resolved in the month, to any question.
with answers as (
    select
        question_id,
        type,
        month,
        max(question) as question,
        count(*) as answers,
        count(value) as valued,
        sum(case when tone = 'good' then 1 else 0 end) as good,
        sum(case when tone = 'neutral' then 1 else 0 end) as neutral,
        sum(case when tone = 'bad' then 1 else 0 end) as bad,
        sum(value) as points
    from {{ ref('movidesk__survey_answers') }}
    where is_counted
    group by question_id, type, month
),

answered as (
    select distinct ticket_id from {{ ref('movidesk__survey_answers') }}
),

resolved as (
    select
        {{ movidesk.month_of(movidesk.local_day('tickets.solved_at')) }} as month,
        count(*) as resolved_tickets,
        count(answered.ticket_id) as answered_tickets
    from {{ ref('int_movidesk__tickets') }} as tickets
    left join answered on answered.ticket_id = tickets.id
    where tickets.is_counted and tickets.solved_at is not null
    group by 1
)

select
    answers.question_id,
    answers.question,
    answers.type,
    answers.month,
    answers.answers,
    answers.valued,
    answers.good,
    answers.neutral,
    answers.bad,
    case
        when answers.valued = 0 then null
        when answers.type = 2 then {{ movidesk.float('answers.points') }} / answers.valued
        when answers.type = 3 then {{ movidesk.float('100') }} * (answers.good - answers.bad) / answers.valued
        else {{ movidesk.float('100') }} * answers.good / answers.valued
    end as score,
    coalesce(resolved.resolved_tickets, 0) as resolved_tickets,
    coalesce(resolved.answered_tickets, 0) as answered_tickets,
    {{ movidesk.float('resolved.answered_tickets') }} / resolved.resolved_tickets as response_rate
from answers
left join resolved on resolved.month = answers.month
