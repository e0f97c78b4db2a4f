with clients as (
    select ticket_id, client_id, client_name, organization_id, organization_name, contract_id, contract_name
    from {{ ref('int_movidesk__ticket_clients') }}
    where is_first
),

ends as (
    select
        id,
        case
            when is_open then {{ movidesk.today() }}
            else coalesce(
                {{ movidesk.local_day('solved_at') }},
                {{ movidesk.local_day('canceled_in') }},
                {{ movidesk.local_day('closed_in') }},
                {{ movidesk.local_day('last_update') }}
            )
        end as day
    from {{ ref('int_movidesk__tickets') }}
)

select
    tickets.id as ticket_id,
    tickets.protocol,
    tickets.subject,
    tickets.type,
    tickets.category,
    tickets.urgency,
    tickets.status,
    tickets.base_status,
    tickets.justification,
    tickets.origin,
    tickets.origin_email_account,
    tickets.contact_form,
    tickets.chat_widget,
    tickets.chat_group,
    tickets.owner_id,
    tickets.owner_business_name,
    tickets.owner_team,
    tickets.created_by_id,
    tickets.created_by_business_name,
    clients.client_id,
    clients.client_name,
    clients.organization_id,
    clients.organization_name,
    clients.contract_id,
    clients.contract_name,
    tickets.service_first_level_id as service_id,
    tickets.service_first_level as service,
    {{ movidesk.list_text('tickets.service_full') }} as service_path,
    {{ movidesk.list_text('tickets.tags', ', ') }} as tags,
    tickets.sla_agreement,
    tickets.sla_agreement_rule,
    tickets.created_date as created_at,
    {{ movidesk.local_day('tickets.created_date') }} as created_day,
    tickets.solved_at as resolved_at,
    {{ movidesk.local_day('tickets.solved_at') }} as resolved_day,
    tickets.closed_in as closed_at,
    tickets.canceled_in as canceled_at,
    tickets.reopened_in as reopened_at,
    tickets.last_action_date as last_action_at,
    tickets.last_update,
    tickets.action_count,
    tickets.is_open,
    {{ movidesk.days_between(movidesk.local_day('tickets.created_date'), 'ends.day') }} as age_days,
    tickets.was_deleted as is_deleted,
    tickets.is_absorbed,
    tickets.absorbed_into_id,
    coalesce(tickets.has_negative_id, false) as is_negative,
    coalesce(
        tickets.is_open
        and not coalesce(tickets.sla_solution_date_is_paused, false)
        and tickets.sla_solution_date < {{ movidesk.now() }},
        false
    ) as is_late,
    tickets.is_counted
from {{ ref('int_movidesk__tickets') }} as tickets
left join clients on clients.ticket_id = tickets.id
left join ends on ends.id = tickets.id
