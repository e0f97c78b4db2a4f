-- Seconds by the clock are differences of Movidesk's dates; minutes and working time are Movidesk's own figures.
with actions as (
    select
        ticket_id,
        count(*) as actions,
        sum(case when created_by_profile_type in (1, 3) then 1 else 0 end) as agent_touches,
        sum(case when created_by_profile_type = 2 then 1 else 0 end) as client_touches,
        sum(case when created_by_profile_type in (1, 3) and type = 2 and id > 1 then 1 else 0 end) as agent_answers
    from {{ ref('stg_movidesk__ticket_actions') }}
    where not coalesce(is_deleted, false)
    group by ticket_id
),

events as (
    select
        ticket_id,
        sum(case when event = 'reopened' then 1 else 0 end) as reopenings,
        min(case when event = 'resolved' then happened_at end) as first_resolved_at
    from {{ ref('int_movidesk__status_events') }}
    group by ticket_id
),

owners as (
    select
        ticket_id,
        interval_number,
        owner_id,
        lag(owner_id) over (partition by ticket_id order by interval_number) as owner_before
    from {{ ref('movidesk__owner_intervals') }}
    where owner_id is not null
),

teams as (
    select
        ticket_id,
        interval_number,
        owner_team,
        lag(owner_team) over (partition by ticket_id order by interval_number) as team_before
    from {{ ref('movidesk__owner_intervals') }}
    where owner_team is not null
),

agent_handoffs as (
    select ticket_id, sum(case when owner_id <> owner_before then 1 else 0 end) as handoffs
    from owners
    group by ticket_id
),

team_handoffs as (
    select ticket_id, sum(case when owner_team <> team_before then 1 else 0 end) as handoffs
    from teams
    group by ticket_id
)

select
    tickets.id as ticket_id,
    tickets.sla_real_response_date as first_answer_at,
    {{ movidesk.seconds_between('tickets.created_date', 'tickets.sla_real_response_date') }} as first_answer_seconds,
    events.first_resolved_at,
    tickets.solved_at as resolved_at,
    {{ movidesk.seconds_between('tickets.created_date', 'tickets.solved_at') }} as resolution_seconds,
    tickets.life_time_working_time as resolution_working_minutes,
    tickets.stopped_time as stopped_minutes,
    tickets.stopped_time_working_time as stopped_working_minutes,
    coalesce(events.reopenings, 0) as reopenings,
    coalesce(agent_handoffs.handoffs, 0) as agent_handoffs,
    coalesce(team_handoffs.handoffs, 0) as team_handoffs,
    coalesce(actions.actions, 0) as actions,
    coalesce(actions.agent_touches, 0) as agent_touches,
    coalesce(actions.client_touches, 0) as client_touches,
    coalesce(actions.agent_answers, 0) as agent_answers,
    tickets.resolved_in_first_call,
    tickets.solved_at is not null
        and coalesce(events.reopenings, 0) = 0
        and coalesce(actions.agent_answers, 0) <= 1 as is_resolved_at_first_contact,
    tickets.is_counted
from {{ ref('int_movidesk__tickets') }} as tickets
left join actions on actions.ticket_id = tickets.id
left join events on events.ticket_id = tickets.id
left join agent_handoffs on agent_handoffs.ticket_id = tickets.id
left join team_handoffs on team_handoffs.ticket_id = tickets.id
