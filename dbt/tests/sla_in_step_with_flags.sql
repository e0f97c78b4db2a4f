-- Paused is what Movidesk calls paused; nothing is late that was done by its due date, and nothing is met without one.
select sla.*
from {{ ref('movidesk__ticket_sla') }} as sla
inner join {{ ref('stg_movidesk__tickets') }} as tickets on tickets.id = sla.ticket_id
where (sla.promise = 'solution' and sla.is_paused <> coalesce(tickets.sla_solution_date_is_paused, false))
    or (sla.is_paused and sla.outcome in ('running', 'overdue'))
    or (sla.outcome = 'met' and (sla.done_at > sla.due_at or sla.due_at is null))
    or (sla.outcome = 'late' and sla.done_at <= sla.due_at)
    or (sla.outcome in ('running', 'overdue', 'paused') and sla.done_at is not null)
    or (sla.promise = 'solution' and sla.outcome = 'unknown' and tickets.resolved_in is not null and tickets.base_status in ('Resolved', 'Closed'))
