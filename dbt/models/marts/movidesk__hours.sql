-- An entry of hours, or of an expense, for each client that its ticket counts for: `share` says how much of it.
with entries as (
    select
        'hours' as kind,
        ticket_id,
        action_id,
        id as entry_id,
        date as day,
        activity as what,
        work_type_name as work_type,
        created_by_id as agent_id,
        created_by_business_name as agent_name,
        created_by_team_name as team,
        {{ movidesk.duration_seconds('work_time') }} as worked_seconds,
        accounted_time as accounted_hours,
        cast(null as {{ movidesk.type_of('number') }}) as quantity,
        cast(null as {{ movidesk.type_of('number') }}) as amount
    from {{ ref('stg_movidesk__ticket_time_appointments') }}
    union all
    select
        'expense' as kind,
        ticket_id,
        action_id,
        id as entry_id,
        {{ movidesk.local_day('date') }} as day,
        type as what,
        cast(null as {{ movidesk.type_of('text') }}) as work_type,
        created_by_id as agent_id,
        created_by_business_name as agent_name,
        created_by_team_name as team,
        cast(null as {{ movidesk.type_of('integer') }}) as worked_seconds,
        cast(null as {{ movidesk.type_of('number') }}) as accounted_hours,
        quantity,
        value as amount
    from {{ ref('stg_movidesk__ticket_expenses') }}
)

select
    entries.kind,
    entries.ticket_id,
    entries.action_id,
    entries.entry_id,
    clients.client_id,
    clients.client_name,
    clients.organization_id,
    clients.organization_name,
    clients.contract_id,
    clients.contract_name,
    coalesce(clients.share, 1) as share,
    entries.day,
    {{ movidesk.month_of('entries.day') }} as month,
    entries.what,
    entries.work_type,
    entries.agent_id,
    entries.agent_name,
    entries.team,
    entries.worked_seconds,
    entries.accounted_hours,
    entries.quantity,
    entries.amount,
    -- Hours on an action that was deleted later are no work for anybody.
    tickets.is_counted and not coalesce(actions.is_deleted, false) as is_counted
from entries
inner join {{ ref('int_movidesk__tickets') }} as tickets on tickets.id = entries.ticket_id
left join {{ ref('stg_movidesk__ticket_actions') }} as actions
    on actions.ticket_id = entries.ticket_id and actions.id = entries.action_id
left join {{ ref('int_movidesk__ticket_clients') }} as clients on clients.ticket_id = entries.ticket_id
