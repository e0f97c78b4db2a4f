-- Figures that Movidesk tells in two ways, side by side: which agree, and by how much they don't.
with status_sums as (
    select
        ticket_id,
        min(started_at) as first_at,
        max(started_at) as last_at,
        sum(case when not is_current then clock_seconds end) as interval_seconds,
        sum(case when base_status = 'Stopped' and not is_current then clock_seconds else 0 end) as stopped_seconds
    from {{ ref('movidesk__status_intervals') }}
    group by ticket_id
),

-- Working time up to the last resolution: what came later, such as resolved until closed, doesn't belong to it.
resolutions as (
    select ticket_id, max(interval_number) as interval_number
    from {{ ref('movidesk__status_intervals') }}
    where base_status = 'Resolved'
    group by ticket_id
),

working_sums as (
    select intervals.ticket_id, sum(intervals.working_seconds) as working_seconds
    from {{ ref('movidesk__status_intervals') }} as intervals
    inner join resolutions
        on resolutions.ticket_id = intervals.ticket_id and intervals.interval_number < resolutions.interval_number
    group by intervals.ticket_id
),

actions as (
    select ticket_id, count(*) as actions
    from {{ ref('stg_movidesk__ticket_actions') }}
    group by ticket_id
),

booked as (
    select ticket_id, sum(accounted_hours) as hours
    from (
        select distinct ticket_id, action_id, entry_id, accounted_hours
        from {{ ref('movidesk__hours') }}
        where kind = 'hours'
    ) as entries
    group by ticket_id
),

consumed as (
    select
        {{ movidesk.whole_number('ticket_number') }} as ticket_id,
        sum({{ movidesk.duration_seconds('work_time') }}) / 3600.0 as hours
    from {{ ref('stg_movidesk__time_agreement_consumption_appointments') }}
    group by 1
),

one_sided as (
    select parents.ticket_id, count(*) as links
    from {{ ref('stg_movidesk__ticket_parents') }} as parents
    inner join {{ ref('stg_movidesk__tickets') }} as others on others.id = parents.id
    left join {{ ref('stg_movidesk__ticket_children') }} as children
        on children.ticket_id = parents.id and children.id = parents.ticket_id
    where children.id is null
    group by parents.ticket_id
    union all
    select children.ticket_id, count(*) as links
    from {{ ref('stg_movidesk__ticket_children') }} as children
    inner join {{ ref('stg_movidesk__tickets') }} as others on others.id = children.id
    left join {{ ref('stg_movidesk__ticket_parents') }} as parents
        on parents.ticket_id = children.id and parents.id = children.ticket_id
    where parents.id is null
    group by children.ticket_id
),

links as (
    select ticket_id, sum(links) as links from one_sided group by ticket_id
),

compared as (
    select
        tickets.id as ticket_id,
        status_sums.interval_seconds,
        {{ movidesk.seconds_between('status_sums.first_at', 'status_sums.last_at') }} as elapsed_seconds,
        tickets.stopped_time as stopped_minutes,
        case when tickets.stopped_time is not null then {{ movidesk.whole_minutes('status_sums.stopped_seconds') }} end as stopped_minutes_of_intervals,
        tickets.life_time_working_time as working_minutes,
        case
            when tickets.life_time_working_time is not null then {{ movidesk.whole_minutes('working_sums.working_seconds') }}
        end as working_minutes_of_intervals,
        tickets.action_count,
        coalesce(actions.actions, 0) as actions_there,
        {{ movidesk.float('booked.hours') }} as booked_hours,
        {{ movidesk.float('consumed.hours') }} as consumed_hours,
        coalesce(links.links, 0) as one_sided_links,
        tickets.is_counted
    from {{ ref('int_movidesk__tickets') }} as tickets
    left join status_sums on status_sums.ticket_id = tickets.id
    left join working_sums on working_sums.ticket_id = tickets.id
    left join actions on actions.ticket_id = tickets.id
    left join booked on booked.ticket_id = tickets.id
    left join consumed on consumed.ticket_id = tickets.id
    left join links on links.ticket_id = tickets.id
)

select
    ticket_id,
    interval_seconds,
    elapsed_seconds,
    abs(interval_seconds - elapsed_seconds) < 1 as intervals_agree,
    stopped_minutes,
    stopped_minutes_of_intervals,
    abs(stopped_minutes - stopped_minutes_of_intervals) <= 1 as stopped_agrees,
    working_minutes,
    working_minutes_of_intervals,
    abs(working_minutes - working_minutes_of_intervals) <= 1 as working_agrees,
    action_count,
    actions_there,
    action_count = actions_there as actions_agree,
    booked_hours,
    consumed_hours,
    abs(booked_hours - consumed_hours) < 0.01 as hours_agree,
    one_sided_links,
    one_sided_links = 0 as links_agree,
    is_counted
from compared
