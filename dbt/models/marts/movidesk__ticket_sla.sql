-- Due dates are Movidesk's own, pauses and working hours are in them already: nothing is computed again.
with promises as (
    select
        id as ticket_id,
        'answer' as promise,
        sla_response_time as agreed_minutes,
        sla_response_date as due_at,
        sla_real_response_date as done_at,
        false as is_paused,
        base_status,
        is_counted
    from {{ ref('int_movidesk__tickets') }}
    union all
    select
        id as ticket_id,
        'solution' as promise,
        sla_solution_time as agreed_minutes,
        sla_solution_date as due_at,
        solved_at as done_at,
        coalesce(sla_solution_date_is_paused, false) as is_paused,
        base_status,
        is_counted
    from {{ ref('int_movidesk__tickets') }}
),

judged as (
    select
        promises.*,
        case
            when due_at is null then 'none'
            when done_at <= due_at then 'met'
            when done_at is not null then 'late'
            when base_status = 'Canceled' then 'canceled'
            -- Over, and what was promised was never done: an answer that nobody gave.
            when base_status in ('Resolved', 'Closed') and due_at < {{ movidesk.now() }} then 'late'
            when base_status in ('Resolved', 'Closed') then 'unknown'
            when is_paused then 'paused'
            when due_at < {{ movidesk.now() }} then 'overdue'
            else 'running'
        end as outcome
    from promises
)

select
    ticket_id,
    promise,
    agreed_minutes,
    due_at,
    done_at,
    is_paused,
    outcome,
    case
        when outcome in ('met') then true
        when outcome in ('late', 'overdue') then false
    end as is_met,
    case
        when outcome in ('met', 'late') then {{ movidesk.seconds_between('done_at', 'due_at') }} / 60
        when outcome in ('running', 'overdue') then {{ movidesk.seconds_between(movidesk.now(), 'due_at') }} / 60
    end as minutes_left,
    is_counted
from judged
