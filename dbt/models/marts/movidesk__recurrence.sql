-- Tickets of a client on a service, and how many of them came within 90 days of the one before.
with visits as (
    select
        clients.client_id,
        clients.client_name,
        clients.organization_id,
        tickets.service_first_level_id as service_id,
        tickets.service_first_level as service,
        tickets.id as ticket_id,
        tickets.created_date as created_at,
        clients.share
    from {{ ref('int_movidesk__tickets') }} as tickets
    inner join {{ ref('int_movidesk__ticket_clients') }} as clients on clients.ticket_id = tickets.id
    where tickets.is_counted and tickets.service_first_level_id is not null
),

gaps as (
    select
        visits.*,
        {{ movidesk.days_between(
            movidesk.local_day('lag(created_at) over (partition by client_id, service_id order by created_at, ticket_id)'),
            movidesk.local_day('created_at')
        ) }} as days_since
    from visits
),

hours as (
    select ticket_id, client_id, sum(accounted_hours * share) as hours
    from {{ ref('movidesk__hours') }}
    where kind = 'hours' and is_counted
    group by ticket_id, client_id
)

select
    gaps.client_id,
    max(gaps.client_name) as client_name,
    max(gaps.organization_id) as organization_id,
    gaps.service_id,
    max(gaps.service) as service,
    count(*) as tickets,
    sum(case when gaps.days_since <= 90 then 1 else 0 end) as repeats,
    min(gaps.created_at) as first_at,
    max(gaps.created_at) as last_at,
    coalesce(sum({{ movidesk.float('hours.hours') }}), 0) as accounted_hours
from gaps
left join hours on hours.ticket_id = gaps.ticket_id and hours.client_id = gaps.client_id
group by gaps.client_id, gaps.service_id
