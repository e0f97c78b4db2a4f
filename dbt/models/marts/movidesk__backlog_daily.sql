{#
  An incremental run writes only the days that are missing. Before it does, the hook below takes away the last day,
  which was told before it had ended, and all days of stretches that are no longer what they were.
#}
{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='fail',
    partition_by={'field': 'day', 'data_type': 'date', 'granularity': 'month'} if target.type == 'bigquery' else none,
    cluster_by=['day'] if target.type == 'snowflake' else none,
    pre_hook="{{ movidesk.forget_backlog_days(this) }}",
) }}
{%- set spans = ref('int_movidesk__backlog_spans') %}

with spans as (
    select spans.*
    {%- if is_incremental() %}, written.last_written{% endif %}
    from {{ spans }} as spans
    {%- if is_incremental() %}
    left join (select span_key, max(day) as last_written from {{ this }} group by span_key) as written
        on written.span_key = spans.span_key
    where written.last_written is null
        or {{ movidesk.add_days('written.last_written', 1) }} < spans.next_day
    {%- endif %}
)

select
    calendar.day,
    spans.ticket_id,
    spans.status,
    spans.base_status,
    spans.owner_id,
    spans.owner_business_name,
    spans.owner_team,
    {{ movidesk.days_between('spans.created_day', 'calendar.day') }} as age_days,
    case
        when spans.sla_solution_date is null then false
        when calendar.is_today then spans.sla_solution_date < {{ movidesk.now() }}
        else {{ movidesk.local_day('spans.sla_solution_date') }} <= calendar.day
    end as is_late,
    spans.span_key
from spans
inner join {{ ref('movidesk__calendar') }} as calendar
    on calendar.day >= spans.first_day
    and calendar.day < spans.next_day
    and calendar.day <= {{ movidesk.today() }}
{%- if is_incremental() %}
where calendar.day > coalesce(spans.last_written, cast('0001-01-01' as date))
{%- endif %}
