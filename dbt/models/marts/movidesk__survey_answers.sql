-- Each answer by the scale of its own question; answers of different types are never comparable.
with texts as (
    select
        question_id,
        coalesce(
            max(case when culture_id = '{{ "pt-BR" if var("movidesk_language") == "pt" else "en-US" }}' then description end),
            min(description)
        ) as question
    from {{ ref('stg_movidesk__survey_question_languages') }}
    group by question_id
),

clients as (
    select ticket_id, client_id, organization_id, organization_name, is_first
    from {{ ref('int_movidesk__ticket_clients') }}
)

select
    answers.id as answer_id,
    answers.question_id,
    coalesce(texts.question, answers.question_id) as question,
    answers.type,
    answers.ticket_id,
    answers.client_id,
    coalesce(own.organization_id, firsts.organization_id) as organization_id,
    coalesce(own.organization_name, firsts.organization_name) as organization_name,
    tickets.owner_id,
    tickets.owner_business_name,
    tickets.owner_team,
    tickets.category,
    answers.response_date as answered_at,
    {{ movidesk.local_day('answers.response_date') }} as answered_day,
    {{ movidesk.month_of(movidesk.local_day('answers.response_date')) }} as month,
    answers.value,
    case
        when answers.value is null then null
        when answers.type in (1, 4) then case when answers.value = 1 then 'good' else 'bad' end
        when answers.type = 2 then case when answers.value > 3 then 'good' when answers.value = 3 then 'neutral' else 'bad' end
        when answers.type = 3 then case when answers.value > 8 then 'good' when answers.value > 6 then 'neutral' else 'bad' end
    end as tone,
    case
        when answers.type <> 3 or answers.value is null then null
        when answers.value > 8 then 'promoter'
        when answers.value > 6 then 'passive'
        else 'detractor'
    end as nps_class,
    answers.commentary,
    coalesce(tickets.is_counted, true) as is_counted
from {{ ref('stg_movidesk__survey_responses') }} as answers
left join texts on texts.question_id = answers.question_id
left join {{ ref('int_movidesk__tickets') }} as tickets on tickets.id = answers.ticket_id
left join clients as own on own.ticket_id = answers.ticket_id and own.client_id = answers.client_id
left join clients as firsts on firsts.ticket_id = answers.ticket_id and firsts.is_first
