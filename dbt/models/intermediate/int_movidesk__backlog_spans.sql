-- Stretches of local days at whose end a ticket stood open in one status, with one owner and one team. Small beside
-- the days themselves, and made anew each time, so that the days need only be written where a stretch is new.
with tickets as (
    select
        id,
        status,
        base_status,
        owner_id,
        owner_business_name,
        owner_team,
        sla_solution_date,
        {{ movidesk.local_day('created_date') }} as created_day,
        created_date
    from {{ ref('int_movidesk__tickets') }}
    where is_counted
),

-- The last status of each day, the first one from the day of opening.
status_days as (
    select
        intervals.ticket_id,
        intervals.interval_number,
        intervals.status,
        intervals.base_status,
        case
            when intervals.interval_number = 1 or intervals.started_at < tickets.created_date then tickets.created_day
            else {{ movidesk.local_day('intervals.started_at') }}
        end as day
    from {{ ref('movidesk__status_intervals') }} as intervals
    inner join tickets on tickets.id = intervals.ticket_id
),

-- Without a history there is only what the ticket says of itself now.
known_status as (
    select ticket_id, interval_number, status, base_status, day from status_days
    union all
    select
        events.ticket_id,
        events.interval_number,
        case when events.event <> 'opened' or not events.closes then tickets.status end as status,
        case when events.event <> 'opened' or not events.closes then tickets.base_status end as base_status,
        {{ movidesk.local_day('events.happened_at') }} as day
    from (
        select
            ticket_id,
            interval_number,
            event,
            happened_at,
            count(*) over (partition by ticket_id) > 1 as closes
        from {{ ref('int_movidesk__status_events') }}
    ) as events
    inner join tickets on tickets.id = events.ticket_id
    left join (select distinct ticket_id from status_days) as told on told.ticket_id = events.ticket_id
    where told.ticket_id is null
),

status_ends as (
    select
        ticket_id,
        status,
        base_status,
        day,
        row_number() over (partition by ticket_id, day order by interval_number desc) as place
    from known_status
),

status_spans as (
    select
        ticket_id,
        status,
        base_status,
        day as first_day,
        coalesce(lead(day) over (partition by ticket_id order by day), {{ movidesk.far_day() }}) as next_day
    from status_ends
    where place = 1
),

owner_days as (
    select
        intervals.ticket_id,
        intervals.interval_number,
        intervals.owner_id,
        intervals.owner_business_name,
        intervals.owner_team,
        case
            when intervals.started_at < tickets.created_date then tickets.created_day
            else {{ movidesk.local_day('intervals.started_at') }}
        end as day
    from {{ ref('movidesk__owner_intervals') }} as intervals
    inner join tickets on tickets.id = intervals.ticket_id
    union all
    -- Before the first change nobody had it; where none is told, whoever has it now always had.
    select
        tickets.id as ticket_id,
        0 as interval_number,
        case when told.ticket_id is null then tickets.owner_id end as owner_id,
        case when told.ticket_id is null then tickets.owner_business_name end as owner_business_name,
        case when told.ticket_id is null then tickets.owner_team end as owner_team,
        tickets.created_day as day
    from tickets
    left join (select distinct ticket_id from {{ ref('movidesk__owner_intervals') }}) as told
        on told.ticket_id = tickets.id
),

owner_ends as (
    select
        owner_days.*,
        row_number() over (partition by ticket_id, day order by interval_number desc) as place
    from owner_days
),

owner_spans as (
    select
        ticket_id,
        owner_id,
        owner_business_name,
        owner_team,
        day as first_day,
        coalesce(lead(day) over (partition by ticket_id order by day), {{ movidesk.far_day() }}) as next_day
    from owner_ends
    where place = 1
),

spans as (
    select
        status_spans.ticket_id,
        status_spans.status,
        status_spans.base_status,
        owner_spans.owner_id,
        owner_spans.owner_business_name,
        owner_spans.owner_team,
        tickets.created_day,
        tickets.sla_solution_date,
        case
            when status_spans.first_day > owner_spans.first_day then status_spans.first_day else owner_spans.first_day
        end as first_day,
        case
            when status_spans.next_day < owner_spans.next_day then status_spans.next_day else owner_spans.next_day
        end as next_day
    from status_spans
    inner join owner_spans
        on owner_spans.ticket_id = status_spans.ticket_id
        and owner_spans.first_day < status_spans.next_day
        and owner_spans.next_day > status_spans.first_day
    inner join tickets on tickets.id = status_spans.ticket_id
    where coalesce(status_spans.base_status, '') not in ('Resolved', 'Closed', 'Canceled')
)

select
    spans.*,
    -- Whatever the days of the stretch are made from: another key means that they must be written anew.
    {{ movidesk.hash_of([
        'ticket_id', 'status', 'base_status', 'owner_id', 'owner_business_name', 'owner_team', 'created_day',
        'sla_solution_date', 'first_day', 'next_day',
    ]) }} as span_key
from spans
