{#
  A history as intervals, ordered by `changedDate`, since the API's lists aren't always. Seconds are Movidesk's own;
  where it gives none for an interval that has ended, the clock is the difference of the two dates, and working
  seconds stay null: business hours are never computed here.
#}
{% macro intervals(model, columns, with_base=false) %}
with ordered as (
    select
        histories.*,
        row_number() over (partition by ticket_id order by changed_date, position) as interval_number,
        lead(changed_date) over (partition by ticket_id order by changed_date, position) as ended_at
    from {{ ref(model) }} as histories
)

select
    ordered.ticket_id,
    ordered.interval_number,
    {%- for column in columns %}
    ordered.{{ column }},
    {%- endfor %}
    {%- if with_base %}
    bases.base_status,
    {%- endif %}
    ordered.changed_date as started_at,
    ordered.ended_at,
    ordered.ended_at is null as is_current,
    coalesce(
        {{ movidesk.float('ordered.permanency_time_full_time') }},
        {{ movidesk.seconds_between('ordered.changed_date', 'ordered.ended_at') }}
    ) as clock_seconds,
    {{ movidesk.float('ordered.permanency_time_working_time') }} as working_seconds,
    tickets.is_counted
from ordered
inner join {{ ref('int_movidesk__tickets') }} as tickets on tickets.id = ordered.ticket_id
{%- if with_base %}
left join {{ ref('int_movidesk__status_base') }} as bases on bases.status = ordered.status
{%- endif %}
{% endmacro %}

{# No day of any ticket is as late as this. #}
{% macro far_day() %}{{ return("cast('9999-12-31' as date)") }}{% endmacro %}

{# The local day of the run, and the first day of which backlog and calendar tell. #}
{% macro today() %}{{ return(movidesk.local_day(movidesk.now())) }}{% endmacro %}

{% macro history_start() %}
    {{ return(movidesk.add_months(movidesk.month_of(movidesk.today()), '-12 * ' ~ var('movidesk_history_years'))) }}
{% endmacro %}
