{#
  Each number between the smallest and the largest, and what is known of it. Absence isn't called deletion: a number
  that neither the census nor the tables have was never issued or is erased, which the API doesn't tell apart. Such
  numbers stand in one row for each stretch of them, as a gap may be of millions. Where nothing was counted there is no
  verdict, so no row: what the tables lack need not be missing, as they may begin at a start date. What was last changed
  before that of the newest sync isn't missing either: it wasn't asked for.
#}
with tickets as (
    select id as ticket_id, created_date, last_update, coalesce(is_deleted, false) as is_deleted
    from {{ ref('stg_movidesk__tickets') }}
),

counted as (
    select id as ticket_id, created_date, last_update, coalesce(is_deleted, false) as is_deleted, route, counted_at
    from {{ ref('stg_movidesk__ticket_census') }}
),

census as (
    select max(counted_at) as last_count from counted
),

asked as (
    select max(start_date) as start_date
    from {{ ref('stg_movidesk__sync_runs') }}
    where
        stream = 'tickets'
        and started_at = (select max(started_at) from {{ ref('stg_movidesk__sync_runs') }} where stream = 'tickets')
),

absorbed as (
    select merged_ticket_id as ticket_id, max(ticket_id) as absorbed_into_id
    from {{ ref('stg_movidesk__merged_tickets') }}
    group by merged_ticket_id
),

known as (
    select distinct ticket_id
    from (
        select ticket_id from tickets
        union all
        select ticket_id from counted
        union all
        select ticket_id from absorbed
    ) as every
),

listed as (
    select
        known.ticket_id,
        coalesce(counted.created_date, tickets.created_date) as created_at,
        tickets.last_update,
        counted.last_update as counted_update,
        counted.counted_at,
        counted.route,
        absorbed.absorbed_into_id,
        case
            when
                counted.last_update < asked.start_date
                and (tickets.ticket_id is null or counted.last_update > tickets.last_update)
                then 'before the start date'
            when counted.ticket_id is not null and tickets.ticket_id is null then 'missing'
            when counted.last_update > tickets.last_update then 'stale'
            when absorbed.ticket_id is not null then 'absorbed'
            when tickets.is_deleted then 'deleted'
            -- Changed since the count, so the count needn't have it; else it was listed once and is no longer.
            when counted.ticket_id is null and tickets.last_update < census.last_count then 'no longer listed'
            else 'present'
        end as verdict
    from known
    cross join census
    cross join asked
    left join tickets on tickets.ticket_id = known.ticket_id
    left join counted on counted.ticket_id = known.ticket_id
    left join absorbed on absorbed.ticket_id = known.ticket_id
    where census.last_count is not null
),

-- Between the smallest and the largest ticket: a number that only a merge names may be far beyond them.
range_of_tickets as (
    select min(ticket_id) as smallest, max(ticket_id) as largest
    from listed
    where ticket_id > 0 and created_at is not null
),

borders as (
    select
        listed.ticket_id,
        lead(listed.ticket_id) over (order by listed.ticket_id) as next_id
    from listed
    inner join range_of_tickets
        on listed.ticket_id between range_of_tickets.smallest and range_of_tickets.largest
)

select
    ticket_id,
    verdict,
    1 as numbers,
    created_at,
    last_update,
    counted_update,
    counted_at,
    route,
    absorbed_into_id
from listed
union all
select
    ticket_id + 1 as ticket_id,
    'listed by neither route' as verdict,
    next_id - ticket_id - 1 as numbers,
    cast(null as {{ movidesk.type_of('moment') }}) as created_at,
    cast(null as {{ movidesk.type_of('moment') }}) as last_update,
    cast(null as {{ movidesk.type_of('moment') }}) as counted_update,
    cast(null as {{ movidesk.type_of('moment') }}) as counted_at,
    cast(null as {{ movidesk.type_of('text') }}) as route,
    cast(null as {{ movidesk.type_of('integer') }}) as absorbed_into_id
from borders
where next_id > ticket_id + 1
