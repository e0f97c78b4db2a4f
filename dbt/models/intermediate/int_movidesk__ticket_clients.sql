-- The clients that a ticket counts for, by `movidesk_client`: the first, all of them whole, or all with equal shares.
-- The first is who opened the ticket or, failing that, the one with the smallest id: the API's order isn't kept.
with clients as (
    select
        clients.ticket_id,
        clients.id as client_id,
        clients.business_name as client_name,
        coalesce(clients.organization_id, clients.id) as organization_id,
        coalesce(clients.organization_business_name, clients.business_name) as organization_name,
        row_number() over (
            partition by clients.ticket_id
            order by case when clients.id = tickets.created_by_id then 0 else 1 end, clients.id
        ) as place,
        count(*) over (partition by clients.ticket_id) as clients
    from {{ ref('stg_movidesk__ticket_clients') }} as clients
    inner join {{ ref('int_movidesk__tickets') }} as tickets on tickets.id = clients.ticket_id
    where not coalesce(clients.is_deleted, false)
),

contracts as (
    select
        clients.ticket_id,
        clients.client_id,
        agreements.id as contract_id,
        agreements.name as contract_name,
        row_number() over (
            partition by clients.ticket_id, clients.client_id
            order by case when named.id = clients.client_id then 0 else 1 end, agreements.id
        ) as place
    from clients
    inner join {{ ref('stg_movidesk__time_agreement_clients') }} as named
        on (named.id = clients.client_id or named.id = clients.organization_id)
        and not coalesce(named.is_deleted, false)
    inner join {{ ref('stg_movidesk__time_agreements') }} as agreements
        on agreements.id = named.agreement_id and agreements.is_active
)

select
    clients.ticket_id,
    clients.client_id,
    clients.client_name,
    clients.organization_id,
    clients.organization_name,
    contracts.contract_id,
    contracts.contract_name,
    clients.place = 1 as is_first,
    {{ movidesk.float("1.0 / clients.clients" if var("movidesk_client") == "split" else "1") }} as share
from clients
left join contracts
    on contracts.ticket_id = clients.ticket_id and contracts.client_id = clients.client_id and contracts.place = 1
{%- if var('movidesk_client') == 'first' %}
where clients.place = 1
{%- endif %}
