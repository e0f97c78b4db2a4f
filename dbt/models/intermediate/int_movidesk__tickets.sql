-- The tickets with what decides whether they count: deleted ones, and those that a merge absorbed.
with merges as (
    select
        merged_ticket_id,
        ticket_id,
        row_number() over (partition by merged_ticket_id order by last_update desc, ticket_id desc) as place
    from {{ ref('stg_movidesk__merged_tickets') }}
),

flagged as (
    select
        tickets.*,
        coalesce(tickets.is_deleted, false) as was_deleted,
        coalesce(tickets.base_status, '') not in ('Resolved', 'Closed', 'Canceled') as is_open,
        -- A ticket that was reopened may still tell when it was resolved before.
        case when tickets.base_status in ('Resolved', 'Closed') then tickets.resolved_in end as solved_at,
        merges.ticket_id as absorbed_into_id,
        merges.ticket_id is not null as is_absorbed
    from {{ ref('stg_movidesk__tickets') }} as tickets
    left join merges on merges.merged_ticket_id = tickets.id and merges.place = 1
)

select
    flagged.*,
    case
        when was_deleted and '{{ var("movidesk_deleted") }}' <> 'keep' then false
        when is_absorbed and '{{ var("movidesk_merged") }}' <> 'keep' then false
        else true
    end as is_counted
from flagged
where not (was_deleted and '{{ var("movidesk_deleted") }}' = 'drop')
    and not (is_absorbed and '{{ var("movidesk_merged") }}' = 'drop')
