-- What happened to a ticket's standing, one row per event: opened, resolved, canceled, reopened. A ticket stands open
-- in every base status but Resolved, Closed and Canceled; a status without a known base counts as open. A ticket
-- without history (its table may not be synced) is told by its own dates.
with moments as (
    select
        intervals.ticket_id,
        intervals.interval_number,
        case
            when intervals.interval_number = 1 or intervals.started_at < tickets.created_date then tickets.created_date
            else intervals.started_at
        end as happened_at,
        case
            when intervals.base_status in ('Resolved', 'Closed') then 'resolved'
            when intervals.base_status = 'Canceled' then 'canceled'
            else 'open'
        end as standing,
        intervals.changed_by_id,
        intervals.changed_by_business_name,
        intervals.changed_by_profile_type
    from {{ ref('movidesk__status_intervals') }} as intervals
    inner join {{ ref('int_movidesk__tickets') }} as tickets on tickets.id = intervals.ticket_id
),

without_history as (
    select tickets.*
    from {{ ref('int_movidesk__tickets') }} as tickets
    left join (select distinct ticket_id from moments) as known on known.ticket_id = tickets.id
    where known.ticket_id is null
),

turns as (
    select
        moments.*,
        coalesce(
            lag(standing) over (partition by ticket_id order by interval_number), 'open'
        ) as stood
    from moments
),

nobody as (
    select
        cast(null as {{ movidesk.type_of('text') }}) as id,
        cast(null as {{ movidesk.type_of('text') }}) as business_name,
        cast(null as {{ movidesk.type_of('integer') }}) as profile_type
)

select
    tickets.id as ticket_id,
    0 as interval_number,
    'opened' as event,
    tickets.created_date as happened_at,
    tickets.created_by_id as by_id,
    tickets.created_by_business_name as by_name,
    tickets.created_by_profile_type as by_profile_type
from {{ ref('int_movidesk__tickets') }} as tickets
union all
select
    ticket_id,
    interval_number,
    case when standing = 'open' then 'reopened' else standing end as event,
    happened_at,
    changed_by_id as by_id,
    changed_by_business_name as by_name,
    changed_by_profile_type as by_profile_type
from turns
where (standing = 'open') <> (stood = 'open')
union all
select
    without_history.id as ticket_id,
    1 as interval_number,
    case when base_status = 'Canceled' then 'canceled' else 'resolved' end as event,
    case
        when base_status = 'Canceled' then coalesce(canceled_in, last_update)
        else coalesce(resolved_in, closed_in, last_update)
    end as happened_at,
    nobody.id as by_id,
    nobody.business_name as by_name,
    nobody.profile_type as by_profile_type
from without_history
cross join nobody
where base_status in ('Resolved', 'Closed', 'Canceled')
