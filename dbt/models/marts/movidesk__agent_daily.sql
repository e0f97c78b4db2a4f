with done as (
    select
        {{ movidesk.local_day('actions.created_date') }} as day,
        actions.created_by_id as agent_id,
        actions.created_by_business_name as agent_name,
        1 as actions,
        case when actions.type = 2 and actions.id > 1 then 1 else 0 end as answers,
        0 as resolved,
        0 as worked_seconds,
        cast(0 as {{ movidesk.type_of('number') }}) as accounted_hours
    from {{ ref('stg_movidesk__ticket_actions') }} as actions
    inner join {{ ref('int_movidesk__tickets') }} as tickets on tickets.id = actions.ticket_id
    where tickets.is_counted and not coalesce(actions.is_deleted, false) and actions.created_by_profile_type in (1, 3)
    union all
    select
        {{ movidesk.local_day('events.happened_at') }} as day,
        events.by_id as agent_id,
        events.by_name as agent_name,
        0 as actions,
        0 as answers,
        1 as resolved,
        0 as worked_seconds,
        cast(0 as {{ movidesk.type_of('number') }}) as accounted_hours
    from {{ ref('int_movidesk__status_events') }} as events
    inner join {{ ref('int_movidesk__tickets') }} as tickets on tickets.id = events.ticket_id
    where tickets.is_counted and events.event = 'resolved' and events.by_profile_type in (1, 3)
    union all
    select
        booked.day,
        booked.agent_id,
        booked.agent_name,
        0 as actions,
        0 as answers,
        0 as resolved,
        booked.worked_seconds,
        booked.accounted_hours
    from (
        select distinct
            ticket_id, action_id, entry_id, day, agent_id, agent_name, worked_seconds, accounted_hours
        from {{ ref('movidesk__hours') }}
        where kind = 'hours' and is_counted
    ) as booked
)

select
    day,
    agent_id,
    max(agent_name) as agent_name,
    sum(actions) as actions,
    sum(answers) as answers,
    sum(resolved) as resolved,
    sum(coalesce(worked_seconds, 0)) as worked_seconds,
    sum(coalesce(accounted_hours, 0)) as accounted_hours
from done
group by day, agent_id
