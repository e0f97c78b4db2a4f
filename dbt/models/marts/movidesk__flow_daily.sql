-- A day's stock is the stock before it, plus opened and reopened, less resolved and canceled.
with events as (
    select
        events.ticket_id,
        events.event,
        events.happened_at,
        {{ movidesk.local_day('events.happened_at') }} as day,
        tickets.category,
        tickets.owner_team,
        events.interval_number
    from {{ ref('int_movidesk__status_events') }} as events
    inner join {{ ref('int_movidesk__tickets') }} as tickets on tickets.id = events.ticket_id
    where tickets.is_counted
),

-- The first team that got the ticket.
first_teams as (
    select ticket_id, owner_team
    from (
        select
            ticket_id,
            owner_team,
            row_number() over (partition by ticket_id order by interval_number) as place
        from {{ ref('movidesk__owner_intervals') }}
        where owner_team is not null
    ) as teams
    where place = 1
),

-- The team that had the ticket when it happened.
then_teams as (
    select
        events.ticket_id,
        events.interval_number,
        owners.owner_team,
        row_number() over (
            partition by events.ticket_id, events.interval_number order by owners.interval_number desc
        ) as place
    from events
    inner join {{ ref('movidesk__owner_intervals') }} as owners
        on owners.ticket_id = events.ticket_id
        and owners.started_at <= events.happened_at
        and owners.owner_team is not null
    where events.event <> 'opened'
)

select
    events.day,
    coalesce(
        case when events.event = 'opened' then first_teams.owner_team else then_teams.owner_team end,
        events.owner_team
    ) as team,
    events.category,
    sum(case when events.event = 'opened' then 1 else 0 end) as opened,
    sum(case when events.event = 'resolved' then 1 else 0 end) as resolved,
    sum(case when events.event = 'reopened' then 1 else 0 end) as reopened,
    sum(case when events.event = 'canceled' then 1 else 0 end) as canceled
from events
left join first_teams on first_teams.ticket_id = events.ticket_id
left join then_teams
    on then_teams.ticket_id = events.ticket_id
    and then_teams.interval_number = events.interval_number
    and then_teams.place = 1
group by 1, 2, 3
