-- Working time is a part of elapsed time. Movidesk's own figures differ by up to a millisecond or, where it counts in
-- minutes, by up to one.
select ticket_id, 'status' as what, clock_seconds, working_seconds
from {{ ref('movidesk__status_intervals') }}
where working_seconds > clock_seconds + 0.01
union all
select ticket_id, 'owner' as what, clock_seconds, working_seconds
from {{ ref('movidesk__owner_intervals') }}
where working_seconds > clock_seconds + 0.01
union all
select
    ticket_id,
    'resolution' as what,
    resolution_seconds as clock_seconds,
    {{ movidesk.float('resolution_working_minutes * 60') }} as working_seconds
from {{ ref('movidesk__ticket_metrics') }}
where resolution_working_minutes * 60 > resolution_seconds + 60
