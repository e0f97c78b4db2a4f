-- Today's backlog are the open tickets that count, no more and no fewer.
with waiting as (
    select ticket_id from {{ ref('movidesk__backlog_daily') }} where day = {{ movidesk.today() }}
),

open_now as (
    select ticket_id
    from {{ ref('movidesk__tickets') }}
    where is_open and is_counted and created_day <= {{ movidesk.today() }}
)

select coalesce(waiting.ticket_id, open_now.ticket_id) as ticket_id
from waiting
full outer join open_now on open_now.ticket_id = waiting.ticket_id
where waiting.ticket_id is null or open_now.ticket_id is null
