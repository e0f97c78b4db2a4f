-- What an organization's month was like. With `movidesk_client` split, each ticket's figures are shared equally.
with shares as (
    select
        tickets.id as ticket_id,
        clients.organization_id,
        clients.organization_name,
        clients.contract_id,
        sum(coalesce(clients.share, 1)) as share
    from {{ ref('int_movidesk__tickets') }} as tickets
    left join {{ ref('int_movidesk__ticket_clients') }} as clients on clients.ticket_id = tickets.id
    where tickets.is_counted
    group by 1, 2, 3, 4
),

opened as (
    select
        shares.organization_id,
        shares.organization_name,
        {{ movidesk.month_of(movidesk.local_day('tickets.created_date')) }} as month,
        shares.share as opened,
        0 as resolved,
        case when answers.is_met is not null then shares.share else 0 end as answer_judged,
        case when answers.is_met then shares.share else 0 end as answer_met,
        case when solutions.is_met is not null then shares.share else 0 end as solution_judged,
        case when solutions.is_met then shares.share else 0 end as solution_met,
        0 as accounted_hours,
        0 as survey_answers,
        0 as survey_good,
        0 as survey_bad
    from shares
    inner join {{ ref('int_movidesk__tickets') }} as tickets on tickets.id = shares.ticket_id
    inner join {{ ref('movidesk__ticket_sla') }} as answers
        on answers.ticket_id = shares.ticket_id and answers.promise = 'answer'
    inner join {{ ref('movidesk__ticket_sla') }} as solutions
        on solutions.ticket_id = shares.ticket_id and solutions.promise = 'solution'
),

resolved as (
    select
        shares.organization_id,
        shares.organization_name,
        {{ movidesk.month_of(movidesk.local_day('tickets.solved_at')) }} as month,
        shares.share as resolved
    from shares
    inner join {{ ref('int_movidesk__tickets') }} as tickets on tickets.id = shares.ticket_id
    where tickets.solved_at is not null
),

measures as (
    select * from opened
    union all
    select organization_id, organization_name, month, 0, resolved, 0, 0, 0, 0, 0, 0, 0, 0
    from resolved
    union all
    select
        organization_id,
        organization_name,
        month,
        0, 0, 0, 0, 0, 0,
        accounted_hours * share,
        0, 0, 0
    from {{ ref('movidesk__hours') }}
    where kind = 'hours' and is_counted
    union all
    select
        organization_id,
        organization_name,
        month,
        0, 0, 0, 0, 0, 0, 0,
        1,
        case when tone = 'good' then 1 else 0 end,
        case when tone = 'bad' then 1 else 0 end
    from {{ ref('movidesk__survey_answers') }}
    where is_counted
),

months as (
    select
        organization_id,
        month,
        max(organization_name) as organization_name,
        sum({{ movidesk.float('opened') }}) as opened,
        sum({{ movidesk.float('resolved') }}) as resolved,
        sum({{ movidesk.float('answer_judged') }}) as answer_judged,
        sum({{ movidesk.float('answer_met') }}) as answer_met,
        sum({{ movidesk.float('solution_judged') }}) as solution_judged,
        sum({{ movidesk.float('solution_met') }}) as solution_met,
        sum({{ movidesk.float('accounted_hours') }}) as accounted_hours,
        sum(survey_answers) as survey_answers,
        sum(survey_good) as survey_good,
        sum(survey_bad) as survey_bad
    from measures
    group by organization_id, month
),

-- The contract that names the organization or one of its people: the smallest one, if there are several.
contracts as (
    select organization_id, min(contract_id) as contract_id
    from {{ ref('int_movidesk__ticket_clients') }}
    where contract_id is not null
    group by organization_id
),

balances as (
    select contract_id, {{ movidesk.month_of('period') }} as month, sum(contracted_hours) as contracted_hours, sum(used_hours) as used_hours
    from {{ ref('movidesk__contract_balance') }}
    group by 1, 2
)

select
    months.organization_id,
    months.organization_name,
    months.month,
    months.opened,
    months.resolved,
    months.answer_judged,
    months.answer_met,
    months.solution_judged,
    months.solution_met,
    months.accounted_hours,
    months.survey_answers,
    months.survey_good,
    months.survey_bad,
    contracts.contract_id,
    balances.contracted_hours as contract_hours,
    balances.used_hours as contract_used_hours
from months
left join contracts on contracts.organization_id = months.organization_id
left join balances on balances.contract_id = contracts.contract_id and balances.month = months.month
