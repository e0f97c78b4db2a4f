-- The stock of a day is the stock of the day before, plus what came in, less what went out.
with days as (
    select day from {{ ref('movidesk__calendar') }} where day <= {{ movidesk.today() }}
),

stock as (
    select days.day, count(backlog.ticket_id) as tickets
    from days
    left join {{ ref('movidesk__backlog_daily') }} as backlog on backlog.day = days.day
    group by days.day
),

flow as (
    select day, sum(opened + reopened - resolved - canceled) as change
    from {{ ref('movidesk__flow_daily') }}
    group by day
),

compared as (
    select
        stock.day,
        stock.tickets,
        lag(stock.tickets) over (order by stock.day) as tickets_before,
        coalesce(flow.change, 0) as change
    from stock
    left join flow on flow.day = stock.day
)

select * from compared where tickets <> tickets_before + change
